"""Signing in with nothing but a passkey: it says whose it is, and proves it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.enums import ChallengePurpose, SignInMethod
from services import budgets, passkey_proof, sessions, sign_in_limits, throttling
from services.database import unit_of_work
from services.errors import Invalid
from services.passkey_answers import REFUSED
from services.passkey_proof import Proof
from services.settings import get_settings
from services.throttling import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeySignIn:
    """`answer` is what the browser says, as JSON."""

    answer: str
    address: str
    browser: str = ""


@lru_cache
def by_address() -> budgets.AddressLimit:
    """Of challenges: each is a row that a stranger makes."""
    return budgets.AddressLimit(get_settings().sign_in_tries_per_address, sign_in_limits.HOUR)


async def begin(address: str) -> dict[str, Any]:
    """What the browser is to ask of a passkey. Raises Limited; NotFound where none is offered."""
    if minutes := by_address().book(address):
        raise throttling.refuse(Kind.SIGN_IN, minutes=minutes)
    return await passkey_proof.asked(ChallengePurpose.SIGN_IN)


async def finish(request: PasskeySignIn) -> str:
    """Open a session and return its token. Raises Invalid(form), Limited, NotFound."""
    limit = sign_in_limits.by_address()
    if minutes := limit.book(request.address):
        raise throttling.refuse(Kind.SIGN_IN, minutes=minutes)
    proof = await passkey_proof.check(request.answer, ChallengePurpose.SIGN_IN)
    token = await _enter(proof, request)
    if token is None:
        raise Invalid({"form": REFUSED})
    limit.give_back(request.address)
    by_address().give_back(request.address)
    return token


@unit_of_work
async def _enter(proof: Proof, request: PasskeySignIn) -> str | None:
    user = await passkey_proof.settle(proof)
    if user is None:
        return None
    return await sessions.open_session(
        user, address=request.address, browser=request.browser, method=SignInMethod.PASSKEY
    )
