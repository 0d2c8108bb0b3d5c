"""How far a batch is, or why it has no codes, and what can be done about it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from nicegui import ui

from models.enums import BatchState
from services.batch_list import BatchView
from ui import wording
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.meter import Meter
from ui.components.text import text

Do = Callable[[ui.button | None], Awaitable[Any]]
HEADINGS = {
    BatchState.QUEUED: "Waiting to be made",
    BatchState.RUNNING: "Being made",
    BatchState.FAILED: "This batch failed",
    BatchState.CANCELLED: "This batch was cancelled",
}


class BatchProgress:
    """Stands in place of the codes; `show` moves it without drawing it anew."""

    def __init__(self, batch: BatchView, zone: str, *, cancel: Do | None, retry: Do | None) -> None:
        """`cancel` and `retry` are None for somebody who may not."""
        self.zone = zone
        with ui.element("div").classes("card progress-card"):
            with ui.element("div").classes("titles"):
                heading = text("h2", HEADINGS[batch.state])
                self.said = text("p", "")
            if batch.is_under_way:
                self.meter = Meter(heading.html_id)
                self._build_cancel(batch, cancel)
            elif retry:
                again = button("Retry", lambda: retry(again), look="primary", glyph="rotate-cw")
            self.times = text("p", "", "muted times")
        self.show(batch)

    def _build_cancel(self, batch: BatchView, cancel: Do | None) -> None:
        if cancel is None:
            return
        number = wording.count(batch.codes, "code")

        def ask() -> None:
            confirm(
                f"Cancel this batch of {number}?",
                ["None of its codes will exist. You can retry the batch later."],
                "Cancel the batch",
                cancel,
                keep="Keep going",
            )

        button("Cancel", ask)

    def show(self, batch: BatchView) -> None:
        self.said.text = _said(batch)
        self.times.text = self._times(batch)
        if batch.is_under_way:
            self.meter.show(batch.made, batch.codes)

    def _times(self, batch: BatchView) -> str:
        begun = batch.created_at
        later: tuple[tuple[str, datetime | None], ...] = (
            ("started", batch.started_at),
            ("ended", batch.finished_at),
        )
        told = [f"{what} {wording.after(begun, at, self.zone)}" for what, at in later if at]
        asked = f"Asked for {wording.moment(begun, self.zone)}"
        return f"{', '.join([asked, *told])} ({self.zone})"


def _said(batch: BatchView) -> str:
    match batch.state:
        case BatchState.FAILED:
            return batch.failure
        case BatchState.CANCELLED:
            return "It has no codes."
        case BatchState.QUEUED:
            return f"{wording.count(batch.codes, 'code')}; other batches take their turns."
        case _:
            return wording.progress(batch.made, batch.codes)
