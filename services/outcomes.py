"""What becomes of a step: passed or failed, once."""

from models import Evaluation, Step
from models.enums import AuditAction, EvaluationState, Resource, StepState
from services import audit, code_alphabet, evaluations, texts
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict
from services.zones import now

NOTE_MOST = 1000
NOT_OPEN = {
    StepState.WAITING: "This step is not open yet.",
    StepState.PAYMENT: "This step is not paid. Its work begins after that.",
}


@unit_of_work
async def decide(actor: Actor, step_id: int, *, passed: bool, note: str) -> None:
    """Record the outcome of a step in WORK: the next one opens, or the evaluation ends.

    A failure needs a note. Raises Invalid(note), NotFound, and Conflict where the step has an
    outcome already, naming who recorded it, or is not open.
    """
    step = await evaluations.own_step(actor, step_id)
    words = texts.lines(
        note, field="note", what="why it failed", longest=NOTE_MOST, required=not passed
    )
    decided = await Step.filter(id=step_id, state=StepState.WORK).update(
        state=StepState.PASSED if passed else StepState.FAILED,
        outcome_note=words,
        decided_by_id=actor.person_id,
        decided_at=now(),
    )
    if not decided:
        raise Conflict(_why_not(await evaluations.own_step(actor, step_id)))
    entries = [_decided(actor, step, passed=passed)]
    if not passed:
        await _end(step, EvaluationState.FAILED)
    elif not await _open_next(step):
        await _end(step, EvaluationState.CERTIFIED, code_alphabet.generate(1)[0])
        entries.append(_certified(actor, step))
    await audit.record_all(entries)
    evaluations.changed(actor.workspace, step.evaluation_id)


def _why_not(step: Step) -> str:
    if step.decided_by is None:
        return NOT_OPEN.get(step.state, "This step is not open.")
    return f"{step.decided_by.name} has recorded this step as {step.state.lower()} already."


async def _open_next(step: Step) -> bool:
    """Whether there is a step after this one."""
    after = Step.filter(evaluation_id=step.evaluation_id, position=step.position + 1)
    following = await after.first()
    if following is None:
        return False
    opened = evaluations.opened(needs_payment=following.needs_payment)
    await after.filter(state=StepState.WAITING).update(state=opened)
    return True


async def _end(step: Step, state: EvaluationState, certificate: str | None = None) -> None:
    await Evaluation.filter(id=step.evaluation_id).update(
        state=state, ended_at=now(), certificate=certificate
    )


def _decided(actor: Actor, step: Step, *, passed: bool) -> audit.Entry:
    facts = {"evaluation": step.evaluation_id, "passed": passed}
    return audit.entry(AuditAction.DECIDE, Resource.STEP, step.id, by=actor, **facts)


def _certified(actor: Actor, step: Step) -> audit.Entry:
    """Known by its evaluation: the number itself is for the holder to give away."""
    return audit.entry(
        AuditAction.CREATE, Resource.CERTIFICATE, step.evaluation_id, by=actor, step=step.id
    )
