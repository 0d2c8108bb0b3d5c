"""A scheme with its actions, and what a workspace was granted of them."""

from dataclasses import dataclass
from datetime import timedelta

from tortoise.expressions import F

from models import (
    Action,
    Activation,
    Agreement,
    Batch,
    Code,
    Evaluation,
    Scheme,
    Step,
    Workspace,
)
from models.enums import Status, StepState
from services import purchases, signals
from services.actor import Actor
from services.database import unit_of_work
from services.purchase_form import PurchaseRequest
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Issued, printed


@dataclass(frozen=True, slots=True)
class Certification:
    """`self_assessment` is free; `lab` and `certification` are to be paid."""

    scheme: Scheme
    self_assessment: Action
    lab: Action
    certification: Action


async def certification(name: str = "EN18031 - RAL") -> Certification:
    scheme = await Scheme.create(name=name)
    first, second, third = [
        await Action.create(
            scheme_id=scheme.id, name=action, position=position, needs_payment=position > 1
        )
        for position, action in enumerate(
            ("Self Assessment", "Lab Assessment", "Certification"), start=1
        )
    ]
    return Certification(scheme, first, second, third)


async def granted(
    workspace: Workspace,
    action: Action,
    quantity: int = 20,
    *,
    reference: str = "A-2026-03",
    starts: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=90),
    codes_until: timedelta | None = None,
) -> Agreement:
    """An agreement that begins and ends that far from now."""
    return await Agreement.create(
        workspace_id=workspace.id,
        action_id=action.id,
        reference=reference,
        quantity=quantity,
        starts_at=now() + starts,
        ends_at=now() + ends,
        codes_until=None if codes_until is None else now() + codes_until,
    )


_keys = iter(range(10**9))


def asked_for(
    workspace: Workspace, action: Action, quantity: int | str, **more: str
) -> PurchaseRequest:
    """A filled-in Generate Code; each call is another dialog, unless `key` is given."""
    entered = {"quantity": str(quantity), "key": f"purchase {next(_keys)}"}
    return PurchaseRequest(workspace_id=workspace.id, action_id=action.id, **entered | more)


async def purchased(
    actor: Actor, workspace: Workspace, action: Action, quantity: int = 3, **more: str
) -> Issued:
    """Purchase codes; an agreement must be there."""
    asked = asked_for(workspace, action, quantity, **more)
    return await printed(await purchases.request(actor, asked))


async def paid(code: Code, actor: Actor, product: str = "Doorbell X2") -> Evaluation:
    """A step of a new evaluation, paid with the code, in the rows that a payment leaves."""
    batch = await Batch.get(id=code.batch_id).select_related("action__scheme")
    assert batch.action, "a purchase code pays for an action"
    evaluation = await Evaluation.create(
        workspace_id=code.workspace_id,
        scheme_id=batch.action.scheme_id,
        idempotency_key=f"evaluation {next(_keys)}",
        product=product,
        model="X2",
        version="1.0",
        started_by_id=actor.person_id,
    )
    step = await Step.create(
        workspace_id=code.workspace_id,
        evaluation_id=evaluation.id,
        action_id=batch.action.id,
        position=1,
        name=batch.action.name,
        scheme_name=batch.action.scheme.name,
        needs_payment=True,
        state=StepState.WORK,
    )
    await pay(code, actor, step)
    return evaluation


@unit_of_work
async def pay(code: Code, actor: Actor, step: Step) -> None:
    await Code.filter(id=code.id).update(status=Status.ACTIVATED)
    await Activation.create(
        workspace_id=code.workspace_id, code_id=code.id, person_id=actor.person_id, step_id=step.id
    )
    counters = {"ready": F("ready") - 1, "activated": F("activated") + 1}
    await Batch.filter(id=code.batch_id).update(**counters)
    signals.emit(Changed(code.workspace_id, Topic.BATCHES, (code.batch_id,)))
