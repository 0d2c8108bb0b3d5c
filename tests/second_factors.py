"""People with an authenticator app: their sessions, and the codes that the app shows."""

import time
from dataclasses import dataclass, replace

from pyotp.totp import TOTP

from models import Session, User
from services import sessions, totp
from services.actor import Actor
from services.half_way import HalfWay
from services.sessions import SecondFactorDue, SignIn
from tests.cast import PASSWORD

ADDRESS = "192.0.2.77"


@dataclass(frozen=True, slots=True)
class App:
    """Somebody's phone, and what they wrote down when they set it up."""

    secret: str
    recovery: list[str]

    def code(self, steps: int = 0) -> str:
        """What it shows now, or some steps of half a minute later."""
        return TOTP(self.secret).at(int(time.time()) + 30 * steps)


async def signed_in(actor: Actor) -> Actor:
    """That person in a session of their own that was opened a moment ago."""
    user = await User.get(id=actor.user_id)
    token = await sessions.open_session(user, address=ADDRESS)
    return replace(actor, session_id=(await _session(token)).id)


async def _session(token: str) -> Session:
    return await Session.get(token_digest=sessions.digest(token))


async def with_app(actor: Actor) -> App:
    """They set one up, with the code before this one, so that the one it shows now is unused."""
    actor = await signed_in(actor)
    proposal = await totp.begin(actor)
    made = App(proposal.secret, [])
    return App(proposal.secret, await totp.add(actor, proposal, made.code(-1)))


async def half_way_in(actor: Actor, password: str = PASSWORD) -> HalfWay:
    """Where their password leads."""
    attempt = SignIn(email=actor.email, password=password, address=ADDRESS)
    try:
        await sessions.sign_in(attempt)
    except SecondFactorDue as due:
        return due.half
    raise AssertionError("the password alone was enough")
