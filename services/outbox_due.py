"""Which messages are to be sent now, and when the next one is."""

from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Message
from models.enums import MessageState
from services.database import reader
from services.zones import now

AT_ONCE = 50
WAITING = (MessageState.QUEUED, MessageState.RETRYING)
LONGEST_DELAY = timedelta(hours=4)
JITTER = 0.2


def is_due(at: datetime) -> Q:
    # what waits longer than anything may was queued before the clock was turned back
    never = at + LONGEST_DELAY * (1 + JITTER)
    waits = Q(state=MessageState.RETRYING) & (Q(next_try_at__lte=at) | Q(next_try_at__gt=never))
    held = Q(state=MessageState.SENDING, held_until__lte=at)
    return Q(state=MessageState.QUEUED) | waits | held


async def now_due() -> list[int]:
    """The ids of some messages to send now, the longest due first."""
    rows = Message.filter(is_due(now())).using_db(reader())
    return [
        row["id"] for row in await rows.order_by("next_try_at", "id").limit(AT_ONCE).values("id")
    ]


async def next_due() -> datetime | None:
    """When the next message is to be sent, or looked after because its sender fell silent."""
    waits = await _first(Message.filter(state__in=WAITING), "next_try_at")
    held = await _first(Message.filter(state=MessageState.SENDING), "held_until")
    return min((at for at in (waits, held) if at), default=None)


async def _first(messages: QuerySet[Message], column: str) -> datetime | None:
    rows = await messages.using_db(reader()).order_by(column).limit(1).values(column)
    return rows[0][column] if rows else None
