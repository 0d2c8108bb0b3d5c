"""How a code stands for a try: whether it fits at all, and why it could not be claimed."""

from dataclasses import dataclass

from models.enums import CodeKind, RefusalReason, Status
from services import activations, emails
from services.answers import Activated
from services.database import fetch
from services.tries import Candidate, Due, Try
from services.zones import now

REASONS = {
    Status.ACTIVATED: RefusalReason.ALREADY_ACTIVATED,
    Status.REVOKED: RefusalReason.REVOKED,
    Status.HELD: RefusalReason.HELD,
    Status.EXPIRED: RefusalReason.EXPIRED,
    Status.NOT_YET_VALID: RefusalReason.NOT_YET_VALID,
}
STANDING = """
SELECT code.status, code.link_version, activation.id AS activation_id, person.email_key
FROM code
LEFT JOIN activation ON activation.code_id = code.id AND activation.undone_at IS NULL
LEFT JOIN person ON person.id = activation.person_id
WHERE code.id = ?"""


def unfit(due: Due | None, code: Candidate) -> RefusalReason | None:
    """Why a code is not for what is due, or for a holder, whatever its status."""
    if code.kind is not (CodeKind.PURCHASE if due else CodeKind.ACCESS):
        return RefusalReason.WRONG_KIND
    if due and code.workspace_id != due.workspace_id:
        return RefusalReason.WRONG_WORKSPACE
    return RefusalReason.WRONG_ACTION if due and code.action_id != due.action_id else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A code now; `before` is the holder's own activation of it: pressing twice is one use."""

    status: Status
    is_withdrawn: bool
    before: Activated | None


async def read(attempt: Try, code: Candidate) -> Standing:
    """As it is stored now: another try may have claimed it since it was found."""
    [row] = await fetch(STANDING, code.id)
    own = attempt.due is None and row["email_key"] == emails.key(attempt.email)
    return Standing(
        Status(row["status"]),
        attempt.link is not None and attempt.link.version != row["link_version"],
        activations.activated(row["activation_id"], code) if own else None,
    )


def why_not(status: Status, code: Candidate) -> RefusalReason:
    if status is not Status.READY:
        return REASONS[status]
    early = code.valid_from is not None and code.valid_from > now()
    return RefusalReason.NOT_YET_VALID if early else RefusalReason.EXPIRED
