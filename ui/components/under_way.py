"""Batches that are being made, one line each, above the list that their codes will be in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from ui import wording
from ui.components.meter import Meter
from ui.components.text import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """`about` says what the codes are; `path` leads to the batch."""

    id: int
    about: str
    codes: int
    made: int
    path: str


class UnderWay:
    """`show` changes the lines that stay in place."""

    def __init__(self) -> None:
        self._lines: dict[int, Callable[[Making], Any]] = {}
        self._shown: list[int] = []
        self.place = ui.element("div").classes("under-way").props("aria-label='Being made'")

    def show(self, batches: list[Making]) -> None:
        ids = [batch.id for batch in batches]
        if ids != self._shown:
            self._shown = ids
            with self.place.clear():
                self._lines = {batch.id: _line(batch) for batch in batches}
        for batch in batches:
            self._lines[batch.id](batch)


def _line(batch: Making) -> Callable[[Making], None]:
    with ui.element("div").classes("making"):
        with ui.element("div").classes("about"):
            text("b", wording.count(batch.codes, "purchase code"))
            text("span", batch.about)
        meter = Meter(label=f"Progress of batch {batch.id}")
        said = text("span", "", "said")
        ui.link("View", batch.path).classes("view-button")

    def show(now: Making) -> None:
        said.text = wording.progress(now.made, now.codes) if now.made else "Queued"
        meter.show(now.made, now.codes)

    return show
