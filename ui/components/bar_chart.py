"""A chart of one number a day; its colours are those of the theme."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from ui.components.text import text

LINES = 3  # above the ground line
DAYS = 5  # named below
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
    """`show` changes what differs; the newest bar is at the right and stands out."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._drawn: list[_DrawnBar] = []
        with ui.element("div").classes("chart").props("role=img") as self._root:
            with ui.element("div").classes("chart-lines").props("aria-hidden=true"):
                self._lines = [text("span", "") for _ in range(LINES + 1)]
            self._bars = ui.element("div").classes("chart-bars")
            with ui.element("div").classes("chart-days").props("aria-hidden=true"):
                self._days = [text("span", "") for _ in range(DAYS)]

    def show(self, bars: Sequence[Bar], summary: str) -> None:
        """`summary` says it all in one sentence, for whoever does not see the bars."""
        self._root.props["aria-label"] = f"{self._name}. {summary}"
        step = step_of(max(bar.number for bar in bars))
        for height, line in enumerate(reversed(self._lines)):
            line.text = f"{height * step:,}"
        if len(bars) != len(self._drawn):
            with self._bars.clear():
                self._drawn = [_DrawnBar() for _ in bars]
        for drawn, bar in zip(self._drawn, bars, strict=True):
            drawn.show(bar, step * LINES)
        for day, bar in zip(self._days, _spread(bars), strict=True):
            day.text = bar.label


class _DrawnBar:
    def __init__(self) -> None:
        with ui.element("div").classes("chart-bar"):
            self._fill, self._told = ui.element("i"), ui.tooltip("")

    def show(self, bar: Bar, top: int) -> None:
        height = f"{100 * bar.number / top:.2f}%"
        if self._fill.style.get("height") != height:
            self._fill.style["height"] = height
        self._told.text = bar.told


def _spread(bars: Sequence[Bar]) -> list[Bar]:
    """As many as are named below, the first and the last included."""
    last = len(bars) - 1
    return [bars[round(last * place / (DAYS - 1))] for place in range(DAYS)]
