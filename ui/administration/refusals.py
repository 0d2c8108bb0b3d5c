"""The refusal desk: every refused try of the workspace, and the story of a code."""

from typing import Any

from nicegui import ui

from models.enums import RefusalReason
from services import refusal_desk, refusal_list
from services.actor import Actor
from services.code_story import Story
from services.paging import Slice
from services.permissions import Permission, can
from services.refusal_list import RefusalFilter, RefusalView
from services.signals import Topic
from ui import actions, live, tones, wording
from ui.code_story import CodeStory
from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.filters import choice_filter
from ui.components.news import News
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.pages import page_title, view

CODE = """
<q-td :props="props">
  <span class="two">
    <span class="code">{{ props.value }}</span><small>{{ props.row.opens }}</small>
  </span>
</q-td>
"""
BY = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small>{{ props.row.address }}</small></span>
</q-td>
"""
REFERENCE = """<q-td :props="props"><span class="code">{{ props.value }}</span></q-td>"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button @click="() => $parent.$emit('story', props.row.id)"
      :aria-label="'Story behind refusal ' + props.row.reference">
      <span class="icon icon-history" aria-hidden="true"></span><q-tooltip>Story</q-tooltip>
    </button>
  </span>
</q-td>
"""
COLUMNS = [
    Column(name="reason", label="Reason", cell=PILL),
    Column(name="code", label="Code", look="wrap", cell=CODE),
    Column(name="by", label="Tried by", look="wrap", cell=BY),
    Column(name="purpose", label="To", look="quiet wrap"),
    Column(name="reference", label="Reference", cell=REFERENCE),
    Column(name="at", label="When", sortable=True, look="num"),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]
REASONS = [each for each in RefusalReason if each is not RefusalReason.MISTYPED]


@view(Permission.ADMINISTER_WORKSPACE)
async def page(actor: Actor) -> None:
    page_title("Refusals", actor)
    await Refusals(actor).build()


class Refusals:
    """One person's view of them: the desk, the filters, and what is new beyond the page."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug
        self.sees_all = can(actor, Permission.RUN_INSTALLATION)

    async def build(self) -> None:
        page_head("Refusals", "Codes that were tried and refused, and why.", in_header=True)
        self._desk()
        with ui.element("div").classes("card table-card") as card:
            self._toolbar()
            zone = self.actor.time_zone
            self.table = DataTable(
                COLUMNS, self.load, look="refusals", note=f"Times in {zone}", sort="at"
            )
        self.table.when_empty = self.when_empty
        self.table.on("story", self.tell)
        await self.table.reload()
        where = None if self.sees_all else self.actor.workspace_id
        live.on(card, where, Topic.REFUSALS, self.changed)

    def _desk(self) -> None:
        with ui.element("section").classes("card desk"), ui.element("div").classes("one-field"):
            self.form = Form()
            self.typed = self.form.line(
                "code",
                "A code, or the reference of a refusal",
                help="Shows its whole story. Who looks is in the audit log.",
                autocomplete="off",
                spellcheck="false",
                maxlength="512",
            )
            self.typed.on("keydown.enter", self.look_up)
            self.go = button("Look up", self.look_up, look="primary")

    def _toolbar(self) -> None:
        with ui.element("div").classes("toolbar"):
            shown = {reason.value: reason.value for reason in REASONS}
            self.reason = choice_filter("All reasons", shown, self.filter)
            self.place = None
            if self.sees_all:
                others = {"none": "Hit no code"}
                self.place = choice_filter("Of this workspace", others, self.filter)
            ui.element("span").classes("spacer")
            self.news = News(self.show_news)
            self.count = text("span", "", "total").props("aria-live=polite")

    @property
    def wanted(self) -> RefusalFilter:
        reason = RefusalReason(self.reason.value) if self.reason.value else None
        return RefusalFilter(reason=reason, hit_none=bool(self.place and self.place.value))

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await refusal_list.page(actor, self.wanted, part)
        self.count.text = wording.count(page.total, "refusal")
        return [row(refusal, actor.time_zone) for refusal in page.rows], page.total

    def when_empty(self) -> None:
        if self.wanted.reason:
            empty("No refusal matches", "Choose another reason.", glyph="search")
        elif self.wanted.hit_none:
            empty("No try hit no code", "Guesses and limited tries stand here.", glyph="shield")
        else:
            sentence = "A code of this workspace that is refused stands here, with the true reason."
            empty("Nothing was refused", sentence, glyph="shield")

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)

    async def changed(self, ids: tuple[int, ...]) -> None:
        """New refusals come in at the top, or are counted; those here are patched."""
        actor = await actions.actor(self.slug)
        fresh = await refusal_list.some(actor, self.wanted, ids)
        here = set(self.table.ids)
        self.table.patch([row(each, actor.time_zone) for each in fresh if each.id in here])
        new = [each.id for each in fresh if each.id not in here]
        if new and await self.table.shows_newest():
            await self.table.reload()
        elif new:
            self.news.add(new)

    async def show_news(self) -> None:
        """To page 1, newest first; the filters stay, as what is new was counted under them."""
        self.news.forget()
        self.table.part = Slice(sort="at", descending=True)
        await self.table.reload()

    async def look_up(self) -> None:
        if not self.go.enabled:
            return
        typed, address = self.typed.value or "", actions.address()
        await self._show(
            await actions.run(
                lambda actor: refusal_desk.look_up(actor, typed, address=address),
                slug=self.slug,
                button=self.go,
                form=self.form,
            )
        )

    async def tell(self, refusal_id: int) -> None:
        await self._show(
            await actions.run(lambda actor: refusal_desk.tell(actor, refusal_id), slug=self.slug)
        )

    async def _show(self, story: Story | None) -> None:
        if story:
            await CodeStory(self.actor, story).build()


def row(refusal: RefusalView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one refusal."""
    tries = f" · {refusal.tries:,} tries" if refusal.tries > 1 else ""
    return {
        "id": refusal.id,
        "reason": refusal.reason.value,
        "tone": tones.REASON_TONE.get(refusal.reason, "other"),
        "code": refusal.masked or "No code",
        "opens": refusal.opens,
        "by": refusal.by or "Nobody signed in",
        "address": refusal.address + tries,
        "purpose": f"Pay for {refusal.step}" if refusal.step else "Redeem",
        "reference": refusal.reference,
        "at": wording.brief(refusal.at, zone),
    }
