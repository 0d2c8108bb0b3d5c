"""The table of agreements: of one workspace to read, of all of them for the owner to edit."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from models.enums import AgreementState
from services import agreement_list
from services.actor import Actor
from services.agreement_list import AgreementFilter
from services.paging import Slice
from services.signals import Topic
from services.workspaces import Membered
from ui import actions, live, wording
from ui.components import agreement_columns
from ui.components.filters import choice_filter, search_field
from ui.components.news import News
from ui.components.notice import empty
from ui.components.table import DataTable
from ui.components.text import text


class AgreementLedger:
    """`actor` is in a workspace, or the owner outside of any: then each row names its workspace."""

    def __init__(self, actor: Actor, none_yet: Callable[[], object]) -> None:
        self.actor, self.slug = actor, actor.workspace_slug
        self.is_of_all = actor.workspace_id is None
        self.none_yet = none_yet
        self.newest = 0

    async def build(self, workspaces: list[Membered]) -> None:
        """`workspaces` are those to filter by; none where there is only one."""
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by reference, action or note", self.filter)
                names = {each.id: each.name for each in workspaces}
                self.workspace = choice_filter("All workspaces", names, self.filter)
                self.workspace.set_visibility(self.is_of_all)
                states = {state.value: state.value for state in AgreementState}
                self.state = choice_filter("All statuses", states, self.filter)
                ui.element("span").classes("spacer")
                self.news = News(self.show_news)
                self.count = text("span", "", "total").props("aria-live=polite")
            self._build_table()
        self.newest = await agreement_list.newest(self.actor)
        await self.table.reload()
        live.on(card, self.actor.workspace_id, Topic.AGREEMENTS, self.changed)
        live.on(card, None, Topic.SCHEMES, self.renamed)

    def _build_table(self) -> None:
        zone = "each workspace's zone" if self.is_of_all else self.actor.time_zone
        columns = agreement_columns.WITH_EDIT if self.is_of_all else agreement_columns.COLUMNS
        note = f"Days in {zone}"
        self.table = DataTable(columns, self.load, look="agreements", note=note, sort="created")
        self.table.when_empty = self.when_empty

    @property
    def wanted(self) -> AgreementFilter:
        return AgreementFilter(
            search=self.search.value or "",
            workspace_id=self.workspace.value or None,
            state=AgreementState(self.state.value) if self.state.value else None,
        )

    @property
    def is_filtered(self) -> bool:
        return self.wanted != AgreementFilter()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        page = await agreement_list.page(await actions.actor(self.slug), self.wanted, part)
        self.count.text = wording.count(page.total, "agreement")
        return [self.row(each) for each in page.rows], page.total

    def row(self, agreement: agreement_list.AgreementView) -> dict[str, Any]:
        return agreement_columns.row(agreement, names_workspace=self.is_of_all)

    def when_empty(self) -> None:
        if self.is_filtered:
            empty("No agreement matches", "Change the search or the filters.", glyph="search")
        else:
            self.none_yet()

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)

    async def changed(self, ids: tuple[int, ...]) -> None:
        """Patch rows that are here; new agreements come in at the top, or are counted."""
        fresh = await agreement_list.some(await actions.actor(self.slug), ids)
        here = set(self.table.ids)
        self.table.patch([self.row(each) for each in fresh if each.id in here])
        new = [each.id for each in fresh if each.id not in here and each.id > self.newest]
        if not new:
            return
        self.newest = max(new)
        if not self.is_filtered and await self.table.shows_newest():
            await self.show_news()
        else:
            self.news.add(new)

    async def renamed(self, _: tuple[int, ...]) -> None:
        await self.table.reload()

    async def show_news(self) -> None:
        """To page 1, newest first, without filters."""
        self.news.forget()
        self.table.part = Slice(sort="created", descending=True)
        if self.is_filtered:
            self.search.value, self.workspace.value, self.state.value = "", "", ""
        await self.table.reload()
