"""Access Codes: one row for each batch, newest first."""

from typing import Any

from nicegui import ui

from models.enums import BatchState, Status
from services import batch_list, product_list
from services.actor import Actor
from services.batch_list import BatchFilter, BatchView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import access_code_dialog, actions, live, routes, tones, wording
from ui.components.buttons import button
from ui.components.filters import choice_filter, search_field
from ui.components.news import News
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import BAR
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.pages import page_title, view

VIEW = """
<q-td :props="props">
  <button class="view-button" @click="() => $parent.$emit('view', props.row.id)"
    :aria-label="'View batch ' + props.row.id">View</button>
</q-td>
"""
COLUMNS = [
    Column(name="created", label="Created", sortable=True),
    Column(name="product", label="Product", sortable=True, look="strong wrap"),
    Column(name="plan", label="Plan", sortable=True, look="quiet wrap"),
    Column(name="codes", label="Codes", sortable=True, end=True, look="num"),
    Column(name="state", label="Status", cell=BAR),
    Column(name="by", label="Created by", look="quiet wrap"),
    Column(name="view", label="", end=True, cell=VIEW),
]
SHOWN = (
    *(Status.READY, Status.ACTIVATED, Status.REVOKED, Status.EXPIRED, Status.NOT_YET_VALID),
    Status.HELD,
)


@view(Permission.USE_EDSPACE)
async def page(actor: Actor) -> None:
    page_title("Access Codes", actor)
    await AccessCodes(actor).build()


class AccessCodes:
    """One person's view of the list: its filters, its page, and what is new beyond it."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug
        self.newest = 0

    async def build(self) -> None:
        with page_head(
            "Access Codes", "Codes that open a plan of a product, one batch a row.", in_header=True
        ):
            button("Add access code", self.add, look="primary", glyph="plus")
        products = await product_list.products(self.actor, archived=True)
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by batch, product or code end", self.filter)
                names = {product.id: product.name for product in products}
                self.product = choice_filter("All products", names, self.filter)
                shown = {status.value: status.value for status in SHOWN}
                self.status = choice_filter("All statuses", shown, self.filter)
                ui.element("span").classes("spacer")
                self.news = News(self.show_news)
                self.count = text("span", "", "total").props("aria-live=polite")
            self.table = DataTable(
                COLUMNS,
                self.load,
                look="batches",
                note=f"Times in {self.actor.time_zone}",
                sort="created",
            )
        self.table.when_empty = self.when_empty
        self.table.on("view", self.open)
        self.newest = await batch_list.newest(self.actor)
        await self.table.reload()
        live.on(card, self.actor.workspace_id, Topic.BATCHES, self.changed)

    @property
    def wanted(self) -> BatchFilter:
        status = Status(self.status.value) if self.status.value else None
        return BatchFilter(
            search=self.search.value or "", product_id=self.product.value or None, status=status
        )

    @property
    def is_filtered(self) -> bool:
        return self.wanted != BatchFilter()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await batch_list.page(actor, self.wanted, part)
        self.count.text = wording.count(page.total, "batch", "batches")
        return [row(batch, actor.time_zone) for batch in page.rows], page.total

    def when_empty(self) -> None:
        if self.is_filtered:
            empty("No batch matches", "Change the search or the filters.", glyph="search")
            return
        with empty("No access codes yet", "Generate the first ones.", glyph="ticket"):
            button("Add access code", self.add, glyph="plus")

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)

    async def open(self, batch_id: int) -> None:
        ui.navigate.to(routes.batch(self.slug, batch_id))

    async def changed(self, ids: tuple[int, ...]) -> None:
        """Patch rows that are here; a new batch comes in at the top, or is counted in the pill."""
        actor = await actions.actor(self.slug)
        fresh = await batch_list.some(actor, ids)
        here = set(self.table.ids)
        self.table.patch([row(batch, actor.time_zone) for batch in fresh if batch.id in here])
        # not in the rows is not new: it may stand on another page, or beyond the filter
        new = {b.id: b for b in fresh if b.id not in here and b.id > self.newest}
        if not new:
            return
        self.newest = max(new)
        mine = any(batch.requested_by_id == actor.person_id for batch in new.values())
        if mine or (not self.is_filtered and await self.table.shows_newest()):
            await self.show_news()
        else:
            self.news.add(new)

    async def show_news(self) -> None:
        """To page 1, newest first, without filters."""
        self.news.forget()
        self.table.part = Slice(sort="created", descending=True)
        if self.is_filtered:
            self.search.value, self.product.value, self.status.value = "", "", ""
        await self.table.reload()

    async def add(self) -> None:
        await access_code_dialog.ask(self.actor)


def row(batch: BatchView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one batch."""
    is_done = batch.state is BatchState.DONE
    waiting = "expired" if batch.is_expired else "early" if batch.is_too_early else "ready"
    return {
        "id": batch.id,
        "created": wording.moment(batch.created_at, zone),
        "product": batch.product,
        "plan": batch.plan,
        "codes": f"{batch.codes:,}",
        "by": batch.created_by,
        "state": "" if is_done or batch.is_under_way else batch.state.value,
        "made": batch.made if batch.is_under_way else -1,
        "rest": batch.codes - batch.made,
        "tone": tones.STATE_TONE.get(batch.state, "other"),
        "ready": 0,
        "expired": 0,
        "early": 0,
        "activated": batch.activated,
        "revoked": batch.revoked,
        "held": batch.held,
        "summary": _progress(batch) if batch.is_under_way else _summary(batch),
        "told": _progress(batch) if batch.is_under_way else _told(batch, waiting),
        **({waiting: batch.ready} if is_done else {}),
    }


def _summary(batch: BatchView) -> str:
    told = f"{batch.activated:,} activated"
    return f"{told}, {batch.held:,} held" if batch.held else told


def _progress(batch: BatchView) -> str:
    return (
        "Queued" if batch.state is BatchState.QUEUED else wording.progress(batch.made, batch.codes)
    )


def _told(batch: BatchView, waiting: str) -> str:
    word = {"ready": "ready", "expired": "expired", "early": "not yet valid"}[waiting]
    told = f"{batch.ready:,} {word}, {batch.activated:,} activated, {batch.revoked:,} revoked"
    return f"{told}, {batch.held:,} held" if batch.held else told
