"""Takes messages out of the outbox one at a time: whoever claims one may send it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import F

from models import Message
from models.enums import MessageKind, MessageState
from services import outbox_due, signals
from services.database import unit_of_work
from services.signals import Changed, Topic
from services.zones import now

ME = secrets.token_hex(8)  # this process
LEASE = timedelta(minutes=15)  # longer than any try lasts


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that only this process may send now; `reply_to` is where answers to it go."""

    id: int
    workspace_id: int | None
    kind: MessageKind
    requested_by_id: int | None
    recipient: str
    message_id: str
    tries: int
    queued_at: datetime
    reply_to: str


@unit_of_work
async def claim(message_id: int) -> Claimed | None:
    """The message, its try counted; nothing where another one was faster.

    The first try begins the days in which it is retried: those in which no mail could go out at
    all do not count.
    """
    at = now()
    claimed = await Message.filter(outbox_due.is_due(at), id=message_id).update(
        state=MessageState.SENDING, holder=ME, held_until=at + LEASE, tries=F("tries") + 1
    )
    if not claimed:
        return None
    row = await Message.get(id=message_id).select_related("workspace")
    if row.tries == 1:
        await Message.filter(id=row.id).update(queued_at=at)
        row.queued_at = at
    changed(row.workspace_id, row.id)
    return Claimed(
        row.id,
        row.workspace_id,
        row.kind,
        row.requested_by_id,
        row.recipient,
        row.message_id,
        row.tries,
        row.queued_at,
        row.workspace.reply_to if row.workspace else "",
    )


@unit_of_work
async def free() -> int:
    """Take back what an earlier process was sending when it died; returns how many."""
    left = Message.filter(state=MessageState.SENDING).exclude(holder=ME)
    rows = await left.values("id", "workspace_id")
    await left.update(state=MessageState.RETRYING, holder="", held_until=None, next_try_at=now())
    for row in rows:
        changed(row["workspace_id"], row["id"])
    return len(rows)


def changed(workspace_id: int | None, message_id: int) -> None:
    signals.emit(Changed(workspace_id, Topic.MESSAGES, (message_id,)))
