"""One evaluation as a stepper: the product, then each action of its scheme."""

from nicegui import ui

from models.enums import EvaluationState
from services import evaluation_detail, reopening, zones
from services.actor import Actor
from services.evaluation_detail import EvaluationDetail
from services.permissions import Permission
from services.signals import Topic
from ui import actions, live, tones, wording
from ui.components import verdict
from ui.components.copying import copy
from ui.components.fields import Form
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
        detail, zone = self.detail, self.actor.time_zone
        self.pill.text = detail.state.value
        self.pill.classes(replace=f"pill tone-{tones.EVALUATION_TONE[detail.state]}")
        with self.verdict.clear():
            if detail.state is EvaluationState.CERTIFIED:
                verdict.certified(detail, zone, self.copy_number)
            elif detail.state is EvaluationState.FAILED:
                verdict.failed(detail, lambda step: ask_reopen(step.name, self.reopen))

    async def copy_number(self) -> None:
        await copy(self.detail.certificate, "Certificate number copied.")

    async def reopen(self, reason: str, go: ui.button, form: Form) -> bool:
        return await actions.done(
            lambda actor: reopening.reopen(actor, self.detail.id, reason),
            slug=self.slug,
            button=go,
            form=form,
        )
