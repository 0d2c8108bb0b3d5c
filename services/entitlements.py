"""What a holder gets from an activation, for how long, and how that stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.enums import Access
from services import emails, signals, zones
from services.database import fetch, insert_many, moment
from services.signals import Changed, Topic
from services.tries import Candidate, Try

COLUMNS = (
    "created_at",
    "workspace_id",
    "activation_id",
    "person_id",
    "product_id",
    "plan_id",
    "starts_at",
    "ends_at",
    "changed_at",
)
RUNNING = """
SELECT entitlement.plan_id, person.email_key, MAX(entitlement.ends_at) AS ends_at
FROM person
JOIN entitlement ON entitlement.person_id = person.id
JOIN activation ON activation.id = entitlement.activation_id AND activation.undone_at IS NULL
WHERE person.workspace_id IN (?) AND person.email_key IN (?)
    AND entitlement.plan_id IN (?) AND entitlement.ends_at > ?
GROUP BY entitlement.plan_id, person.email_key"""

Ends = dict[tuple[int | None, str], datetime]  # by plan and address without case


@dataclass(frozen=True, slots=True)
class Grant:
    attempt: Try
    code: Candidate
    activation_id: int
    person_id: int


async def grant(grants: Sequence[Grant], at: datetime) -> None:
    """Entitle each holder, from `at` or from where their entitlement to the same plan ends."""
    ends = await _ends(grants, at)
    rows: list[tuple[object, ...]] = []
    for each in grants:
        code, place = each.code, (each.code.plan_id, emails.key(each.attempt.email))
        starts_at, ends_at = term(code.days, at, ends.get(place), code.zone)
        if ends_at:
            ends[place] = ends_at  # a second code in the same group follows on
        ids = (code.workspace_id, each.activation_id, each.person_id, code.product_id, code.plan_id)
        rows.append((at, *ids, starts_at, ends_at, at))
    await insert_many("entitlement", COLUMNS, rows)
    for each in grants:
        signals.emit(Changed(each.code.workspace_id, Topic.CUSTOMERS, (each.person_id,)))


async def _ends(grants: Sequence[Grant], at: datetime) -> Ends:
    limited = [each for each in grants if each.code.days is not None]
    if not limited:
        return {}
    workspaces = list({each.code.workspace_id for each in limited})
    addresses = list({emails.key(each.attempt.email) for each in limited})
    plans = list({each.code.plan_id for each in limited})
    rows = await fetch(RUNNING, workspaces, addresses, plans, at)
    return {(row["plan_id"], row["email_key"]): moment(row["ends_at"]) or at for row in rows}


def term(
    days: int | None, at: datetime, before: datetime | None, zone: str
) -> tuple[datetime, datetime | None]:
    """From and until: from `at`, or from `before`, where an entitlement to the same plan ends.

    Days count to the end of the last one in the workspace's zone; None is a lifetime.
    """
    if days is None:
        return at, None
    if before is None or before <= at:
        return at, zones.end_of(zones.day(at, zone) + timedelta(days=days), zone)
    return before, zones.end_of(zones.last_day(before, zone) + timedelta(days=days), zone)


def state(
    starts_at: datetime, ends_at: datetime | None, *, undone: bool, at: datetime | None = None
) -> Access:
    """How it stands now, or `at` a moment; what ended before it began is over too."""
    at = at or zones.now()
    if undone:
        return Access.UNDONE
    if ends_at and ends_at <= at:
        return Access.ENDED
    return Access.NOT_STARTED if starts_at > at else Access.ACTIVE
