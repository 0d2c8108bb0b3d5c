"""What an evaluation came to: certified with its number, or failed and by whom it is reopened."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from models.enums import StepState
from services import zones
from services.evaluation_detail import EvaluationDetail, StepView
from ui import routes, wording
from ui.components.buttons import button
from ui.components.icon import icon
from ui.components.text import text


def certified(detail: EvaluationDetail, zone: str, on_copy: Callable[[], Any]) -> None:
    assert detail.ended_at, "what is certified has ended"
    when = wording.day(zones.day(detail.ended_at, zone))
    with ui.element("section").classes("card result is-certified").props("role=status"):
        icon("award")
        with ui.element("div").classes("about"):
            text("b", f"Certified {when}")
            text("span", detail.certificate, "code")
        with ui.element("div").classes("acts"):
            button("Copy number", on_copy, glyph="copy")
            path = routes.certificate(detail.certificate)
            ui.link("Open certificate", path, new_tab=True).classes("q-btn btn-plain")


def failed(detail: EvaluationDetail, on_reopen: Callable[[StepView], Any]) -> None:
    step = next(step for step in detail.steps if step.state is StepState.FAILED)
    who = "You" if detail.may_reopen else "An admin"
    with ui.element("section").classes("card result is-failed").props("role=status"):
        icon("circle-x")
        with ui.element("div").classes("about"):
            text("b", f"{step.name} failed")
            text("span", f"The evaluation has ended. {who} can reopen it with a reason.")
        if detail.may_reopen:
            with ui.element("div").classes("acts"):
                button("Reopen", lambda: on_reopen(step))
