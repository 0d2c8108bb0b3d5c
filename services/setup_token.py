"""The one-time token that opens set-up."""

import secrets
from datetime import timedelta

from models import Installation
from services.database import unit_of_work
from services.sessions import digest
from services.zones import now

TOKEN_LIVES = timedelta(hours=1)


@unit_of_work
async def issue() -> str:
    """A new set-up token, good for an hour; the one before it is void."""
    token = secrets.token_urlsafe(24)
    await Installation.all().update(
        setup_digest=digest(token), setup_expires_at=now() + TOKEN_LIVES
    )
    return token


async def is_good(token: str) -> bool:
    return await Installation.exists(setup_digest=digest(token), setup_expires_at__gt=now())
