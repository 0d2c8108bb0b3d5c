"""The sample's evaluations: each step as somebody left it, paid with codes of its action."""

from datetime import datetime, timedelta

from models import Activation, Agreement, Batch, Code, Evaluation, Evidence, Step
from models.enums import AuditAction, CodeKind, EvaluationState, Resource, Status, StepState
from services import code_alphabet
from services.demo.certificates import ACTIONS, EVALUATIONS, EvaluationStory
from services.demo.hours import between, in_the_office, on_working_day
from services.demo.purchases import Actions
from services.demo.scene import Scene
from services.demo.story import ACME, EVALUATOR

STATES = {
    "passed": StepState.PASSED,
    "failed": StepState.FAILED,
    "work": StepState.WORK,
    "payment": StepState.PAYMENT,
    "waiting": StepState.WAITING,
}
REPORT = "Test report filed under {model}-{number}; no open findings."


async def evaluate(scene: Scene, actions: Actions) -> None:
    for number, story in enumerate(EVALUATIONS):
        await _Walk(scene, actions, story, f"demo-evaluation-{number}").go()


class _Walk:
    """One evaluation, from its start through its steps in the order of time."""

    def __init__(self, scene: Scene, actions: Actions, story: EvaluationStory, key: str) -> None:
        self.scene, self.actions, self.story, self.key = scene, actions, story, key
        self.workspace = scene.workspaces[ACME]
        self.by = scene.users[EVALUATOR].person_id
        self.at = on_working_day(scene, story.days_ago, timedelta(hours=10))
        self.pace = (scene.now - self.at) / 8

    async def go(self) -> None:
        story = self.story
        self.evaluation = await Evaluation.create(
            workspace=self.workspace,
            scheme_id=self.actions[story.scheme, next(iter(ACTIONS))].scheme_id,
            idempotency_key=self.key,
            product=story.product,
            model=story.model,
            version=story.version,
            started_by_id=self.by,
            created_at=self.at,
        )
        self.record(AuditAction.CREATE, Resource.EVALUATION, self.evaluation.id)
        for position, (name, stands) in enumerate(zip(ACTIONS, story.steps, strict=True), start=1):
            await self.step(position, name, STATES[stands])
        await self.end()

    def later(self) -> datetime:
        self.at = between(self.scene, self.at, self.at + self.pace, in_the_office)
        return self.at

    def record(self, action: AuditAction, resource: Resource, target: int, **detail: int) -> None:
        place = {"person_id": self.by, "workspace_id": self.workspace.id}
        self.scene.record(self.at, action, resource, target, **place, **detail)

    async def step(self, position: int, name: str, state: StepState) -> None:
        step = await Step.create(
            workspace=self.workspace,
            evaluation=self.evaluation,
            action=self.actions[self.story.scheme, name],
            position=position,
            name=name,
            scheme_name=self.story.scheme,
            needs_payment=ACTIONS[name],
            state=state,
            created_at=self.evaluation.created_at,
        )
        if state in (StepState.WAITING, StepState.PAYMENT):
            return
        if step.needs_payment:
            await self.pay(step)
        await Evidence.create(
            workspace=self.workspace,
            step=step,
            added_by_id=self.by,
            text=REPORT.format(model=self.story.model, number=position),
            created_at=self.later(),
        )
        if state is not StepState.WORK:
            await self.decide(step)

    async def pay(self, step: Step) -> None:
        code = (
            await Code.filter(
                batch__action_id=step.action_id, status=Status.READY, batch__kind=CodeKind.PURCHASE
            )
            .order_by("id")
            .first()
        )
        assert code, "the story buys enough codes"
        code.status = Status.ACTIVATED
        await code.save()
        activation = await Activation.create(
            workspace=self.workspace,
            code=code,
            person_id=self.by,
            step=step,
            created_at=self.later(),
        )
        batch = await Batch.get(id=code.batch_id)
        batch.ready, batch.activated = batch.ready - 1, batch.activated + 1
        await batch.save()
        agreement = await Agreement.get(id=code.agreement_id)
        agreement.activated += 1
        await agreement.save()
        facts = {"step": step.id, "evaluation": step.evaluation_id, "agreement": agreement.id}
        facts |= {"batch": batch.id, "activation": activation.id}
        self.record(AuditAction.ACTIVATE, Resource.CODE, code.id, **facts)

    async def decide(self, step: Step) -> None:
        step.decided_at, step.decided_by_id = self.later(), self.by
        step.outcome_note = self.story.note if step.state is StepState.FAILED else ""
        await step.save()
        passed = step.state is StepState.PASSED
        self.record(
            AuditAction.DECIDE, Resource.STEP, step.id, passed=passed, evaluation=step.evaluation_id
        )

    async def end(self) -> None:
        if self.story.steps[-1] == "passed":
            self.evaluation.state = EvaluationState.CERTIFIED
            [self.evaluation.certificate] = code_alphabet.generate(1)
        elif "failed" in self.story.steps:
            self.evaluation.state = EvaluationState.FAILED
        else:
            return
        self.evaluation.ended_at = self.at
        await self.evaluation.save()
