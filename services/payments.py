"""Paying for a step of an evaluation with a purchase code, and undoing that."""

from models import Activation, Step
from models.enums import EvaluationState, StepState
from services import evaluations, paid_steps, purchased_action, redemptions, undoing, zones
from services.actor import Actor
from services.answers import Paid, Refused, Taken
from services.database import unit_of_work
from services.errors import Conflict
from services.permissions import Permission, require
from services.tries import Due, Try, Visitor


async def pay(actor: Actor, step_id: int, typed: str, *, address: str) -> Paid | Refused:
    """Use a purchase code for a step of this workspace, exactly once.

    The payer's own second try gives the first one's answer. A refusal uses nothing up. Raises
    Invalid(code), NotFound, and Conflict where the step is not to be paid.
    """
    step = await evaluations.own_step(actor, step_id)
    digests, link = redemptions.code_in(typed)
    answer = await redemptions.tried(
        Try(
            name=actor.name,
            email=actor.email,
            visitor=Visitor(address=address, actor=actor),
            digests=digests,
            link=link,
            due=_due(step),
        )
    )
    if isinstance(answer, Taken):
        raise Conflict(await _why_not(actor, step.id))
    assert isinstance(answer, Paid | Refused), "only a step is due"
    return answer


def _due(step: Step) -> Due:
    return Due(
        step_id=step.id,
        evaluation_id=step.evaluation_id,
        workspace_id=step.workspace_id,
        action_id=step.action_id,
        action=purchased_action.join(step.scheme_name, step.name),
    )


async def _why_not(actor: Actor, step_id: int) -> str:
    step = await Step.get(id=step_id).select_related("evaluation")
    if not step.needs_payment:
        return "This step needs no payment."
    paid = await Activation.get_or_none(step_id=step_id, undone_at=None).select_related("person")
    if paid:
        day = zones.day(paid.created_at, actor.time_zone)
        return f"This step is paid already, by {paid.person.name} on {day:%d %b %Y}."
    if step.state is StepState.WAITING and step.evaluation.state is EvaluationState.OPEN:
        earlier = await Step.filter(evaluation_id=step.evaluation_id, position__lt=step.position)
        return f"This step opens after {max(earlier, key=lambda each: each.position).name}."
    if step.evaluation.state is not EvaluationState.OPEN:
        return "This evaluation has ended; nothing is to be paid."
    return "This step was changed in the meantime. Look at it again."


@unit_of_work
async def undo(actor: Actor, step_id: int, reason: str) -> None:
    """Undo the payment of a step that has no outcome yet: it is to be paid, the code is READY.

    Raises Invalid(reason), NotFound, and Conflict where there is nothing to undo any more.
    """
    require(actor, Permission.REOPEN_EVALUATIONS)
    step = await evaluations.own_step(actor, step_id)
    why = undoing.reason_of(reason)
    paid = await Activation.get_or_none(step_id=step_id, undone_at=None)
    if paid is None:
        raise Conflict("This step is not paid; there is nothing to undo.")
    if not await Step.filter(id=step_id, state=StepState.WORK).update(state=StepState.PAYMENT):
        raise Conflict("This step has an outcome already; its payment stays.")
    ids = {"step": step_id, "evaluation": step.evaluation_id}
    code = await undoing.undo(actor, paid.id, why, **ids)
    await paid_steps.count(code.agreement_id, code.workspace_id, -1)
    evaluations.changed(step.workspace_id, step.evaluation_id)
