"""One use of a code undone: the code is READY again, and both facts stay."""

from typing import Any

from tortoise.expressions import F

from models import Activation, Batch, Code
from models.enums import AuditAction, Resource
from services import activation_days, audit, redeem_claim, signals, texts
from services.actor import Actor
from services.errors import Conflict
from services.signals import Changed, Topic
from services.zones import now

REASON_MOST = 300


def reason_of(typed: str) -> str:
    """Raises Invalid(reason)."""
    return texts.line(typed, field="reason", what="a reason", longest=REASON_MOST)


async def undo(actor: Actor, activation_id: int, reason: str, **detail: Any) -> Code:
    """Give the code back, in the unit of work that takes away what it gave.

    Raises Conflict when it was undone already. `detail` goes to the log.
    """
    undone = await Activation.filter(id=activation_id, undone_at=None).update(
        undone_at=now(), undone_by_id=actor.person_id, undo_reason=reason
    )
    if not undone:
        raise Conflict("This activation was undone already.")
    activation = await Activation.get(id=activation_id).select_related("code__batch")
    code = activation.code
    if await redeem_claim.release(code.id):
        await Batch.filter(id=code.batch_id).update(
            ready=F("ready") + 1, activated=F("activated") - 1
        )
        await activation_days.take_back(activation, code.batch.kind)
    # the reason may name somebody: it stands at the activation, and the log says that there is one
    facts = {"activation": activation_id, "batch": code.batch_id, "reason": True, **detail}
    await audit.record(AuditAction.UNDO, Resource.CODE, code.id, by=actor, **facts)
    signals.emit(Changed(code.workspace_id, Topic.BATCHES, (code.batch_id,)))
    return code
