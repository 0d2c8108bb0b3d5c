"""Reopening a failed evaluation: the failure is taken back, and stays on record."""

from models import Evaluation, Reopening, Step
from models.enums import AuditAction, EvaluationState, Resource, StepState
from services import audit, evaluations, undoing
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict
from services.permissions import Permission, require


@unit_of_work
async def reopen(actor: Actor, evaluation_id: int, reason: str) -> None:
    """Take back a failure: its step is in WORK again, and what the outcome was stays on record.

    Raises Invalid(reason), NotFound, and Conflict where the evaluation has not failed.
    """
    require(actor, Permission.REOPEN_EVALUATIONS)
    evaluation = await evaluations.own(actor, evaluation_id)
    why = undoing.reason_of(reason)
    reopened = await Evaluation.filter(id=evaluation.id, state=EvaluationState.FAILED).update(
        state=EvaluationState.OPEN, ended_at=None
    )
    if not reopened:
        raise Conflict("This evaluation has not failed; there is nothing to reopen.")
    step = await _failed_step(evaluation)
    await _keep(actor, step, why)
    await Step.filter(id=step.id).update(
        state=StepState.WORK, outcome_note="", decided_by_id=None, decided_at=None
    )
    # the reason may name somebody: it stands at the step, and the log says that there is one
    facts = {"step": step.id, "reason": True}
    await audit.record(AuditAction.REOPEN, Resource.EVALUATION, evaluation.id, by=actor, **facts)
    evaluations.changed(actor.workspace, evaluation.id)


async def _failed_step(evaluation: Evaluation) -> Step:
    return await Step.get(evaluation_id=evaluation.id, state=StepState.FAILED)


async def _keep(actor: Actor, step: Step, reason: str) -> None:
    await Reopening.create(
        workspace_id=step.workspace_id,
        step_id=step.id,
        reopened_by_id=actor.person_id,
        reason=reason,
        failed_by_id=step.decided_by_id,
        failed_at=step.decided_at,
        failed_note=step.outcome_note,
    )
