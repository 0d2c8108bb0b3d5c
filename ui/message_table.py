"""A list of mails and what became of each: filters, live rows, and what is new beyond them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from nicegui import ui

from models.enums import MessageState
from services import messages
from services.actor import Actor
from services.letters import Mail
from services.message_list import MessageFilter
from services.paging import Page, Slice
from services.signals import Topic
from ui import actions, live, tones, wording
from ui.components.filters import choice_filter, search_field
from ui.components.mail_dialog import About, Shown
from ui.components.news import News
from ui.components.notice import empty
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text

TO = """
<q-td :props="props">
  <span class="two" :class="{ forgotten: !props.row.email }">
    <span :title="props.row.email">{{ props.row.email || 'forgotten' }}</span>
    <small>{{ props.row.name }}</small>
  </span>
</q-td>
"""
ANSWER = """
<q-td :props="props"><span v-if="props.value" class="clamp" :title="props.value">{{
  props.value }}</span></q-td>
"""
WHEN = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small>{{ props.row.then }}</small></span>
</q-td>
"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button v-if="props.row.retry" @click="() => $parent.$emit('retry', props.row.id)"
      :aria-label="'Retry message ' + props.row.id">
      <span class="icon icon-rotate-cw" aria-hidden="true"></span><q-tooltip>Retry</q-tooltip>
    </button>
    <button v-if="props.row.resend" @click="() => $parent.$emit('resend', props.row.id)"
      :aria-label="'Resend message ' + props.row.id">
      <span class="icon icon-send" aria-hidden="true"></span><q-tooltip>Resend</q-tooltip>
    </button>
    <button v-if="props.row.redirect" @click="() => $parent.$emit('redirect', props.row.id)"
      :aria-label="'Send message ' + props.row.id + ' to another address'">
      <span class="icon icon-pencil" aria-hidden="true"></span>
      <q-tooltip>Send to another address</q-tooltip>
    </button>
    <button @click="() => $parent.$emit('preview', props.row.id)"
      :aria-label="'Preview message ' + props.row.id">
      <span class="icon icon-eye" aria-hidden="true"></span><q-tooltip>Preview</q-tooltip>
    </button>
  </span>
</q-td>
"""
COLUMNS = [
    Column(name="state", label="Status", sortable=True, cell=PILL),
    Column(name="recipient", label="Recipient", sortable=True, look="wrap", cell=TO),
    Column(name="subject", label="Subject", look="wrap"),
    Column(name="tries", label="Tries", sortable=True, end=True, look="num"),
    Column(name="answer", label="Last answer", look="quiet wrap", cell=ANSWER),
    Column(name="queued", label="Queued", sortable=True, look="num", cell=WHEN),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]
Row = dict[str, Any]


