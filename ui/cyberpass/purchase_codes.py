"""Purchase Codes: one row for each code of all workspaces that one runs, newest first."""

from typing import Any

from nicegui import ui

from models.enums import BatchState, CodeKind, Status
from services import (
    administered,
    agreement_claims,
    purchase_batches,
    purchase_code_list,
    purchased_action,
    purchases,
)
from services.actor import Actor
from services.paging import Slice
from services.permissions import Permission
from services.purchase_batches import PurchaseBatch
from services.purchase_code_list import PurchaseFilter
from services.signals import Topic
from services.workspaces import Membered
from ui import actions, live, routes, wording
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.filters import choice_filter, search_field
from ui.components.news import News
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.purchase_columns import EVERYWHERE
from ui.components.table import DataTable
from ui.components.text import text
from ui.components.under_way import Making, UnderWay
from ui.pages import page_title, view
from ui.purchase_generation import PurchaseGeneration
from ui.purchase_rows import row
from ui.release_dialog import ReleaseDialog
from ui.shown_code import copy_code, follow_evaluation, show_code

SHOWN = (Status.READY, Status.ACTIVATED, Status.REVOKED, Status.EXPIRED, Status.HELD)


@view(Permission.HANDLE_PURCHASE_CODES)
async def page(actor: Actor) -> None:
    page_title("Purchase Codes", actor)
    await PurchaseCodes(actor, await administered.places(actor)).build()


