"""What a passkey has to sign: made for one purpose and one browser, good once and for minutes."""

import secrets
from datetime import timedelta

from webauthn.helpers import bytes_to_base64url

from models import PasskeyChallenge
from models.enums import ChallengePurpose
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Invalid
from services.zones import now

LASTS = timedelta(minutes=5)
LATE = "That took too long, or it was sent twice. Try again."


@unit_of_work
async def issue(purpose: ChallengePurpose, actor: Actor | None = None) -> bytes:
    """A new one, of that person at that session; of nobody where nobody is signed in."""
    await forget_expired()  # so that the table holds what a few minutes bring, whoever asks
    challenge = secrets.token_bytes(32)
    await PasskeyChallenge.create(
        purpose=purpose,
        user_id=actor and actor.user_id,
        session_id=actor and actor.session_id,
        challenge=bytes_to_base64url(challenge),
        expires_at=now() + LASTS,
    )
    return challenge


@unit_of_work
async def claim(challenge: bytes, purpose: ChallengePurpose, actor: Actor | None = None) -> None:
    """Use it up, before what came with it is looked at. Raises Invalid(form)."""
    at = now()
    live = PasskeyChallenge.filter(
        challenge=bytes_to_base64url(challenge)[:100],
        purpose=purpose,
        user_id=actor and actor.user_id,
        session_id=actor and actor.session_id,
        used_at=None,
        expires_at__gt=at,
    )
    if not await live.update(used_at=at):
        raise Invalid({"form": LATE})


@unit_of_work
async def forget_expired() -> int:
    return await PasskeyChallenge.filter(expires_at__lt=now()).delete()
