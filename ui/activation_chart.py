"""Activations of a workspace over the last 30 or 90 days, as a panel of its dashboard."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from nicegui import ui

from models.enums import CodeKind
from services import activation_days
from services.actor import Actor
from ui import actions, wording
from ui.components.bar_chart import Bar, BarChart
from ui.components.panel import Panel

SPANS = (30, 90)


class ActivationChart:
    """Of the workspace at `slug`; the span that was chosen stays."""

    def __init__(self, slug: str, kind: CodeKind) -> None:
        self.slug, self.kind, self.days = slug, kind, SPANS[0]
        panel = Panel("Activations")
        self.buttons: dict[int, ui.button] = {}
        with panel.actions, ui.element("div").classes("toggle").props("role=group"):
            for days in SPANS:
                choose = partial(self._choose, days)
                self.buttons[days] = ui.button(f"{days} days", on_click=choose, color=None)
        with panel.body:
            self.chart = BarChart("Activations")

    async def _choose(self, days: int) -> None:
        self.days = days
        await self.show(await actions.actor(self.slug))

    async def show(self, actor: Actor) -> None:
        for days, button in self.buttons.items():
            button.props["aria-pressed"] = "true" if days == self.days else "false"
            button.update()
        found = await activation_days.recent(actor, self.kind, self.days)
        total = sum(number for _, number in found)
        summary = f"{wording.count(total, 'activation')} in {self.days} days."
        self.chart.show(_bars(found), summary)


def _bars(found: Sequence[tuple[date, int]]) -> list[Bar]:
    return [
        Bar(
            number,
            f"{day.day} {day:%b}",
            f"{wording.day(day)}: {wording.count(number, 'activation')}",
        )
        for day, number in found
    ]
