"""One evaluation as a stepper: the product, then each action of its scheme."""

from nicegui import ui

from models.enums import EvaluationState, StepState
from services import evaluation_detail, outcomes, zones
from services.actor import Actor
from services.evaluation_detail import EvaluationDetail
from services.permissions import Permission
from services.signals import Topic
from ui import actions, live, routes, theme, wording
from ui.components.buttons import button
from ui.components.copying import copy
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.outcome_dialogs import ask_reopen
from ui.components.page_head import page_head
from ui.components.stepper import Stage
from ui.components.text import text
from ui.evaluation_step import EvaluationStep
from ui.pages import page_title, view


@view(Permission.USE_CYBERPASS)
async def page(actor: Actor, evaluation_id: int) -> None:
    detail = await evaluation_detail.read(actor, evaluation_id)
    page_title(detail.product, actor)
    await EvaluationPage(actor, detail).build()


class EvaluationPage:
    """One person's view of an evaluation; what others do in it appears without a reload."""

    def __init__(self, actor: Actor, detail: EvaluationDetail) -> None:
        self.actor, self.slug, self.detail = actor, actor.slug, detail

    async def build(self) -> None:
        detail = self.detail
        with page_head(detail.product, self._about()):
            self.pill = text("span", "", "pill")
        self.verdict = ui.element("div")
        with ui.element("ol").classes("card stepper") as stepper:
            begun = wording.day(zones.day(detail.started_at, self.actor.time_zone))
            Stage(1, "Product details").set("done", f"Completed {begun}")
            self.steps = {step.id: EvaluationStep(self.actor, step) for step in detail.steps}
            for step in self.steps.values():
                await step.build(detail)
        self._show_verdict()
        live.on(stepper, self.actor.workspace_id, Topic.EVALUATIONS, self.changed)

    def _about(self) -> str:
        detail = self.detail
        return (
            f"{detail.scheme} · model {detail.model} · version {detail.version} · "
            f"started by {detail.started_by}"
        )

    async def changed(self, ids: tuple[int, ...]) -> None:
        if self.detail.id not in ids:
            return
        actor = await actions.actor(self.slug)
        before, self.detail = self.detail, await evaluation_detail.read(actor, self.detail.id)
        for step in self.detail.steps:
            await self.steps[step.id].show(self.detail, step)
        if before.state is not self.detail.state:
            self._show_verdict()

    def _show_verdict(self) -> None:
        detail = self.detail
        self.pill.text = detail.state.value
        self.pill.classes(replace=f"pill tone-{theme.EVALUATION_TONE[detail.state]}")
        self.verdict.clear()
        with self.verdict:
            if detail.state is EvaluationState.CERTIFIED:
                self._certified()
            elif detail.state is EvaluationState.FAILED:
                self._failed()

    def _certified(self) -> None:
        detail = self.detail
        assert detail.ended_at, "what is certified has ended"
        when = wording.day(zones.day(detail.ended_at, self.actor.time_zone))
        with ui.element("section").classes("card verdict is-certified").props("role=status"):
            icon("award")
            with ui.element("div").classes("about"):
                text("b", f"Certified {when}")
                text("span", detail.certificate, "code")
            with ui.element("div").classes("acts"):
                button("Copy number", self.copy_number, glyph="copy")
                path = routes.certificate(detail.certificate)
                link = ui.link("Open certificate", path, new_tab=True)
                link.classes("q-btn btn-plain")

    def _failed(self) -> None:
        failed = next(step for step in self.detail.steps if step.state is StepState.FAILED)
        with ui.element("section").classes("card verdict is-failed").props("role=status"):
            icon("circle-x")
            with ui.element("div").classes("about"):
                text("b", f"{failed.name} failed")
                text("span", self._who_reopens())
            if self.detail.may_reopen:
                with ui.element("div").classes("acts"):
                    button("Reopen", lambda: ask_reopen(failed.name, self.reopen))

    def _who_reopens(self) -> str:
        if self.detail.may_reopen:
            return "The evaluation has ended. You can reopen it with a reason."
        return "The evaluation has ended. An admin can reopen it with a reason."

    async def copy_number(self) -> None:
        await copy(self.detail.certificate, "Certificate number copied.")

    async def reopen(self, reason: str, go: ui.button, form: Form) -> bool:
        async def command(actor: Actor) -> bool:
            await outcomes.reopen(actor, self.detail.id, reason)
            return True

        return bool(await actions.run(command, slug=self.slug, button=go, form=form))
