"""Access made to last longer, by whole days."""

from datetime import date, datetime, timedelta

from tortoise.expressions import Q

from models import Entitlement
from services import zones
from services.access_changes import MOVED, held, move_end, record
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, Invalid
from services.zones import now

DAYS_MOST = 3650
LAST_YEAR = 2999
WHOLE_DAYS = f"Enter a whole number of days from 1 to {DAYS_MOST}."


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
    before = await held(actor, id=entitlement_id)
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
    await move_end(before, ends_at)
    await record(actor, before, days=days, ends=ends_at.isoformat(timespec="seconds"))
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
