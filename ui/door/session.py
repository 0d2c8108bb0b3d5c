"""The session cookie of a request and the person behind it."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from services import sessions
from services.actor import Actor
from services.settings import Settings
from ui.door import cookies

TOKEN_MAX = 128


async def recognise(scope: Scope, settings: Settings) -> Actor | None:
    """Read the session once for this request and keep it in the request's state."""
    token = cookies.read(HTTPConnection(scope), cookies.SESSION, settings)
    plausible = bool(token) and len(token) <= TOKEN_MAX and token.isascii()
    actor = await sessions.find(token) if plausible else None
    scope["state"] |= {"actor": actor, "session_token": token if actor else ""}
    return actor


async def keep_alive(scope: Scope) -> None:
    await sessions.touch(scope["state"]["session_token"])


def actor_of(connection: HTTPConnection) -> Actor | None:
    """Who asked, as it was when the request came in; a command reads the session again."""
    return getattr(connection.state, "actor", None)


def token_of(connection: HTTPConnection) -> str:
    return getattr(connection.state, "session_token", "")
