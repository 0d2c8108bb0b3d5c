"""What ties the lines of the log together: the id of the request that is being answered."""

import secrets
from contextvars import ContextVar

NONE = "-"
_current: ContextVar[str] = ContextVar("request", default=NONE)


def begin() -> str:
    """A request, or an event of a tab, begins: 8 characters for it and for whatever it starts."""
    made = secrets.token_hex(4).upper()
    _current.set(made)
    return made


def current() -> str:
    return _current.get()


def reference() -> str:
    """What a person may quote: the id of what is under way, or a new one where nothing is."""
    return begin() if current() == NONE else current()
