"""The log on screen, of a workspace or of the installation: filters, pages, and what comes in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from nicegui import ui

from models.enums import AuditAction, Resource
from services import audit_filter, audit_list, workspaces, zones
from services.actor import Actor
from services.audit_filter import NOWHERE
from services.audit_list import EntryView, Size
from services.errors import Invalid
from services.paging import Key
from services.signals import Topic
from ui import actions, audit_entry, live, tones, wording
from ui.audit_entry import PROGRAM
from ui.audit_export import export_button
from ui.components.buttons import button
from ui.components.entry import Line
from ui.components.filters import choice_filter, search_field
from ui.components.key_table import KeyTable, Rows
from ui.components.news import News
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column
from ui.components.text import text

WHO = """
<q-td :props="props">
  <span class="two"><span :title="props.value">{{ props.value }}</span>
    <small :title="props.row.email">{{ props.row.email }}</small></span>
</q-td>
"""
WHEN = """
<q-td :props="props"><time :title="props.row.exact">{{ props.value }}</time></q-td>
"""
DETAIL = """
<q-td :props="props"><span v-if="props.value" class="clamp" :title="props.value">{{
  props.value }}</span></q-td>
"""
VIEW = """
<q-td :props="props">
  <span class="row-actions">
    <button @click="() => $parent.$emit('view', props.row.id)"
      :aria-label="'View entry ' + props.row.id">
      <span class="icon icon-eye" aria-hidden="true"></span><q-tooltip>View</q-tooltip>
    </button>
  </span>
