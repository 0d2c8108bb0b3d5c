"""Browsers in which somebody signed in before: a stranger's guesses do not slow these down."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from services import emails, keys

LASTS = timedelta(days=365)
MOST = 8  # accounts that one browser is known to
LONGEST = 1000


def remember(cookie: str, email: str) -> str:
    """What the browser is to keep from now on, after somebody signed in there."""
    known = _read(cookie)
    known.pop(_account(email), None)
    known[_account(email)] = secrets.token_urlsafe(9)
    return _signer().dumps(dict(list(known.items())[-MOST:]))


def name(cookie: str, email: str) -> str:
    """What this browser is called for that account; empty where nobody ever signed in there."""
    return _read(cookie).get(_account(email), "")


def _account(email: str) -> str:
    # of the address and the key: a lost cookie tells nobody's address
    digest = hashlib.blake2b(emails.key(email).encode(), key=keys.ring().form, digest_size=9)
    return digest.hexdigest()


def _read(cookie: str) -> dict[str, str]:
    if not cookie or len(cookie) > LONGEST:
        return {}
    try:
        known: Any = _signer().loads(cookie, max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return {}
    return known


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keys.ring().form, salt="known browser")
