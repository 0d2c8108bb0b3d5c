"""Writes down what became of a message: sent, tried again later, or failed."""

import random
from datetime import timedelta
from typing import Any

from models import Message
from models.enums import AuditAction, MessageState, Resource
from services import audit, outbox_claims, outbox_due
from services.database import unit_of_work
from services.outbox_claims import Claimed
from services.outbox_due import JITTER
from services.settings import get_settings
from services.zones import now

GROWTH = 4


@unit_of_work
async def sent(claimed: Claimed, answer: str) -> bool:
    """False, as of each function here, where this process does not hold the message any more."""
    at = now()
    return await _settle(claimed, MessageState.SENT, answer, sent_at=at, next_try_at=at)


@unit_of_work
async def postpone(claimed: Claimed, answer: str) -> bool:
    """Try again later; or never, once it was tried for as long as the setting says."""
    at = now()
    if at >= claimed.queued_at + get_settings().mail_give_up_after:
        return await fail(claimed, answer)
    later = at + delay(claimed.tries)
    return await _settle(claimed, MessageState.RETRYING, answer, next_try_at=later)


def delay(tries: int) -> timedelta:
    """Growing, and never the same for many that failed together."""
    first = get_settings().mail_retry_after
    grown = min(first * GROWTH ** min(tries - 1, 20), outbox_due.LONGEST_DELAY)
    return grown * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


@unit_of_work
async def give_back(claimed: Claimed, answer: str) -> bool:
    """As if it had not been tried: what stopped it has nothing to do with it."""
    state = MessageState.RETRYING if claimed.tries > 1 else MessageState.QUEUED
    return await _settle(claimed, state, answer, tries=claimed.tries - 1)


@unit_of_work
async def fail(claimed: Claimed, answer: str) -> bool:
    """For good; `next_try_at` keeps when."""
    if not await _settle(claimed, MessageState.FAILED, answer, next_try_at=now()):
        return False
    await audit.record(
        AuditAction.FAIL,
        Resource.MESSAGE,
        claimed.id,
        by=None,
        workspace_id=claimed.workspace_id,
        person_id=claimed.requested_by_id,
        kind=claimed.kind.value,
        tries=claimed.tries,
    )
    return True


async def _settle(claimed: Claimed, state: MessageState, answer: str, **values: Any) -> bool:
    """Only who holds it may say so; whoever took too long is not heard."""
    settled = await Message.filter(
        id=claimed.id, state=MessageState.SENDING, holder=outbox_claims.ME
    ).update(state=state, last_answer=answer, holder="", held_until=None, **values)
    if settled:
        outbox_claims.changed(claimed.workspace_id, claimed.id)
    return bool(settled)
