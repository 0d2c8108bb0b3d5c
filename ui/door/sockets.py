"""Makes NiceGUI's socket a door too: it accepts any sender that knows two ids, this does not."""

# pyright: reportPrivateUsage=false
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from nicegui.nicegui import (
    _on_ack,
    _on_connect,
    _on_event,
    _on_handshake,
    _on_javascript_response,
    _on_log,
)
from socketio.exceptions import ConnectionRefusedError

from services import request_id
from services.settings import Settings
from ui.door import hosts

log = logging.getLogger("tallystick.door")

FRAMES: dict[str, Callable[[str, dict[str, Any]], None]] = {
    "event": _on_event,
    "javascript_response": _on_javascript_response,
    "ack": _on_ack,
    "log": _on_log,
}
LOG_MAX = 500
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
# The browser reloads the page on exactly this answer, and the guard then sends it where it belongs.
RELOAD = "Implicit handshake failed"


def guard_sockets(settings: Settings) -> None:
    """Replace NiceGUI's handlers by ones that ask who is there first; again is harmless."""
    core.sio.eio.cors_allowed_origins = lambda origin, environ: hosts.is_own_origin(
        environ["asgi.scope"], origin, settings.base_url
    )
    core.sio.eio.transports = ["websocket"]
    core.app.config.socket_io_js_transports = ["websocket"]
    core.sio.on("connect", _connect)
    core.sio.on("handshake", _handshake)
    for name, handler in FRAMES.items():
        core.sio.on(name, _owned(name, handler))


async def _connect(sid: str, environ: dict[str, Any], auth: object = None) -> None:
    client_id = parse_qs(environ["QUERY_STRING"]).get("client_id", [""])[0]
    if not _same_session(client_id, environ):
        raise ConnectionRefusedError(RELOAD)
    try:
        await _on_connect(sid, environ, auth)
    except MALFORMED:
        raise ConnectionRefusedError("Malformed") from None


async def _handshake(sid: str, *frames: Any) -> bool:
    client_id = _client_id(frames)
    if client_id is None or not _same_session(client_id, core.sio.get_environ(sid) or {}):
        return False
    try:
        return await _on_handshake(sid, frames[0])
    except MALFORMED:
        return False


def _owned(name: str, handler: Callable[[str, dict[str, Any]], None]) -> Callable[..., None]:
    def handle(sid: str, *frames: Any) -> None:
        request_id.begin()
        if not _owns(sid, _client_id(frames)):
            return log.warning("A socket sent %s for a tab that is not its own.", name)
        try:
            handler(sid, _tame(frames[0]) if name == "log" else frames[0])
        except MALFORMED:
            log.warning("A socket sent a malformed %s.", name)

    return handle


def _client_id(frames: tuple[Any, ...]) -> str | None:
    frame = frames[0] if len(frames) == 1 else None
    client_id = frame.get("client_id") if isinstance(frame, dict) else None
    return client_id if isinstance(client_id, str) else None


def _owns(sid: str, client_id: str | None) -> bool:
    client = Client.instances.get(client_id or "")
    return client is not None and sid in sockets_of(client)


def sockets_of(client: Client) -> list[str]:
    """The ids of the sockets that joined this tab."""
    return list(client._socket_to_document_id)  # noqa: SLF001 - nothing public names them


def forget(client: Client) -> None:
    """Of a tab that was deleted: NiceGUI still waits for lost sockets to come back, and would
    delete it a second time.
    """
    waiting = client._delete_tasks  # noqa: SLF001 - nothing public names them
    while waiting:
        waiting.popitem()[1].cancel()


def _same_session(client_id: str | None, environ: dict[str, Any]) -> bool:
    """Whether the tab was built for the session that the socket's cookie names."""
    client = Client.instances.get(client_id or "")
    if client is None:
        return True  # NiceGUI refuses an unknown tab itself and has the page reloaded
    built_for = getattr(client.request.state, "actor", None)
    asks = environ.get("asgi.scope", {}).get("state", {}).get("actor")
    return bool(built_for and asks and built_for.session_id == asks.session_id)


def _tame(frame: dict[str, Any]) -> dict[str, Any]:
    """A browser's log message, kept from forging lines in ours."""
    return {**frame, "message": repr(str(frame["message"])[:LOG_MAX])}
