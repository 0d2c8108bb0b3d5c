"""Decides tries that share a transaction: each has its own claim and its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import Membership
from models.enums import CodeKind, RefusalReason, Status
from services import activations, emails, redeem_limits, refusals
from services.database import fetch, unit_of_work
from services.redeem_claim import claim, find
from services.tries import Activated, Candidate, Outcome, Refused, Try
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


@unit_of_work
async def decide(tries: list[Try]) -> list[tuple[Outcome, bool]]:
    """Each try's own claim and answer, and whether to answer slowly; one transaction for all."""
    async with redeem_limits.booked(tries) as bookings:
        admitted = [t for t, booking in zip(tries, bookings, strict=True) if not booking.minutes]
        decided = iter(await _outcomes(admitted))
        answers: list[tuple[Outcome, bool]] = []
        for booking in bookings:
            if booking.minutes:
                outcome = Refused(reason=RefusalReason.LIMITED, minutes=booking.minutes)
            else:
                outcome = next(decided)
            if isinstance(outcome, Activated):
                booking.give_back()
            answers.append((outcome, booking.slow))
    return answers


async def _outcomes(tries: Sequence[Try]) -> list[Outcome]:
    pairs = list(zip(tries, await find(tries), strict=True))
    usable = [(t, code) for t, code in pairs if code and code.kind is CodeKind.ACCESS]
    claims = await claim(usable)
    wins = [pair for pair, won in zip(usable, claims, strict=True) if won]
    answers = {id(t): made for (t, _), made in zip(wins, await activations.make(wins), strict=True)}
    # the rest come last: one of them may be the holder's second press of the same button
    return [answers.get(id(t)) or await _not_claimed(t, code) for t, code in pairs]


async def _not_claimed(attempt: Try, code: Candidate | None) -> Outcome:
    if code is None:
        return await _refuse(attempt, RefusalReason.NOT_FOUND)
    if code.kind is not CodeKind.ACCESS:
        return await _refuse(attempt, RefusalReason.WRONG_KIND, code)
    standing = await _standing(attempt, code)
    if standing.is_withdrawn:
        return await _refuse(attempt, RefusalReason.NOT_FOUND)
    return standing.before or await _refuse(attempt, _why_not(standing.status, code), code)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A code now; `before` is the holder's own activation of it: pressing twice is one use."""

    status: Status
    is_withdrawn: bool
    before: Activated | None


async def _standing(attempt: Try, code: Candidate) -> _Standing:
    [row] = await fetch(STANDING, code.id)
    own = row["email_key"] == emails.key(attempt.email)
    return _Standing(
        Status(row["status"]),
        attempt.link is not None and attempt.link.version != row["link_version"],
        activations.activated(row["activation_id"], code) if own else None,
    )


def _why_not(status: Status, code: Candidate) -> RefusalReason:
    if status is not Status.READY:
        return REASONS[status]
    early = code.valid_from is not None and code.valid_from > now()
    return RefusalReason.NOT_YET_VALID if early else RefusalReason.EXPIRED


async def _refuse(attempt: Try, reason: RefusalReason, code: Candidate | None = None) -> Refused:
    visitor = attempt.visitor
    reference = await refusals.record(
        reason, address=visitor.address, actor=visitor.actor, code=code
    )
    return Refused(reason=reason, reference=reference, to_member=await _is_member(attempt, code))


async def _is_member(attempt: Try, code: Candidate | None) -> bool:
    actor = attempt.visitor.actor
    if actor is None or code is None:
        return False
    return actor.is_owner or await Membership.exists(
        workspace_id=code.workspace_id, user_id=actor.user_id
    )


@unit_of_work
async def recall(attempt: Try) -> Outcome:
    """The receipt of an activated code for the one who activated it, told by the e-mail address."""
    async with redeem_limits.booked([attempt]) as [booking]:
        if booking.minutes:
            return Refused(reason=RefusalReason.LIMITED, minutes=booking.minutes)
        [code] = await find([attempt])
        before = (await _standing(attempt, code)).before if code else None
        if before:
            booking.give_back()
        return before or await _refuse(attempt, RefusalReason.WRONG_PERSON, code)
