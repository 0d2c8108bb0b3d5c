"""One step in the stepper of an evaluation, in whichever state it is."""

from nicegui import ui

from models.enums import EvaluationState, StepState
from services import zones
from services.actor import Actor
from services.evaluation_detail import EvaluationDetail, StepView
from ui import routes, wording
from ui.components.dialog import show_text
from ui.components.evidence_rows import evidence_rows, history
from ui.components.stepper import Stage
from ui.components.text import text
from ui.step_payment import StepPayment
from ui.step_work import StepWork

LOOKS = {
    StepState.WAITING: "waiting",
    StepState.PAYMENT: "here",
    StepState.WORK: "here",
    StepState.PASSED: "done",
    StepState.FAILED: "failed",
}


class EvaluationStep:
    """`show` changes only what is not as it was: nobody loses what they are typing."""

    def __init__(self, actor: Actor, step: StepView) -> None:
        self.actor, self.zone, self.step = actor, actor.time_zone, step
        self.work: StepWork | None = None
        self.stage = Stage(step.position + 1, step.name)  # the product's details are stage 1

    async def build(self, detail: EvaluationDetail) -> None:
        self._say(detail)
        await self._fill(detail)

    async def show(self, detail: EvaluationDetail, step: StepView) -> None:
        before, self.step = self.step, step
        self._say(detail)
        if before.state is not step.state:
            self._keep_draft()
            await self._fill(detail)
        elif self.work:
            self.work.show(step)

    def _say(self, detail: EvaluationDetail) -> None:
        self.stage.set(LOOKS[self.step.state], self._said(detail))

    def _said(self, detail: EvaluationDetail) -> str:
        step = self.step
        match step.state:
            case StepState.WAITING:
                if detail.state is EvaluationState.FAILED:
                    return "Not reached"
                before = {each.position: each.name for each in detail.steps}
                return f"Opens after {before.get(step.position - 1, 'the step before')}"
            case StepState.PAYMENT:
                return "Needs a purchase code"
            case StepState.WORK:
                return self._paid() or "Open for work"
            case _:
                return self._decided()

    def _paid(self) -> str:
        paid = self.step.paid
        if paid is None:
            return ""
        when = wording.day(zones.day(paid.at, self.zone))
        return f"Paid {when} by {paid.by} with the code ending {paid.masked[-4:]}"

    def _decided(self) -> str:
        step = self.step
        assert step.decided_at, "an outcome has its time"
        when = wording.day(zones.day(step.decided_at, self.zone))
        files = f" · {wording.count(step.files, 'file')}" if step.files else ""
        return f"{step.state.capitalize()} {when} by {step.decided_by}{files}"

    def _keep_draft(self) -> None:
        if self.work and self.work.draft:
            show_text(
                "Your note was not added",
                "This step was closed by somebody else while you wrote. Copy it if you need it.",
                self.work.note.value or "",
            )

    async def _fill(self, detail: EvaluationDetail) -> None:
        self.work = None
        with self.stage.body.clear():
            match self.step.state:
                case StepState.WAITING:
                    pass
                case StepState.PAYMENT:
                    await StepPayment(self.actor, self.step.id, action=self.step.action).build()
                case StepState.WORK:
                    self.work = StepWork(self.actor, detail, self.step)
                case _:
                    self._record()

    def _record(self) -> None:
        """What is kept of a step with an outcome, folded up unless it failed."""
        step = self.step
        if step.note:
            text("p", step.note, "prose outcome-note")
        if not (step.evidence or step.reopened or step.paid):
            return
        with ui.element("details").classes("more record"):
            with ui.element("summary"):
                ui.element("span").classes("icon icon-chevron-right")
                text("span", "What was recorded")
            if paid := self._paid():
                text("p", paid, "muted")
            history(step.reopened, self.zone)
            evidence_rows(
                step.evidence,
                self.zone,
                lambda evidence_id: routes.evidence(self.actor.slug, evidence_id),
                lambda _: None,
            )
