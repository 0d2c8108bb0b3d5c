"""Messages: every mail of the workspace, and what became of it."""

from collections.abc import Awaitable
from typing import Any

from nicegui import ui

from models.enums import MessageState
from services import message_list, messages, resending
from services.actor import Actor
from services.letters import Mail, Pointless
from services.message_list import MessageFilter, MessageView
from services.paging import Slice
from services.permissions import Permission, can
from services.signals import Topic
from ui import actions, live, theme, wording
from ui.components.filters import choice_filter, search_field
from ui.components.mail_dialog import About, MailDialog, Shown, ask_address
from ui.components.news import News
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.mails import preview
from ui.mails.compose import compose
from ui.mails.words import subject
from ui.pages import page_title, view

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


@view(Permission.READ_OWN_MESSAGES)
async def page(actor: Actor) -> None:
    page_title("Messages", actor)
    await Messages(actor).build()


class Messages:
    """One person's view of the mails: filters, page, and what is new beyond it."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug
        self.newest = 0

    async def build(self) -> None:
        whose = "Every mail of this workspace" if self._sees_all() else "The mails that you sent"
        page_head("Messages", f"{whose}, and what became of it.", in_header=True)
        self.held = text("p", "", "note note-warn").props("role=status")
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by recipient or batch", self.filter)
                shown = {state.value: state.value for state in MessageState}
                self.state = choice_filter("All statuses", shown, self.filter)
                ui.element("span").classes("spacer")
                self.news = News(self.show_news)
                self.count = text("span", "", "total").props("aria-live=polite")
            zone = self.actor.time_zone
            self.table = DataTable(
                COLUMNS, self.load, look="messages", note=f"Times in {zone}", sort="queued"
            )
        self.table.when_empty = self.when_empty
        self.table.on("preview", self.preview)
        self.table.on("retry", self.retry)
        self.table.on("resend", self.resend)
        self.table.on("redirect", self.redirect)
        self.newest = await message_list.newest(self.actor)
        await self._say_why_held()
        await self.table.reload()
        live.on(card, self.actor.workspace_id, Topic.MESSAGES, self.changed)

    def _sees_all(self) -> bool:
        return can(self.actor, Permission.READ_ALL_MESSAGES)

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

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await message_list.page(actor, self.wanted, part)
        self.count.text = wording.count(page.total, "message")
        return [row(message, actor.time_zone) for message in page.rows], page.total

    def when_empty(self) -> None:
        if self.is_filtered:
            empty("No message matches", "Change the search or the filter.", glyph="search")
        else:
            sent = "Mails stand here as soon as codes are sent or activated."
            empty("No mail yet", sent, glyph="mail")

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)

    async def changed(self, ids: tuple[int, ...]) -> None:
        """Patch rows that are here; new messages come in at the top, or are counted."""
        actor = await actions.actor(self.slug)
        await self._say_why_held()
        here = set(self.table.ids)
        fresh = await message_list.some(actor, tuple(here.intersection(ids)))
        self.table.patch([row(each, actor.time_zone) for each in fresh])
        new = await message_list.visible(actor, [i for i in ids if i > self.newest])
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

    async def retry(self, message_id: int) -> None:
        await actions.run(lambda actor: messages.retry(actor, message_id), slug=self.slug)

    async def resend(self, message_id: int) -> None:
        if await actions.run(
            lambda actor: _done(resending.resend(actor, message_id)), slug=self.slug
        ):
            ui.notify("Queued again, to the same address.")

    async def redirect(self, message_id: int) -> None:
        ask_address(
            lambda address, go, form: actions.run(
                lambda actor: _done(resending.redirect(actor, message_id, address)),
                slug=self.slug,
                button=go,
                form=form,
            )
        )

    async def preview(self, message_id: int) -> None:
        async def read(actor: Actor) -> tuple[MessageView, Shown | str]:
            detail = await messages.detail(actor, message_id)
            try:
                mail = compose(await messages.preview(actor, message_id))
            except Pointless as nothing:
                return detail, f"There is nothing to send any more. {nothing.message}"
            return detail, _shown(mail, preview.masked(self.slug, message_id))

        async def show(go: ui.button) -> Shown | None:
            async def command(actor: Actor) -> Shown:
                mail = compose(await messages.show(actor, message_id))
                return _shown(mail, preview.in_full(actor, message_id))

            return await actions.run(command, slug=self.slug, button=go)

        found = await actions.run(read, slug=self.slug)
        if found:
            may_show = can(self.actor, Permission.USE_EDSPACE)
            detail, mail = found
            MailDialog(_about(detail, mail), mail, show=show if may_show else None)


async def _done(command: Awaitable[object]) -> bool:
    await command
    return True


def _shown(mail: Mail, frame: str) -> Shown:
    return Shown(subject=mail.subject, sender=mail.sender, text=mail.text, frame=frame)


def _about(message: MessageView, mail: Shown | str) -> About:
    to = f"{message.name} <{message.recipient}>" if message.name else message.recipient
    is_mail = isinstance(mail, Shown)
    return About(
        title=mail.subject if is_mail else _subject(message),
        facts={
            "From": mail.sender if is_mail else "",
            "To": to if message.recipient else "forgotten",
            "Last answer": message.last_answer,
        },
    )


def _subject(message: MessageView) -> str:
    return subject(message.kind, message.product, message.days, message.codes)


def row(message: MessageView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one message."""
    return {
        "id": message.id,
        "state": message.state.value,
        "tone": theme.MESSAGE_TONE[message.state],
        "email": message.recipient,
        "name": message.name,
        "subject": _subject(message),
        "tries": message.tries,
        "answer": message.last_answer,
        "queued": wording.brief(message.created_at, zone),
        "then": _then(message, zone),
        "retry": message.may_retry,
        "resend": message.may_resend,
        "redirect": message.may_redirect,
    }


def _then(message: MessageView, zone: str) -> str:
    """What came after it was queued, or comes next."""
    if message.sent_at:
        return f"sent {wording.after(message.created_at, message.sent_at, zone)}"
    if message.state is MessageState.RETRYING:
        return f"next try {wording.after(message.created_at, message.next_try_at, zone)}"
    return ""
