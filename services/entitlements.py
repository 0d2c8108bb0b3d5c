"""What holders get from activations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services import access_terms, emails, signals
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
        starts_at, ends_at = access_terms.term(code.days, at, ends.get(place), code.zone)
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
