"""CyberPass opens here: what evaluations wait for and, for admins, how the codes stand."""

from nicegui import ui

from models.enums import CodeKind
from services import administered, attention, dashboards
from services.actor import Actor
from services.permissions import Permission, can
from services.signals import Topic
from ui import actions, evaluation_start, live, matters, routes, wording
from ui.activation_chart import ActivationChart
from ui.components.buttons import button
from ui.components.matters import Matters
from ui.components.page_head import StatCard, page_head
from ui.components.panel import Panel
from ui.pages import page_title, view
from ui.purchase_generation import PurchaseGeneration

TOPICS = (Topic.EVALUATIONS, Topic.AGREEMENTS, Topic.BATCHES)


@view(Permission.USE_CYBERPASS)
async def page(actor: Actor) -> None:
    page_title("Dashboard", actor)
    with page_head("Dashboard", f"{actor.workspace_name}, CyberPass"):
        if can(actor, Permission.HANDLE_PURCHASE_CODES):
            button("Generate Code", lambda: _generate(actor), look="primary", glyph="plus")
        else:
            button(
                "New evaluation",
                lambda: evaluation_start.ask(actor),
                look="primary",
                glyph="plus",
            )
    await Dashboard(actor).build()


async def _generate(asking: Actor) -> None:
    places = await actions.run(administered.places, slug=asking.slug)
    if places is not None:
        named = {place.id: place for place in places}
        await PurchaseGeneration(asking.slug, named).open(asking.workspace)


class Dashboard:
    """`counts` says that this person may see how many codes there are."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug
        self.counts = can(actor, Permission.HANDLE_PURCHASE_CODES)

    async def build(self) -> None:
        with ui.element("div").props("aria-live=polite") as numbers:
            if self.counts:
                self._build_codes()
            with ui.element("div").classes("stats"):
                self.open, self.awaiting = StatCard("Open evaluations"), StatCard("Awaiting a code")
                self.certified, self.failed = StatCard("Certified"), StatCard("Failed")
        with ui.element("div").classes("halves" if self.counts else ""):
            if self.counts:
                self.chart = ActivationChart(self.slug, CodeKind.PURCHASE)
            with Panel("Needs attention").body:
                self.matters = Matters()
        await self.show()
        for topic in TOPICS:
            live.on(numbers, self.actor.workspace_id, topic, self.changed)

    def _build_codes(self) -> None:
        with ui.element("div").classes("stats"):
            self.left, self.ready = StatCard("Left under agreements"), StatCard("Ready codes")
            self.activated, self.expiring = StatCard("Activated"), StatCard("Expiring in 30 days")

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.show()

    async def show(self) -> None:
        actor = await actions.actor(self.slug)
        found = await dashboards.evaluations(actor)
        self.open.set(found.open, "")
        self.awaiting.set(found.awaiting_code, "")
        self.certified.set(found.certified, "")
        self.failed.set(found.failed, "")
        if self.counts:
            await self._show_codes(actor)
        needed = [
            *await attention.of_codes(actor, CodeKind.PURCHASE),
            *await attention.of_agreements(actor),
            *await attention.of_evaluations(actor),
        ]
        self.matters.show(
            [matters.line(actor, each, batch_path=routes.purchase_batch) for each in needed]
        )

    async def _show_codes(self, actor: Actor) -> None:
        found, left = await dashboards.codes(actor, CodeKind.PURCHASE), await dashboards.left(actor)
        self.left.set(left.left, _granted(left))
        self.ready.set(found.ready, wording.and_held("", found.held))
        self.activated.set(found.activated, f"{found.activated_today:,} today")
        self.expiring.set(found.expiring, "")
        await self.chart.show(actor)


def _granted(left: dashboards.LeftNumbers) -> str:
    if not left.agreements:
        return "No agreement is valid now"
    under = left.reference or wording.count(left.agreements, "agreement")
    return f"of {left.granted:,} under {under}"
