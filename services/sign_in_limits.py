"""How often somebody may try to sign in: an address, an account, and waits that grow."""

import hashlib
from datetime import timedelta
from functools import lru_cache

from models import Budget, GrowingWait
from services import emails, known_browsers, throttling, waits
from services.budgets import AddressLimit, Limit
from services.database import unit_of_work
from services.settings import get_settings
from services.throttling import Kind

HOUR = timedelta(hours=1)


@lru_cache
def by_address() -> AddressLimit:
    return AddressLimit(get_settings().sign_in_tries_per_address, HOUR)


async def begin(email: str, *, address: str, browser: str) -> Limit:
    """Count a try before it is made; returns the account's budget, to be booked next.

    `browser` is what a known browser keeps: it has waits and a budget of its own, so that
    strangers who guess lock nobody out. Raises Limited.
    """
    if minutes := by_address().book(address):
        raise throttling.refuse(Kind.SIGN_IN, minutes=minutes)
    key = _key(email, known_browsers.name(browser, email))
    if seconds := await waits.begin(key):
        raise throttling.refuse(Kind.SIGN_IN, seconds=seconds)
    return Limit(key, get_settings().sign_in_tries_per_account, HOUR)


@unit_of_work
async def forgive(email: str) -> None:
    """Somebody proved by mail who they are: what strangers tried at their account is past."""
    await Budget.filter(key=_key(email)).delete()
    await GrowingWait.filter(key=_key(email)).delete()


def _key(email: str, browser: str = "") -> str:
    return f"sign-in:{fingerprint(f'{emails.key(email)} {browser}'.rstrip())}"


def fingerprint(email_key: str) -> str:
    """How the keys of limits end that are of one address: they must not hold it."""
    return hashlib.sha256(email_key.encode()).hexdigest()[:40]
