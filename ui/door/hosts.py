"""Which names this installation answers to, and which origin is its own."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REFUSAL = (
    "This host name is not one that this Tallystick answers to. "
    "The setting TALLYSTICK_ALLOWED_HOSTS lists the names that it does.\n"
)


def only_allowed(app: ASGIApp, allowed: Collection[str]) -> ASGIApp:
    names = {name.lower().strip("[]") for name in allowed}

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if _name(scope) in names:
            await app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(REFUSAL, 400)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    return call


def own_origin(scope: Scope) -> str:
    """The origin of the page that this request was made to, after the peer was resolved."""
    scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
    return f"{scheme}://{Headers(scope=scope).get('host', '')}".lower()


def is_own_origin(scope: Scope, origin: str, base_url: str) -> bool:
    # Behind a TLS proxy that is not trusted the scheme here is http; the public URL knows better.
    host = Headers(scope=scope).get("host", "").lower()
    public = urlsplit(base_url)
    own = {own_origin(scope)} | ({base_url.lower()} if public.netloc.lower() == host else set())
    return origin.lower() in own


def is_public(scope: Scope, base_url: str) -> bool:
    """Whether the page was asked for under the name of the public URL."""
    return Headers(scope=scope).get("host", "").lower() == urlsplit(base_url.lower()).netloc


def _name(scope: Scope) -> str | None:
    """The host name asked for, without its port; None where it is missing, doubled or odd."""
    given = Headers(scope=scope).getlist("host")
    if len(given) != 1 or any(character in given[0] for character in "/\\@?# "):
        return None
    asked = urlsplit(f"//{given[0]}")
    try:
        return asked.hostname if asked.port != 0 else None
    except ValueError:  # the port is no number
        return None