class Listed(Protocol):
    """What every list of mails knows of one."""

    @property
    def id(self) -> int: ...
    @property
    def state(self) -> MessageState: ...
    @property
    def recipient(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def last_answer(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def next_try_at(self) -> datetime: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def may_retry(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose mails they are, and how they are read; `row` is what reaches the browser of one."""

    slug: str | None
    workspace_id: int | None
    zone: str
    search: str
    nothing: str
    page: Callable[[Actor, MessageFilter, Slice], Awaitable[Page[Any]]]
    some: Callable[[Actor, tuple[int, ...]], Awaitable[list[Any]]]
    visible: Callable[[Actor, Sequence[int]], Awaitable[list[int]]]
    newest: Callable[[Actor], Awaitable[int]]
    row: Callable[[Any, str], Row]


class MessageTable:
    """One person's view of the mails of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.newest = 0

    async def build(self) -> None:
        source = self.source
        self.held = text("p", "", "note note-warn").props("role=status")
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field(source.search, self.filter)
                shown = {state.value: state.value for state in MessageState}
                self.state = choice_filter("All statuses", shown, self.filter)
                ui.element("span").classes("spacer")
                self.news = News(self.show_news)
                self.count = text("span", "", "total").props("aria-live=polite")
            self.table = DataTable(
                COLUMNS, self.load, look="messages", note=f"Times in {source.zone}", sort="queued"
            )
        self.table.when_empty = self.when_empty
        self.newest = await source.newest(await actions.actor(source.slug))
        await self._say_why_held()
        await self.table.reload()
        live.on(card, source.workspace_id, Topic.MESSAGES, self.changed)

    def on(self, event: str, handler: Callable[[int], Awaitable[None]]) -> None:
        """What a row's button asks for, with the message's id."""
        self.table.on(event, handler)

    async def _say_why_held(self) -> None:
        because = await messages.held_because()
        self.held.text = f"Mail waits here until it can leave. {because}" if because else ""
        self.held.set_visibility(bool(because))

    @property
    def wanted(self) -> MessageFilter:
        state = MessageState(self.state.value) if self.state.value else None
        return MessageFilter(search=self.search.value or "", state=state)

    @property
    def is_filtered(self) -> bool:
        return self.wanted != MessageFilter()

    async def load(self, part: Slice) -> tuple[list[Row], int]:
        actor = await actions.actor(self.source.slug)
        page = await self.source.page(actor, self.wanted, part)
        self.count.text = wording.count(page.total, "message")
        return [self.source.row(each, self.source.zone) for each in page.rows], page.total

    def when_empty(self) -> None:
        if self.is_filtered:
            empty("No message matches", "Change the search or the filter.", glyph="search")
        else:
            empty("No mail yet", self.source.nothing, glyph="mail")

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)

    async def changed(self, ids: tuple[int, ...]) -> None:
        """Patch rows that are here; new messages come in at the top, or are counted."""
        source, actor = self.source, await actions.actor(self.source.slug)
        await self._say_why_held()
        here = set(self.table.ids)
        fresh = await source.some(actor, tuple(here.intersection(ids)))
        self.table.patch([source.row(each, source.zone) for each in fresh])
        new = await source.visible(actor, [i for i in ids if i > self.newest])
        self.newest = max([self.newest, *new])
        new = [each for each in new if each not in here]
        if not new:
            return
        if not self.is_filtered and await self.table.shows_newest():
            await self.show_news()
        else:
            self.news.add(new)

    async def show_news(self) -> None:
        """To page 1, newest first, without filters."""
        self.news.forget()
        self.table.part = Slice(sort="queued", descending=True)
        if self.is_filtered:
            self.search.value, self.state.value = "", ""
        await self.table.reload()


def row(message: Listed, subject: str, zone: str) -> Row:
    """What reaches the browser of any message; none of the actions is offered yet but Retry."""
    return {
        "id": message.id,
        "state": message.state.value,
        "tone": tones.MESSAGE_TONE[message.state],
        "email": message.recipient,
        "name": message.name,
        "subject": subject,
        "tries": message.tries,
        "answer": message.last_answer,
        "queued": wording.brief(message.created_at, zone),
        "then": _then(message, zone),
        "retry": message.may_retry,
        "resend": False,
        "redirect": False,
    }


def _then(message: Listed, zone: str) -> str:
    """What came after it was queued, or comes next."""
    if message.sent_at:
        return f"sent {wording.after(message.created_at, message.sent_at, zone)}"
    if message.state is MessageState.RETRYING:
        return f"next try {wording.after(message.created_at, message.next_try_at, zone)}"
    return ""


def shown(mail: Mail, frame: str) -> Shown:
    return Shown(subject=mail.subject, sender=mail.sender, text=mail.text, frame=frame)


def about(message: Listed, mail: Shown | str, subject: str) -> About:
    """What stands above the preview; `subject` is for a mail that has nothing to say any more."""
    to = f"{message.name} <{message.recipient}>" if message.name else message.recipient
    is_mail = isinstance(mail, Shown)
    return About(
        title=mail.subject if is_mail else subject,
        facts={
            "From": mail.sender if is_mail else "",
            "To": to if message.recipient else "forgotten",
            "Last answer": message.last_answer,
        },
    )
