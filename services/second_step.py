"""The second step of signing in: a code after the password."""

from dataclasses import dataclass
from datetime import timedelta

from models.enums import AccountChange, SignInMethod
from services import (
    accounts,
    budgets,
    factor_proof,
    factors,
    half_way,
    sessions,
    sign_in_limits,
    throttling,
    waits,
)
from services.budgets import Limit
from services.database import unit_of_work
from services.errors import Gone, Invalid
from services.factors import Factors
from services.half_way import HalfWay
from services.throttling import Kind

LASTS, HOUR = timedelta(minutes=5), timedelta(hours=1)
PER_MINUTE, PER_DAY = 5, 96
WARNED_FROM = 5  # failures in a row: whoever makes them knows the password
OVER = "That took too long, or your account changed meanwhile. Sign in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    half: HalfWay
    code: str
    address: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked for a second factor, and what they may prove it with."""

    email: str
    factors: Factors


async def asked(half: HalfWay) -> Asked | None:
    """What the page asks for; None where signing in begins anew."""
    user = await half_way.standing(half)
    return Asked(user.person.email, await factors.of(user.id)) if user else None


async def finish(step: SecondStep) -> str:
    """Open a session and return its token. Raises Invalid(code), Limited, and Gone to begin anew.

    Each try is counted before it is judged, and no success of any kind gives one back.
    """
    if not step.code.strip():
        raise Invalid({"code": factor_proof.NOTHING})
    if await half_way.standing(step.half) is None:
        raise Gone(OVER)
    if minutes := sign_in_limits.by_address().book(step.address):
        raise throttling.refuse(Kind.SECOND_FACTOR, minutes=minutes)
    if seconds := await waits.begin(_waits(step.half.user_id)):
        raise throttling.refuse(Kind.SECOND_FACTOR, seconds=seconds)
    for limit in _limits(step.half.user_id):
        if minutes := await sessions.book(limit):
            raise throttling.refuse(Kind.SECOND_FACTOR, minutes=minutes)
    try:
        token = await _open(step)
    except Invalid:
        throttling.failed()
        await _warn(step.half)
        raise
    sign_in_limits.by_address().give_back(step.address)
    return token


@unit_of_work
async def _warn(half: HalfWay) -> None:
    """Tell the person by mail, once an hour, that somebody gets past their password."""
    if await waits.failures(_waits(half.user_id)) < WARNED_FROM:
        return
    user = await half_way.standing(half)
    if user and not await budgets.book(Limit(f"second-factor-warned:{user.id}", 1, HOUR)):
        await accounts.warn(user, AccountChange.PASSWORD_KNOWN)


def _waits(user_id: int) -> str:
    return f"second-factor:{user_id}"


def _limits(user_id: int) -> tuple[Limit, Limit]:
    return (
        Limit(f"second-factor-minute:{user_id}", PER_MINUTE, timedelta(minutes=1)),
        Limit(f"second-factor-day:{user_id}", PER_DAY, timedelta(days=1)),
    )


@unit_of_work
async def _open(step: SecondStep) -> str:
    user = await half_way.standing(step.half)
    if user is None:
        raise Gone(OVER)
    method: SignInMethod | None = await factor_proof.take(user, step.code)
    if method is None:
        raise Invalid({"code": factor_proof.WRONG})
    await waits.end(_waits(user.id))
    return await sessions.open_session(
        user, address=step.address, browser=step.browser, method=method
    )
