"""The foot of an open step's work: passed or failed, each after a question."""

from collections.abc import Callable

from nicegui import ui

from services import outcomes
from services.actor import Actor
from services.evaluation_detail import EvaluationDetail, StepView
from ui import actions
from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.outcome_dialogs import ask_failed, ask_passed
from ui.components.text import text


class StepOutcome:
    """`may_close` is asked first, and says itself what is in the way."""

    def __init__(
        self,
        actor: Actor,
        detail: EvaluationDetail,
        step: StepView,
        *,
        may_close: Callable[[], bool],
    ) -> None:
        self.slug, self.product, self.step = actor.slug, detail.product, step
        self.may_close = may_close
        names = {each.position: each.name for each in detail.steps}
        self.following = names.get(step.position + 1, "")
        with ui.element("div").classes("outcome"):
            text("span", "When the work is done, record its outcome.", "muted")
            ui.element("span").classes("spacer")
            button("Failed", self.ask_failed)
            button("Passed", self.ask_passed, look="primary")

    def ask_passed(self) -> None:
        if self.may_close():
            ask_passed(self.step.name, self.following, self._passed)

    def ask_failed(self) -> None:
        if self.may_close():
            ask_failed(self.step.name, self.product, self._failed)

    async def _passed(self, note: str, go: ui.button, form: Form) -> bool:
        return await self._decide(note, go, form, passed=True)

    async def _failed(self, note: str, go: ui.button, form: Form) -> bool:
        return await self._decide(note, go, form, passed=False)

    async def _decide(self, note: str, go: ui.button, form: Form, *, passed: bool) -> bool:
        return await actions.done(
            lambda actor: outcomes.decide(actor, self.step.id, passed=passed, note=note),
            slug=self.slug,
            button=go,
            form=form,
        )
