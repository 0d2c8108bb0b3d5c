"""How many sockets one visitor may hold."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

SOCKETS_PER_SESSION = 20
SOCKETS_PER_ADDRESS = 50


class TooManySockets(Exception):
    """This session or address holds as many sockets as it may."""


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
