"""What support changes of a holder's access: ended, or its activation undone."""

from datetime import datetime
from typing import Any

from models import Entitlement
from models.enums import Access, AuditAction, Resource
from services import access_terms, audit, holders, signals, undoing
from services.actor import Actor
from services.database import is_id, unit_of_work
from services.errors import Conflict, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

MOVED = "This access was changed in the meantime. Look at it again."


@unit_of_work
async def end(actor: Actor, entitlement_id: int) -> None:
    """End the access now. Raises NotFound, and Conflict where it ended or was undone already."""
    before = await held(actor, id=entitlement_id)
    undone = before.activation.undone_at is not None
    stands = access_terms.state(before.starts_at, before.ends_at, undone=undone)
    if stands is Access.UNDONE:
        raise Conflict("The activation was undone already; there is no access to end.")
    if stands is Access.ENDED:
        raise Conflict("This access has ended already.")
    await move_end(before, now())
    await record(actor, before, ended=True)


@unit_of_work
async def undo_activation(actor: Actor, activation_id: int, reason: str) -> None:
    """Undo one use of a code: the access is gone and the code is READY; both facts stay.

    Raises Invalid(reason), NotFound, and Conflict when it was undone already.
    """
    require(actor, Permission.CHANGE_ENTITLEMENTS)
    why = undoing.reason_of(reason)
    before = await held(actor, activation_id=activation_id)
    await undoing.undo(actor, activation_id, why)
    await Entitlement.filter(id=before.id).update(changed_at=now())
    _changed(before)


async def held(actor: Actor, **which: int) -> Entitlement:
    """An entitlement of this workspace, which nobody else changes before the unit of work ends."""
    require(actor, Permission.CHANGE_ENTITLEMENTS)
    found = None
    if all(map(is_id, which.values())):
        mine = Entitlement.filter(workspace_id=actor.workspace, **which)
        found = await mine.select_related("person").first()
    if found is None:
        raise NotFound("This access does not exist, or not in this workspace.")
    await holders.hold(actor.workspace, found.person.email_key)
    return await Entitlement.get(id=found.id).select_related("person", "activation")


async def move_end(before: Entitlement, ends_at: datetime) -> None:
    """Raises Conflict where it ends at another time by now."""
    moved = await Entitlement.filter(id=before.id, ends_at=before.ends_at).update(
        ends_at=ends_at, changed_at=now()
    )
    if not moved:
        raise Conflict(MOVED)


async def record(actor: Actor, changed: Entitlement, **detail: Any) -> None:
    await audit.record(AuditAction.UPDATE, Resource.ENTITLEMENT, changed.id, by=actor, **detail)
    _changed(changed)


def _changed(entitlement: Entitlement) -> None:
    signals.emit(Changed(entitlement.workspace_id, Topic.CUSTOMERS, (entitlement.person_id,)))
