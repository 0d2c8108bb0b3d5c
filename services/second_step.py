"""The second step of signing in: a code after the password."""

from dataclasses import dataclass
from datetime import timedelta

from models.enums import SignInMethod
from services import factor_proof, factors, half_way, sessions, sign_in_limits, throttling
from services.budgets import Limit
from services.database import unit_of_work
from services.errors import Gone, Invalid
from services.factors import Factors
from services.half_way import HalfWay
from services.throttling import Kind

LASTS = timedelta(minutes=5)
PER_MINUTE, PER_DAY = 5, 96
WRONG = "That code is wrong, was used already, or is too old."
NOTHING = "Enter the code that your app shows, or a recovery code."
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
        raise Invalid({"code": NOTHING})
    if await half_way.standing(step.half) is None:
        raise Gone(OVER)
    if minutes := sign_in_limits.by_address().book(step.address):
        raise throttling.refuse(Kind.SECOND_FACTOR, minutes=minutes)
    for limit in _limits(step.half.user_id):
        if minutes := await sessions.book(limit):
            raise throttling.refuse(Kind.SECOND_FACTOR, minutes=minutes)
    try:
        token = await _open(step)
    except Invalid:
        throttling.failed()
        raise
    sign_in_limits.by_address().give_back(step.address)
    return token


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
        raise Invalid({"code": WRONG})
    return await sessions.open_session(
        user, address=step.address, browser=step.browser, method=method
    )
