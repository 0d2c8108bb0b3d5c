"""How much one visitor may send, and how many sockets one may hold."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.evidence import FILE_MOST
from ui import client_paths

BODY_MAX = 64 * 1024
UPLOAD_MAX = FILE_MOST + BODY_MAX  # the largest file and what a form adds around it
BODY_WITHIN = 30.0  # seconds
UPLOAD_WITHIN = 300.0  # for 10 MB at 300 kbit/s
SOCKETS_PER_SESSION = 20
SOCKETS_PER_ADDRESS = 50


class BodyTooLarge(Exception):
    """The body grew over the limit while it was read."""


class TooManySockets(Exception):
    """This session or address holds as many sockets as it may."""


def with_body_limit(app: ASGIApp) -> ASGIApp:
    """Bodies over 64 KiB raise BodyTooLarge, announced or not; a file may have 10 MB."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            is_upload = client_paths.is_upload(scope["path"])
            most, within = (UPLOAD_MAX, UPLOAD_WITHIN) if is_upload else (BODY_MAX, BODY_WITHIN)
            if _announced(scope) > most:
                raise BodyTooLarge
            # Read here: raised further in, it would arrive wrapped by the middlewares on the way.
            receive = _replayed(await _body(receive, most, within), receive)
        await app(scope, receive, send)

    return call


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0


async def _body(receive: Receive, most: int, within: float) -> bytes:
    """Raises ClientDisconnect for a visitor who stops sending, too."""
    try:
        async with asyncio.timeout(within):
            return await _whole(receive, most)
    except TimeoutError:
        raise ClientDisconnect from None


async def _whole(receive: Receive, most: int) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise BodyTooLarge
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


_sockets: Counter[str] = Counter()


@contextmanager
def socket_of(session_id: int, network: str) -> Generator[None]:
    """Holds a place for one socket; TooManySockets where there is none."""
    places = {f"session {session_id}": SOCKETS_PER_SESSION, network: SOCKETS_PER_ADDRESS}
    if any(_sockets[key] >= most for key, most in places.items()):
        raise TooManySockets
    _sockets.update(places.keys())
    try:
        yield
    finally:
        _sockets.subtract(places.keys())
        for key in places:
            if _sockets[key] <= 0:
                del _sockets[key]
