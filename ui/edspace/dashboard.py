"""Edspace opens here: how its codes stand, and what needs somebody."""

from nicegui import ui

from models.enums import CodeKind
from services import attention, dashboards
from services.actor import Actor
from services.permissions import Permission
from services.signals import Topic
from ui import access_code_dialog, actions, live, matters, routes, wording
from ui.activation_chart import ActivationChart
from ui.components.buttons import button
from ui.components.matters import Matters
from ui.components.page_head import StatCard, page_head
from ui.components.panel import Panel
from ui.pages import page_title, view


@view(Permission.USE_EDSPACE)
async def page(actor: Actor) -> None:
    page_title("Dashboard", actor)
    with page_head("Dashboard", f"{actor.workspace_name}, Edspace"):
        button(
            "Add access code",
            lambda: access_code_dialog.ask(actor),
            look="primary",
            glyph="plus",
        )
    await Dashboard(actor).build()


class Dashboard:
    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug

    async def build(self) -> None:
        with ui.element("div").classes("stats").props("aria-live=polite") as stats:
            self.ready, self.activated = StatCard("Ready"), StatCard("Activated")
            self.expiring, self.revoked = StatCard("Expiring in 30 days"), StatCard("Revoked")
        with ui.element("div").classes("halves"):
            self.chart = ActivationChart(self.slug, CodeKind.ACCESS)
            with Panel("Needs attention").body:
                self.matters = Matters()
        await self.show()
        for topic in (Topic.BATCHES, Topic.MESSAGES):
            live.on(stats, self.actor.workspace_id, topic, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.show()

    async def show(self) -> None:
        actor = await actions.actor(self.slug)
        found = await dashboards.codes(actor, CodeKind.ACCESS)
        ready = wording.and_held(_in_batches(found.ready_batches), found.held)
        self.ready.set(found.ready, ready)
        self.activated.set(found.activated, f"{found.activated_today:,} today")
        self.expiring.set(found.expiring, _in_batches(found.expiring_batches))
        self.revoked.set(found.revoked, "")
        await self.chart.show(actor)
        needed = await attention.of_codes(actor, CodeKind.ACCESS)
        self.matters.show([matters.line(actor, each, batch_path=routes.batch) for each in needed])


def _in_batches(number: int) -> str:
    return f"in {wording.count(number, 'batch', 'batches')}" if number else ""
