"""Decides tries that share a transaction: each has its own claim and its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import Membership
from models.enums import CodeKind, RefusalReason, Status
from services import activations, code_facts, emails, paid_steps, redeem_limits, refusals
from services.database import fetch, unit_of_work
from services.redeem_claim import claim, find
from services.tries import Activated, Answer, Candidate, Due, Facts, Outcome, Refused, Try
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
async def decide(tries: list[Try]) -> list[tuple[Answer, bool]]:
    """Each try's own claim and answer, and whether to answer slowly; one transaction for all."""
    async with redeem_limits.booked(tries) as bookings:
        admitted = [t for t, booking in zip(tries, bookings, strict=True) if not booking.minutes]
        decided = iter(await _outcomes(admitted))
        answers: list[tuple[Answer, bool]] = []
        for booking in bookings:
            if booking.minutes:
                outcome = Refused(reason=RefusalReason.LIMITED, minutes=booking.minutes)
            else:
                outcome = next(decided)
            if not isinstance(outcome, Refused):
                booking.give_back()
            answers.append((outcome, booking.slow))
    return answers


async def _outcomes(tries: Sequence[Try]) -> list[Answer]:
    pairs = list(zip(tries, await find(tries), strict=True))
    usable = [(t, code) for t, code in pairs if code and unfit(t.due, code) is None]
    answers = await _activate([pair for pair in usable if pair[0].due is None])
    answers |= await _pay([pair for pair in usable if pair[0].due])
    # the rest come last: one of them may be the holder's second press of the same button
    return [answers.get(id(t)) or await _not_claimed(t, code) for t, code in pairs]


def unfit(due: Due | None, code: Candidate) -> RefusalReason | None:
    """Why a code is not for what is due, or for a holder, whatever its status."""
    if code.kind is not (CodeKind.PURCHASE if due else CodeKind.ACCESS):
        return RefusalReason.WRONG_KIND
    if due and code.workspace_id != due.workspace_id:
        return RefusalReason.WRONG_WORKSPACE
    return RefusalReason.WRONG_ACTION if due and code.action_id != due.action_id else None


async def _activate(usable: Sequence[tuple[Try, Candidate]]) -> dict[int, Answer]:
    claims = await claim(usable)
    wins = [pair for pair, won in zip(usable, claims, strict=True) if won]
    return {id(t): made for (t, _), made in zip(wins, await activations.make(wins), strict=True)}


async def _pay(usable: Sequence[tuple[Try, Candidate]]) -> dict[int, Answer]:
    """One after the other: each needs two claims, and a lost one must not cost another try its."""
    made: dict[int, Answer] = {}
    for attempt, code in sorted(usable, key=lambda pair: pair[1].id):
        [won] = await claim([(attempt, code)])
        if won and (paid := await paid_steps.pay(attempt, code)):
            made[id(attempt)] = paid
    return made


async def _not_claimed(attempt: Try, code: Candidate | None) -> Answer:
    if attempt.due and (before := await paid_steps.before(attempt, code)):
        return before
    if code is None:
        return await _refuse(attempt, RefusalReason.NOT_FOUND)
    if reason := unfit(attempt.due, code):
        return await _refuse(attempt, reason, code)
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
    own = attempt.due is None and row["email_key"] == emails.key(attempt.email)
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
    reference = await refusals.record(reason, attempt, code)
    return Refused(reason=reason, reference=reference, facts=await _facts(attempt, code))


async def _facts(attempt: Try, code: Candidate | None) -> Facts | None:
    """For members of the code's workspace alone: nobody else is told anything about it."""
    actor = attempt.visitor.actor
    if actor is None or code is None:
        return None
    is_member = actor.is_owner or await Membership.exists(
        workspace_id=code.workspace_id, user_id=actor.user_id
    )
    return await code_facts.of(code.id) if is_member else None


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
