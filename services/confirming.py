"""Proves at an open session who sits there: by the password, or by a second factor."""

from datetime import timedelta

from models import Session, User
from models.enums import AuditAction, Resource, SignInMethod
from services import audit, budgets, factor_proof, factors, passwords, redaction, throttling, waits
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Invalid, NotFound
from services.factors import Factors
from services.throttling import Kind
from services.zones import now

WRONG = "This is not your password."
NOTHING = "Enter your password."
PER_MINUTE, PER_HOUR = 5, 20


async def asks(actor: Actor) -> Factors:
    """What this person can prove it with; without a factor it is the password."""
    return await factors.of(actor.user_id)


async def confirm(actor: Actor, proof: str) -> None:
    """Take a password, or a code where the person has a second factor: a password is no proof then.

    Raises Invalid(proof); Limited after too many tries, which are counted before the look.
    """
    redaction.hide(proof)
    has = await asks(actor)
    if not proof.strip():
        raise Invalid({"proof": factor_proof.NOTHING if has.any else NOTHING})
    if seconds := await waits.begin(_waits(actor)):
        raise throttling.refuse(Kind.SECOND_FACTOR, seconds=seconds)
    if minutes := await _book(actor):
        raise throttling.refuse(Kind.SECOND_FACTOR, minutes=minutes)
    try:
        if has.any:
            await _accept_code(actor, proof)
        else:
            await _accept_password(actor, proof)
    except Invalid:
        throttling.failed()
        raise


def _waits(actor: Actor) -> str:
    """Apart from that of signing in: who only knows a password slows down no open session."""
    return f"confirm:{actor.user_id}"


@unit_of_work
async def _book(actor: Actor) -> int:
    """Count one try of this account, as `budgets.book`."""
    of_minute, of_hour = _limits(actor)
    if minutes := await budgets.book(of_hour):
        return minutes
    if minutes := await budgets.book(of_minute):
        await budgets.give_back(of_hour)  # it was not made
        return minutes
    return 0


def _limits(actor: Actor) -> tuple[budgets.Limit, budgets.Limit]:
    return (
        budgets.Limit(f"confirm:{actor.user_id}", PER_MINUTE, timedelta(minutes=1)),
        budgets.Limit(f"confirm-hour:{actor.user_id}", PER_HOUR, timedelta(hours=1)),
    )


async def _accept_password(actor: Actor, typed: str) -> None:
    user = await User.get_or_none(id=actor.user_id, disabled_at=None)
    if not await passwords.matches(typed, user and user.password_hash):
        raise Invalid({"proof": WRONG})
    await _accept(actor, SignInMethod.PASSWORD)


@unit_of_work
async def _accept_code(actor: Actor, typed: str) -> None:
    user = await User.get_or_none(id=actor.user_id, disabled_at=None).select_related("person")
    method = user and await factor_proof.take(user, typed)
    if not method:
        raise Invalid({"proof": factor_proof.WRONG})
    await _accept(actor, method)


@unit_of_work
async def _accept(actor: Actor, method: SignInMethod) -> None:
    for limit in _limits(actor):
        await budgets.give_back(limit)
    await waits.end(_waits(actor))
    await mark(actor, method)


@unit_of_work
async def mark(actor: Actor, method: SignInMethod) -> None:
    """The session is confirmed from now on, by what was checked a moment ago. Raises NotFound."""
    mine = Session.filter(id=actor.session_id, user_id=actor.user_id, ended_at=None)
    if not await mine.update(confirmed_at=now()):
        raise NotFound("You are signed out.")
    await audit.record(
        AuditAction.CONFIRM, Resource.SESSION, actor.session_id, by=actor, method=method.value
    )