</q-td>
"""
TODAY, WEEK, MONTH, CHOSEN = "today", "week", "month", "chosen"
PERIODS = {TODAY: "Today", WEEK: "Last 7 days", MONTH: "Last 30 days", CHOSEN: "Choose days"}
DAYS = {TODAY: 0, WEEK: 6, MONTH: 29}


def _columns(*, with_workspace: bool) -> list[Column]:
    place = [Column(name="workspace", label="Workspace", look="quiet wrap")]
    return [
        Column(name="when", label="Date and time", look="num", cell=WHEN),
        Column(name="user", label="User", look="wrap", cell=WHO),
        Column(name="action", label="Action", cell=PILL),
        Column(name="resource", label="Resource", look="quiet resource"),
        Column(name="target", label="Target", look="strong wrap"),
        *(place if with_workspace else []),
        Column(name="told", label="Detail", look="quiet wrap", cell=DETAIL),
        Column(name="view", label="", end=True, cell=VIEW),
    ]


class AuditView:
    """One person's view of a log; its head first, so that something may stand between."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.workspace_slug
        self.newest = 0
        self.listed: dict[int, EntryView] = {}
        self.people: dict[int, str] = {}
        self.wrong = ""  # why the filters cannot be

    def head(self, sentence: str) -> None:
        with page_head("Audit Log", sentence, in_header=True):
            export_button(self.slug, self._asked)

    async def build(self) -> None:
        self.people = await audit_list.people(self.actor)
        places = (
            {} if self.slug else {each.id: each.name for each in await workspaces.of(self.actor)}
        )
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar audit-bar"):
                self._build_filters(places)
                self.clear = button("Clear", self.forget_filters, look="quiet", glyph="x")
                self.clear.classes("btn-small").set_visibility(False)
                ui.element("span").classes("spacer")
                self.news = News(self.show_news)
                self.count = text("span", "", "total").props("aria-live=polite")
            self.table = KeyTable(
                _columns(with_workspace=not self.slug),
                self.load,
                look="audit" if self.slug else "audit audit-all",
                note=f"Times in {self.actor.time_zone}",
            )
        self.table.when_empty = self.when_empty
        self.table.on("view", self.view)
        await self.table.reload()
        live.on(card, self.actor.workspace_id, Topic.AUDIT, self.changed)

    def _build_filters(self, places: dict[int, str]) -> None:
        self.search = search_field("User, number or detail", self.filter)
        self.period = choice_filter("All time", PERIODS, self.choose_period)
        with ui.element("span").classes("group days") as self.days:
            self.since, self.until = _day("From", self.filter), _day("Until", self.filter)
        self.days.set_visibility(False)
        self.person = choice_filter("All users", self.people, self.filter, searchable=True)
        words = {word.value: word.value for word in sorted(AuditAction)}
        self.action = choice_filter("All actions", words, self.filter)
        words = {word.value: word.value for word in sorted(Resource)}
        self.resource = choice_filter("All resources", words, self.filter)
        self.target = Line(placeholder="Number", on_change=self.filter).classes("number")
        self.target.props("debounce=300 clearable inputmode=numeric")
        self.target.props["aria-label"] = "Number of the target"
        places = {NOWHERE: "The installation itself", **places} if places else {}
        self.place = choice_filter("All workspaces", places, self.filter)
        self.place.set_visibility(bool(places))

    def _asked(self) -> dict[str, str]:
        """What the filters say, as an address would."""
        since, until = self._days()
        place = self.place.value
        return {
            "from": since,
            "until": until,
            "user": str(self.person.value or ""),
            "action": self.action.value or "",
            "resource": self.resource.value or "",
            "target": self.target.value or "",
            "workspace": "" if place in ("", None) else str(place),
            "search": self.search.value or "",
        }

    def _days(self) -> tuple[str, str]:
        if self.period.value == CHOSEN:
            return self.since.value or "", self.until.value or ""
        if self.period.value not in DAYS:
            return "", ""
        first = zones.today(self.actor.time_zone) - timedelta(days=DAYS[self.period.value])
        return first.isoformat(), ""

    @property
    def is_filtered(self) -> bool:
        return any(self._asked().values())

    async def load(self, key: Key) -> Rows:
        actor = await actions.actor(self.slug)
        try:
            wanted = audit_filter.read(self._asked())
        except Invalid as refused:
            self.wrong, self.count.text = refused.message, ""
            return Rows(rows=[], newer=None, older=None)
        self.wrong = ""
        newest = await audit_list.newest(actor)
        page = await audit_list.page(actor, wanted, key)
        if page.newer is None:
            self.newest = max(self.newest, newest)
            self.count.text = _counted(await audit_list.size(actor, wanted))
        self.listed = {entry.id: entry for entry in page.rows}
        zone = actor.time_zone
        reached = f"Searched back to {wording.brief(page.reached, zone)}" if page.reached else ""
        rows = [row(entry, zone) for entry in page.rows]
        return Rows(rows=rows, newer=page.newer, older=page.older, note=reached)

    def when_empty(self) -> None:
        if self.wrong:
            empty("Nothing can match that", self.wrong, glyph="search")
        elif self.table.page.older:
            empty("Nothing so far", "Search on with Older, or choose a period.", glyph="search")
        elif self.is_filtered:
            empty("No entry matches", "Change the search or the filters.", glyph="search")
        else:
            empty("No entries yet", "Whatever is done here leaves a line.", glyph="scroll-text")

    async def filter(self) -> None:
        self.clear.set_visibility(self.is_filtered)
        self.news.forget()
        await self.table.reload(first=True)

    async def forget_filters(self) -> None:
        fields = (self.search, self.period, self.since, self.until, self.person)
        for each in (*fields, self.action, self.resource, self.target, self.place):
            each.value = ""

    async def choose_period(self) -> None:
        is_chosen = self.period.value == CHOSEN
        self.days.set_visibility(is_chosen)
        if is_chosen and not any(self._days()):
            self.since.run_method("focus")
            return
        await self.filter()

    async def changed(self, _: tuple[int, ...]) -> None:
        """What is new comes in at the top where somebody looks at it, or is counted."""
        if self.wrong:
            return
        actor = await actions.actor(self.slug)
        wanted = audit_filter.read(self._asked())
        new = await audit_list.since(actor, wanted, self.newest)
        if not new:
            return
        self.newest = max(new)
        new = [each for each in new if each not in self.listed]
        if not self.is_filtered and await self.table.shows_newest():
            await self.show_news()
        elif new:
            self.news.add(new)

    async def show_news(self) -> None:
        """To the newest page; the filters stay."""
        self.news.forget()
        await self.table.reload(first=True)

    async def view(self, entry_id: int) -> None:
        if entry := self.listed.get(entry_id):
            zone = self.actor.time_zone
            audit_entry.show(entry, zone, only_user=self.only_user, only_target=self.only_target)

    async def only_user(self, entry: EntryView) -> None:
        # a holder has no account, and stands in no list
        named = {**self.people, entry.person_id: self.people.get(entry.person_id or 0, entry.name)}
        self.person.set_options({"": "All users", **named})
        self.person.value = entry.person_id

    async def only_target(self, entry: EntryView) -> None:
        self.resource.value, self.target.value = entry.resource, str(entry.target_id)


def _day(label: str, on_change: Callable[..., Any]) -> ui.input:
    field = Line(on_change=on_change).props("type=date").classes("day")
    field.props["aria-label"] = field.props["prefix"] = label
    return field


def _counted(size: Size) -> str:
    more = "" if size.is_all else "+"
    return f"{size.entries:,}{more} {'entry' if size.entries == 1 else 'entries'}"


def row(entry: EntryView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one entry."""
    return {
        "id": entry.id,
        "when": wording.brief_second(entry.at, zone),
        "exact": wording.to_the_second(entry.at, zone),
        "user": entry.name or (f"Person {entry.person_id}" if entry.person_id else PROGRAM),
        "email": entry.email,
        "action": entry.action,
        "tone": tones.AUDIT_TONE.get(entry.action, "other"),
        "resource": entry.resource,
        "target": entry.target,
        "workspace": entry.workspace,
        "told": entry.told,
    }
