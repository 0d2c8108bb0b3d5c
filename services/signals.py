"""Tells whoever listens in this process that something changed; never what it changed to."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

log = logging.getLogger(__name__)


class Topic(StrEnum):
    BATCHES = "batches"
    PRODUCTS = "products"
    WORKSPACES = "workspaces"
    SESSIONS = "sessions"
    JOBS = "jobs"
    MESSAGES = "messages"
    CUSTOMERS = "customers"
    HISTORY = "history"
    NOTIFICATIONS = "notifications"
    SCHEMES = "schemes"
    AGREEMENTS = "agreements"
    EVALUATIONS = "evaluations"
    MEMBERS = "members"
    INVITATIONS = "invitations"
    ACCOUNTS = "accounts"
    REFUSALS = "refusals"
    AUDIT = "audit"
    SEALS = "seals"
    EXPORTS = "exports"
    BACKUPS = "backups"
    KEYS = "keys"
    THROTTLING = "throttling"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Changed:
    """`ids` are rows of the topic's noun; a change of codes is a change of their batch.

    Of NOTIFICATIONS they are the users whose bell changed, of CUSTOMERS the people whose
    entitlements did, of MEMBERS the users whose rights did, of ACCOUNTS the users, of SEALS where
    the chain ends; of JOBS, EXPORTS, HISTORY, AUDIT, THROTTLING and HEALTH nothing: a
    batch or a file waits to be made, an entry to be told, one to be listed and sealed, tries were
    refused, it is time to look again.
    """

    workspace_id: int | None
    topic: Topic
    ids: tuple[int, ...] = ()


Handler = Callable[[Changed], None]

collected: ContextVar[list[Changed] | None] = ContextVar("collected", default=None)
_handlers: list[Handler] = []


def subscribe(handler: Handler) -> Callable[[], None]:
    """Call `handler` after each commit that changed something; returns what ends it."""
    _handlers.append(handler)
    return lambda: _handlers.remove(handler)


def emit(changed: Changed) -> None:
    """Announce a change: after the commit of the unit of work it happens in, or at once."""
    pending = collected.get()
    if pending is None:
        deliver([changed])
    else:
        pending.append(changed)


def deliver(changes: list[Changed]) -> None:
    for changed in dict.fromkeys(changes):
        for handler in _handlers:
            try:
                handler(changed)
            except Exception:  # one deaf listener must not silence the others
                log.exception("A listener failed on %s", changed)
