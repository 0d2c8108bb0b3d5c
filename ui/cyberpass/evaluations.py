"""Evaluations: one row for each product on its way."""

from typing import Any

from nicegui import ui

from models.enums import EvaluationState
from services import evaluation_list
from services.actor import Actor
from services.evaluation_list import EvaluationFilter, EvaluationView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import actions, evaluation_start, live, routes, tones, wording
from ui.components.buttons import button
from ui.components.filters import choice_filter, search_field
from ui.components.news import News
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.pages import page_title, view

PRODUCT = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small>{{ props.row.about }}</small></span>
</q-td>
"""
STAGE = """
<q-td :props="props">
  <span>{{ props.value }}</span>
  <span class="passed">
    <span class="bar" aria-hidden="true">
      <i class="made" :style="{ flexGrow: props.row.passed }"></i>
      <i class="rest" :style="{ flexGrow: props.row.left }"></i>
    </span>
    <small>{{ props.row.told }}</small>
  </span>
</q-td>
"""
VIEW = """
<q-td :props="props">
  <button class="view-button" @click="() => $parent.$emit('view', props.row.id)"
    :aria-label="'View ' + props.row.product">View</button>
</q-td>
"""
COLUMNS = [
    Column(name="product", label="Product", sortable=True, look="wrap", cell=PRODUCT),
    Column(name="scheme", label="Scheme", sortable=True, look="quiet wrap"),
    Column(name="stage", label="Stage", look="wrap", cell=STAGE),
    Column(name="state", label="Status", sortable=True, cell=PILL),
    Column(name="by", label="Started by", look="quiet wrap"),
    Column(name="started", label="Started", sortable=True, look="num quiet"),
    Column(name="view", label="", end=True, cell=VIEW),
]


@view(Permission.USE_CYBERPASS)
async def page(actor: Actor) -> None:
    page_title("Evaluations", actor)
    await Evaluations(actor).build()


class Evaluations:
    """One person's view of the list: its filters, its page, and what is new beyond it."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug
        self.newest = 0

    async def build(self) -> None:
        sentence = "Products on their way through a certification scheme."
        with page_head("Evaluations", sentence, in_header=True):
            button("New evaluation", self.add, look="primary", glyph="plus")
        schemes = await evaluation_list.schemes(self.actor)
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by product, model or version", self.filter)
                names = {scheme.id: scheme.name for scheme in schemes}
                self.scheme = choice_filter("All schemes", names, self.filter)
                shown = {state.value: state.value for state in EvaluationState}
                self.state = choice_filter("All statuses", shown, self.filter)
                ui.element("span").classes("spacer")
                self.news = News(self.show_news)
                self.count = text("span", "", "total").props("aria-live=polite")
            zone = self.actor.time_zone
            self.table = DataTable(
                COLUMNS, self.load, look="evaluations", note=f"Times in {zone}", sort="started"
            )
        self.table.when_empty = self.when_empty
        self.table.on("view", self.open)
        self.newest = await evaluation_list.newest(self.actor)
        await self.table.reload()
        live.on(card, self.actor.workspace_id, Topic.EVALUATIONS, self.changed)

    @property
    def wanted(self) -> EvaluationFilter:
        return EvaluationFilter(
            search=self.search.value or "",
            scheme_id=self.scheme.value or None,
            state=EvaluationState(self.state.value) if self.state.value else None,
        )

    @property
    def is_filtered(self) -> bool:
        return self.wanted != EvaluationFilter()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await evaluation_list.page(actor, self.wanted, part)
        self.count.text = wording.count(page.total, "evaluation")
        return [row(evaluation, actor.time_zone) for evaluation in page.rows], page.total

    def when_empty(self) -> None:
        if self.is_filtered:
            empty("No evaluation matches", "Change the search or the filters.", glyph="search")
            return
        first = "Start the first one: name the product and choose its scheme."
        with empty("No evaluations yet", first, glyph="clipboard-check"):
            button("New evaluation", self.add, glyph="plus")

    async def filter(self) -> None:
        self.news.forget()
        await self.table.reload(first=True)

    async def open(self, evaluation_id: int) -> None:
        ui.navigate.to(routes.evaluation(self.slug, evaluation_id))

    async def changed(self, ids: tuple[int, ...]) -> None:
        """Patch rows that are here; a new one comes in at the top, or is counted in the pill."""
        actor = await actions.actor(self.slug)
        fresh = await evaluation_list.some(actor, ids)
        if self.table.table.is_deleted:
            return  # whoever began one is on its page already
        here = set(self.table.ids)
        self.table.patch([row(each, actor.time_zone) for each in fresh if each.id in here])
        new = {each.id for each in fresh if each.id not in here and each.id > self.newest}
        if not new:
            return
        self.newest = max(new)
        if not self.is_filtered and await self.table.shows_newest():
            await self.show_news()
        else:
            self.news.add(new)

    async def show_news(self) -> None:
        """To page 1, newest first, without filters."""
        self.news.forget()
        self.table.part = Slice(sort="started", descending=True)
        if self.is_filtered:
            self.search.value, self.scheme.value, self.state.value = "", "", ""
        await self.table.reload()

    async def add(self) -> None:
        await evaluation_start.ask(self.actor)


def row(evaluation: EvaluationView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one evaluation."""
    return {
        "id": evaluation.id,
        "product": evaluation.product,
        "about": f"{evaluation.model} · {evaluation.version}",
        "scheme": evaluation.scheme,
        "stage": wording.stage(evaluation.step, evaluation.step_state),
        "passed": evaluation.passed,
        "left": evaluation.steps - evaluation.passed,
        "told": f"{wording.progress(evaluation.passed, evaluation.steps)} passed",
        "state": evaluation.state.value,
        "tone": tones.EVALUATION_TONE[evaluation.state],
        "by": evaluation.started_by,
        "started": wording.brief(evaluation.started_at, zone),
    }
