"""What follows when a claimed code is to pay for a step: the step claimed too, counters, log."""

from models.enums import AuditAction, EvaluationState, Resource, StepState
from services import activations, audit, evaluations, signals
from services.answers import Paid, Taken
from services.database import execute_each, fetch, insert_returning
from services.redeem_claim import release
from services.signals import Changed, Topic
from services.tries import Candidate, Due, Try
from services.zones import now

CLAIM = """
UPDATE step SET state = 'WORK'
WHERE id = ? AND state = 'PAYMENT' AND EXISTS (
    SELECT 1 FROM evaluation WHERE evaluation.id = step.evaluation_id AND evaluation.state = 'OPEN'
)"""
COLUMNS = ("created_at", "workspace_id", "code_id", "person_id", "step_id")
COUNT = "UPDATE agreement SET activated = activated + ? WHERE id = ?"
STANDING = """
SELECT step.state, evaluation.state AS evaluation, activation.id AS activation_id,
    activation.code_id, activation.person_id
FROM step
JOIN evaluation ON evaluation.id = step.evaluation_id
LEFT JOIN activation ON activation.step_id = step.id AND activation.undone_at IS NULL
WHERE step.id = ?"""


async def pay(attempt: Try, code: Candidate) -> Paid | None:
    """Pay with a claimed code, in the unit of work that claimed it.

    Where the step is not to be paid any more the code is given back, and nothing has happened.
    """
    due = _due(attempt)
    [claimed] = await execute_each(CLAIM, [(due.step_id,)])
    if not claimed:
        await release(code.id)
        return None
    at = now()
    row = (at, code.workspace_id, code.id, attempt.payer.person_id, due.step_id)
    [made] = await insert_returning("activation", COLUMNS, [row])
    await activations.count([code], at)
    await count(code.agreement_id, code.workspace_id, 1)
    await _log(attempt, code, made["id"])
    evaluations.changed(due.workspace_id, due.evaluation_id)
    return _paid(due, made["id"])


def _due(attempt: Try) -> Due:
    assert attempt.due, "this try is to pay for a step"
    return attempt.due


def _paid(due: Due, activation_id: int) -> Paid:
    return Paid(step_id=due.step_id, evaluation_id=due.evaluation_id, activation_id=activation_id)


async def count(agreement_id: int | None, workspace_id: int, codes: int) -> None:
    """Count codes as activated, or below zero as not activated after all, under an agreement."""
    if agreement_id is None:
        return
    await execute_each(COUNT, [(codes, agreement_id)])
    signals.emit(Changed(workspace_id, Topic.AGREEMENTS, (agreement_id,)))


async def _log(attempt: Try, code: Candidate, activation_id: int) -> None:
    due = _due(attempt)
    await audit.record(
        AuditAction.ACTIVATE,
        Resource.CODE,
        code.id,
        by=attempt.payer,
        step=due.step_id,
        evaluation=due.evaluation_id,
        batch=code.batch_id,
        activation=activation_id,
        agreement=code.agreement_id,
    )


async def before(attempt: Try, code: Candidate | None) -> Paid | Taken | None:
    """What already came of the step, if anything: pressing twice is one use."""
    due = _due(attempt)
    [row] = await fetch(STANDING, due.step_id)
    if code and (row["code_id"], row["person_id"]) == (code.id, attempt.payer.person_id):
        return _paid(due, row["activation_id"])
    is_open = row["evaluation"] == EvaluationState.OPEN and row["state"] == StepState.PAYMENT
    return None if is_open else Taken()
