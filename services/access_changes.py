"""What support changes of a holder's access: extended, ended, or the activation undone."""

from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from models import Entitlement
from models.enums import Access, AuditAction, Resource
from services import audit, entitlements, holders, signals, undoing, zones
from services.actor import Actor
from services.database import is_id, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

DAYS_MOST = 3650
LAST_YEAR = 2999
WHOLE_DAYS = f"Enter a whole number of days from 1 to {DAYS_MOST}."
MOVED = "This access was changed in the meantime. Look at it again."


def days_of(typed: str) -> int:
    """The days that somebody typed. Raises Invalid(days)."""
    words = typed.strip()
    if not (words.isascii() and words.isdigit() and len(words) < 6):
        raise Invalid({"days": WHOLE_DAYS})
    return _checked(int(words))


def _checked(days: int) -> int:
    if not 1 <= days <= DAYS_MOST:
        raise Invalid({"days": WHOLE_DAYS})
    return days


def extended(ends_at: datetime, days: int, zone: str) -> datetime:
    """The end after `days` more: from the end as it is, or from today where that is past."""
    at = now()
    last = zones.day(at, zone) if ends_at <= at else zones.last_day(ends_at, zone)
    return zones.end_of(last + timedelta(days=days), zone)


@unit_of_work
async def extend(
    actor: Actor, entitlement_id: int, days: int, *, expecting: date | None = None
) -> date:
    """Extend by whole days; returns the new last day.

    `expecting` is the last day that was promised: where another one comes out, nothing is done.
    Raises Invalid(days), NotFound, and Conflict for a lifetime, for what was undone, and where
    access to the same plan follows.
    """
    _checked(days)
    before = await _held(actor, id=entitlement_id)
    if before.ends_at is None:
        raise Conflict("This access is for a lifetime; there is nothing to extend.")
    if before.activation.undone_at:
        raise Conflict("The activation was undone; there is no access to extend.")
    await _refuse_followed(before, before.ends_at)
    ends_at = extended(before.ends_at, days, actor.time_zone)
    last = zones.last_day(ends_at, actor.time_zone)
    if last.year > LAST_YEAR:
        raise Invalid({"days": f"Access can last to the end of {LAST_YEAR} at most."})
    if expecting and expecting != last:
        raise Conflict(MOVED)
    await _move_end(before, ends_at)
    await _record(actor, before, days=days, ends=ends_at.isoformat(timespec="seconds"))
    return last


async def _refuse_followed(before: Entitlement, ends_at: datetime) -> None:
    # what was added at its end would lie under the next one, and give nothing
    later = Entitlement.filter(
        Q(ends_at=None) | Q(ends_at__gt=max(now(), ends_at)),
        workspace_id=before.workspace_id,
        plan_id=before.plan_id,
        person__email_key=before.person.email_key,
        activation__undone_at=None,
    )
    if await later.exclude(id=before.id).exists():
        raise Conflict("Access to the same plan by another code lasts longer. Extend that one.")


@unit_of_work
async def end(actor: Actor, entitlement_id: int) -> None:
    """End the access now. Raises NotFound, and Conflict where it ended or was undone already."""
    before = await _held(actor, id=entitlement_id)
    undone = before.activation.undone_at is not None
    stands = entitlements.state(before.starts_at, before.ends_at, undone=undone)
    if stands is Access.UNDONE:
        raise Conflict("The activation was undone already; there is no access to end.")
    if stands is Access.ENDED:
        raise Conflict("This access has ended already.")
    await _move_end(before, now())
    await _record(actor, before, ended=True)


@unit_of_work
async def undo_activation(actor: Actor, activation_id: int, reason: str) -> None:
    """Undo one use of a code: the access is gone and the code is READY; both facts stay.

    Raises Invalid(reason), NotFound, and Conflict when it was undone already.
    """
    require(actor, Permission.CHANGE_ENTITLEMENTS)
    why = undoing.reason_of(reason)
    before = await _held(actor, activation_id=activation_id)
    await undoing.undo(actor, activation_id, why)
    await Entitlement.filter(id=before.id).update(changed_at=now())
    _changed(before)


async def _held(actor: Actor, **which: int) -> Entitlement:
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


async def _move_end(before: Entitlement, ends_at: datetime) -> None:
    moved = await Entitlement.filter(id=before.id, ends_at=before.ends_at).update(
        ends_at=ends_at, changed_at=now()
    )
    if not moved:
        raise Conflict(MOVED)


async def _record(actor: Actor, changed: Entitlement, **detail: Any) -> None:
    await audit.record(AuditAction.UPDATE, Resource.ENTITLEMENT, changed.id, by=actor, **detail)
    _changed(changed)


def _changed(entitlement: Entitlement) -> None:
    signals.emit(Changed(entitlement.workspace_id, Topic.CUSTOMERS, (entitlement.person_id,)))
