"""A chart of one number a day; its colours are those of the theme."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from ui.components.text import text

LINES = 3  # above the ground line
STEPS = (1, 2, 4, 5, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands below where there is room; `told` is what the bar says in words."""

    number: int
    label: str
    told: str


def step_of(most: int) -> int:
    """The distance of the lines, a round number: `LINES` of them hold the highest bar."""
    wanted, scale = max(1, -(-most // LINES)), 1
    while True:
        for step in STEPS:
            if step * scale >= wanted:
                return step * scale
        scale *= 100


class BarChart:
    """`show` draws it anew; the newest bar is at the right and stands out."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._root = ui.element("div").classes("chart").props("role=img")

    def show(self, bars: Sequence[Bar], summary: str) -> None:
        """`summary` says it all in one sentence, for whoever does not see the bars."""
        self._root.props["aria-label"] = f"{self._name}. {summary}"
        step = step_of(max(bar.number for bar in bars))
        with self._root.clear():
            with ui.element("div").classes("chart-lines").props("aria-hidden=true"):
                for line in range(LINES, -1, -1):
                    text("span", f"{line * step:,}")
            with ui.element("div").classes("chart-bars"):
                for bar in bars:
                    self._bar(bar, step * LINES)
            with ui.element("div").classes("chart-days").props("aria-hidden=true"):
                for bar in _spread(bars):
                    text("span", bar.label)
        self._root.update()

    @staticmethod
    def _bar(bar: Bar, top: int) -> None:
        with ui.element("div").classes("chart-bar"):
            ui.element("i").style["height"] = f"{100 * bar.number / top:.2f}%"
            ui.tooltip(bar.told)


def _spread(bars: Sequence[Bar]) -> list[Bar]:
    """Five of them, the first and the last included."""
    last = len(bars) - 1
    return [bars[round(last * place / 4)] for place in range(5)]
