"""Takes messages out of the outbox one at a time, and writes down what became of each."""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import F, Q

from models import Message
from models.enums import AuditAction, MessageKind, MessageState, Resource
from services import audit, signals
from services.database import reader, unit_of_work
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

ME = secrets.token_hex(8)  # this process
LEASE = timedelta(minutes=15)  # longer than any try lasts
AT_ONCE = 50
WAITING = (MessageState.QUEUED, MessageState.RETRYING)
GROWTH = 4
LONGEST_DELAY = timedelta(hours=4)
JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Held:
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


def _is_due(at: datetime) -> Q:
    # what waits longer than anything may was queued before the clock was turned back
    never = at + LONGEST_DELAY * (1 + JITTER)
    waits = Q(state=MessageState.RETRYING) & (Q(next_try_at__lte=at) | Q(next_try_at__gt=never))
    held = Q(state=MessageState.SENDING, held_until__lte=at)
    return Q(state=MessageState.QUEUED) | waits | held


async def due() -> list[int]:
    """The ids of some messages to send now, the longest due first."""
    rows = Message.filter(_is_due(now())).using_db(reader())
    return [
        row["id"] for row in await rows.order_by("next_try_at", "id").limit(AT_ONCE).values("id")
    ]


async def next_due() -> datetime | None:
    """When the next message is to be sent, or looked after because its sender fell silent."""
    waits = await _first(Message.filter(state__in=WAITING), "next_try_at")
    held = await _first(Message.filter(state=MessageState.SENDING), "held_until")
    return min((at for at in (waits, held) if at), default=None)


async def _first(messages: Any, column: str) -> datetime | None:
    rows = await messages.using_db(reader()).order_by(column).limit(1).values(column)
    return rows[0][column] if rows else None


@unit_of_work
async def claim(message_id: int) -> Held | None:
    """The message, its try counted; nothing where another one was faster.

    The first try begins the days in which it is retried: those in which no mail could go out at
    all do not count.
    """
    at = now()
    claimed = await Message.filter(_is_due(at), id=message_id).update(
        state=MessageState.SENDING, holder=ME, held_until=at + LEASE, tries=F("tries") + 1
    )
    if not claimed:
        return None
    row = await Message.get(id=message_id).select_related("workspace")
    if row.tries == 1:
        await Message.filter(id=row.id).update(queued_at=at)
        row.queued_at = at
    _changed(row.workspace_id, row.id)
    return Held(
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
async def sent(held: Held, answer: str) -> bool:
    at = now()
    return await _settle(held, MessageState.SENT, answer, sent_at=at, next_try_at=at)


@unit_of_work
async def postpone(held: Held, answer: str) -> bool:
    """Try again later; or never, once it was tried for as long as the setting says."""
    at = now()
    if at >= held.queued_at + get_settings().mail_give_up_after:
        return await fail(held, answer)
    later = at + delay(held.tries)
    return await _settle(held, MessageState.RETRYING, answer, next_try_at=later)


def delay(tries: int) -> timedelta:
    """Growing, and never the same for many that failed together."""
    first = get_settings().mail_retry_after
    grown = first * GROWTH ** min(tries - 1, 20)
    return min(grown, LONGEST_DELAY) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


@unit_of_work
async def give_back(held: Held, answer: str) -> bool:
    """As if it had not been tried: what stopped it has nothing to do with it."""
    state = MessageState.RETRYING if held.tries > 1 else MessageState.QUEUED
    return await _settle(held, state, answer, tries=held.tries - 1)


@unit_of_work
async def fail(held: Held, answer: str) -> bool:
    """For good; `next_try_at` keeps when."""
    if not await _settle(held, MessageState.FAILED, answer, next_try_at=now()):
        return False
    await audit.record(
        AuditAction.FAIL,
        Resource.MESSAGE,
        held.id,
        by=None,
        workspace_id=held.workspace_id,
        person_id=held.requested_by_id,
        kind=held.kind.value,
        tries=held.tries,
    )
    signals.emit(Changed(None, Topic.HISTORY))
    return True


async def _settle(held: Held, state: MessageState, answer: str, **values: Any) -> bool:
    """Only who holds it may say so; whoever took too long is not heard."""
    settled = await Message.filter(id=held.id, state=MessageState.SENDING, holder=ME).update(
        state=state, last_answer=answer, holder="", held_until=None, **values
    )
    if settled:
        _changed(held.workspace_id, held.id)
    return bool(settled)


@unit_of_work
async def free() -> int:
    """Take back what an earlier process was sending when it died; returns how many."""
    left = Message.filter(state=MessageState.SENDING).exclude(holder=ME)
    rows = await left.values("id", "workspace_id")
    await left.update(state=MessageState.RETRYING, holder="", held_until=None, next_try_at=now())
    for row in rows:
        _changed(row["workspace_id"], row["id"])
    return len(rows)


def _changed(workspace_id: int | None, message_id: int) -> None:
    signals.emit(Changed(workspace_id, Topic.MESSAGES, (message_id,)))
