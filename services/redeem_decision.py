"""Decides tries that share a transaction: each has its own claim and its own answer."""

from collections.abc import Sequence

from models.enums import RefusalReason
from services import activations, code_standing, paid_steps, redeem_limits
from services.answers import Answer, Outcome, Refused, Waits
from services.database import unit_of_work
from services.redeem_claim import claim, find
from services.redeem_limits import Booking
from services.refused_tries import refuse
from services.tries import Candidate, Try


@unit_of_work
async def decide(tries: list[Try]) -> list[Answer | Waits]:
    """Each try's own claim and answer, or that it waits for a turn; one transaction for all."""
    async with redeem_limits.booked(tries) as bookings:
        pairs = list(zip(tries, bookings, strict=True))
        decided = iter(await _outcomes([t for t, booking in pairs if booking.is_admitted]))
        answers: list[Answer | Waits] = []
        for booking in bookings:
            if not booking.is_admitted:
                answers.append(_not_admitted(booking))
                continue
            outcome = next(decided)
            if not isinstance(outcome, Refused):
                booking.give_back()
            answers.append(outcome)
    return answers


def _not_admitted(booking: Booking) -> Refused | Waits:
    return booking.waits or Refused(reason=RefusalReason.LIMITED, minutes=booking.minutes)


async def _outcomes(tries: Sequence[Try]) -> list[Answer]:
    pairs = list(zip(tries, await find(tries), strict=True))
    usable = [(t, code) for t, code in pairs if code and code_standing.unfit(t.due, code) is None]
    answers = await _activate([pair for pair in usable if pair[0].due is None])
    answers |= await _pay([pair for pair in usable if pair[0].due])
    # the rest come last: one of them may be the holder's second press of the same button
    return [answers.get(id(t)) or await _not_claimed(t, code) for t, code in pairs]


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
        return await refuse(attempt, RefusalReason.NOT_FOUND)
    if reason := code_standing.unfit(attempt.due, code):
        return await refuse(attempt, reason, code)
    standing = await code_standing.read(attempt, code)
    if standing.is_withdrawn:
        return await refuse(attempt, RefusalReason.NOT_FOUND)
    reason = code_standing.why_not(standing.status, code)
    return standing.before or await refuse(attempt, reason, code)


@unit_of_work
async def recall(attempt: Try) -> Outcome | Waits:
    """The receipt of an activated code for the one who activated it, told by the e-mail address."""
    async with redeem_limits.booked([attempt]) as [booking]:
        if not booking.is_admitted:
            return _not_admitted(booking)
        [code] = await find([attempt])
        before = (await code_standing.read(attempt, code)).before if code else None
        if before:
            booking.give_back()
        return before or await refuse(attempt, RefusalReason.WRONG_PERSON, code)