class PurchaseCodes:
    """One person's view of the list: its filters, its page, and what is new beyond it."""

    def __init__(self, actor: Actor, places: list[Membered]) -> None:
        self.actor, self.slug = actor, actor.slug
        self.places = {place.id: place for place in places}
        self.newest = 0
        self.making: dict[int, PurchaseBatch] = {}  # under way
        self.generation = PurchaseGeneration(self.slug, self.places)

    async def build(self) -> None:
        sentence = "Codes that pay for one step of one evaluation in their workspace."
        with page_head("Purchase Codes", sentence, in_header=True):
            button("Generate Code", self.generate, look="primary", glyph="plus")
        named = await purchased_action.to_choose(self.actor, archived=True)
        with ui.element("div").classes("card table-card") as card:
            self._toolbar(named)
            self.under_way = UnderWay()
            self.table = DataTable(
                EVERYWHERE,
                self.load,
                look="codes purchases",
                note=f"Times in {self.actor.time_zone}",
                sort="created",
            )
        self.table.when_empty = self.when_empty
        for event, handler in (
            ("copy", lambda code_id: copy_code(self.slug, code_id)),
            ("show", lambda code_id: show_code(self.slug, code_id)),
            ("evaluation", lambda code_id: follow_evaluation(self.table, code_id)),
            ("revoke", self.ask_revoke),
            ("release", self.ask_release),
            ("view", self.view_batch),
        ):
            self.table.on(event, handler)
        self.newest = await purchase_batches.newest(self.actor)
        # before the rows are read: what changes meanwhile must not be missed
        live.on(card, None, Topic.BATCHES, self.changed)
        live.on(card, None, Topic.AGREEMENTS, self.agreements_changed)
        self.show_under_way(await purchase_batches.under_way(self.actor))
        await self.show_left(self.actor)
        await self.table.reload()
        await self.changed(tuple(self.making))  # done since they were read

    def _toolbar(self, named: dict[int, str]) -> None:
        with ui.element("div").classes("toolbar"):
            self.search = search_field("Code or its end, evaluation", self.filter)
            names = {place.id: place.name for place in self.places.values()}
            self.workspace = choice_filter(
                "All workspaces", names, self.filter, value=self.actor.workspace
            )
            self.workspace.set_visibility(len(names) > 1)
            self.action = choice_filter("All actions", named, self.filter)
            shown = {status.value: status.value for status in SHOWN}
            self.status = choice_filter("All statuses", shown, self.filter)
            ui.element("span").classes("spacer")
            self.news = News(self.show_news)
            self.left = text("span", "", "total").props("aria-live=polite")

    @property
    def wanted(self) -> PurchaseFilter:
        return PurchaseFilter(
            search=self.search.value or "",
            status=Status(self.status.value) if self.status.value else None,
            action_id=self.action.value or None,
            workspace_id=self.workspace.value or None,
        )

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await purchase_code_list.page(actor, self.wanted, part)
        return [row(code, actor.time_zone) for code in page.rows], page.total

    def when_empty(self) -> None:
        if self.wanted != PurchaseFilter(workspace_id=self.wanted.workspace_id):
            empty("No code matches", "Change the search or the filters.", glyph="search")
            return
        with empty("No purchase codes yet", "Generate the first ones.", glyph="wallet"):
            button("Generate Code", self.generate, glyph="plus")

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)
        await self.show_left(await actions.actor(self.slug))

    async def show_left(self, actor: Actor) -> None:
        wanted = self.wanted
        found = await agreement_claims.left(
            actor, workspace_id=wanted.workspace_id, action_id=wanted.action_id
        )
        self.left.text = wording.left_under(found, said="agreement ")

    def show_under_way(self, fresh: list[PurchaseBatch]) -> None:
        """Those that are still being made stand above the table, the others no longer."""
        self.making |= {batch.id: batch for batch in fresh}
        self.making = {key: each for key, each in self.making.items() if each.is_under_way}
        self.under_way.show([_making(each) for each in self.making.values()])

    async def agreements_changed(self, _: tuple[int, ...]) -> None:
        await self.show_left(await actions.actor(self.slug))
        await self.generation.show_left()

    async def changed(self, ids: tuple[int, ...]) -> None:
        """Patch rows that are here; new codes come in at the top, or are counted in the pill."""
        actor = await actions.actor(self.slug)
        fresh = await purchase_batches.some(actor, ids)
        if not fresh:
            return
        here = [each["id"] for each in self.table.table.rows if each["batch"] in ids]
        changed = await purchase_code_list.some(actor, here)
        self.table.patch([row(code, actor.time_zone) for code in changed])
        new = [batch for batch in fresh if self._is_new(batch)]
        awaited = self.making.keys() & {batch.id for batch in new}
        self.newest = max([self.newest, *(batch.id for batch in fresh)])
        self.show_under_way(fresh)
        if new:
            await self._arrived(actor, new, awaited)

    def _is_new(self, batch: PurchaseBatch) -> bool:
        """Its codes are there since a moment ago."""
        is_unseen = batch.id > self.newest or batch.id in self.making
        return batch.state is BatchState.DONE and is_unseen

    async def _arrived(self, actor: Actor, new: list[PurchaseBatch], awaited: set[int]) -> None:
        mine = [b for b in new if b.requested_by_id == actor.person_id and b.id not in awaited]
        if mine:
            await self.show_news(widen={batch.workspace_id for batch in mine})
            return
        matching = [batch for batch in new if self._would_show(batch)]
        if matching and await self.table.shows_newest() and not self.wanted.search:
            await self.table.reload()
        elif matching:
            self.news.add((b.id, place) for b in matching for place in range(b.codes))

    def _would_show(self, batch: PurchaseBatch) -> bool:
        wanted = self.wanted
        is_there = wanted.workspace_id in (None, batch.workspace_id)
        return is_there and wanted.action_id in (None, batch.action_id)

    async def show_news(self, widen: set[int] | None = None) -> None:
        """To page 1, newest first, with no filter but the workspace, which widens where needed."""
        self.news.forget()
        self.table.part = Slice(sort="created", descending=True)
        self.search.value, self.action.value, self.status.value = "", "", ""
        if widen and self.workspace.value and widen != {self.workspace.value}:
            self.workspace.value = ""
        await self.table.reload()

    async def view_batch(self, code_id: int) -> None:
        actor = await actions.actor(self.slug)
        for code in await purchase_code_list.some(actor, [code_id]):
            ui.navigate.to(routes.purchase_batch(code.slug, code.batch_id))

    async def ask_revoke(self, code_id: int) -> None:
        rows = self.table.table.rows
        ending = next((each["ending"] for each in rows if each["id"] == code_id), "")
        confirm(
            f"Revoke the code ending {ending}?",
            [f"{wording.REVOKED_FOR_GOOD} {wording.given_back(1)}"],
            "Revoke",
            lambda go: actions.run(
                lambda actor: purchases.revoke(actor, code_id), slug=self.slug, button=go
            ),
        )

    async def ask_release(self, code_id: int) -> None:
        actor = await actions.actor(self.slug)
        for code in await purchase_code_list.some(actor, [code_id]):
            ReleaseDialog(  # in the workspace that the code is of
                code.slug,
                code.batch_id,
                CodeKind.PURCHASE,
                code_id=code.id,
                ending=code.masked[-4:],
            )

    async def generate(self) -> None:
        await self.generation.open(self.workspace.value or self.actor.workspace)


def _making(batch: PurchaseBatch) -> Making:
    return Making(
        id=batch.id,
        about=f"{batch.action} · {batch.workspace}",
        codes=batch.codes,
        made=batch.made,
        path=routes.purchase_batch(batch.slug, batch.id),
    )
