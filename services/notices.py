"""Derives notifications from the log: which entry is told."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models import AuditEntry, Notification
from services import audience, signals
from services.audience import People
from services.database import fetch, unit_of_work
from services.notice_kinds import TABLE
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=1)
# A transaction does not stay open for a day; what is older was told, or seen by the first look.
LOOK_BACK = timedelta(days=1)
TOGETHER = 100

PENDING = """
SELECT entry.id FROM audit_entry entry
WHERE entry.action IN (?) AND entry.at >= ? AND entry.action || ' ' || entry.resource IN (?)
AND NOT EXISTS (SELECT 1 FROM audit_fanout fanout WHERE fanout.entry_id = entry.id)
ORDER BY entry.id"""
CLAIM = """
INSERT INTO audit_fanout (entry_id) SELECT id FROM audit_entry WHERE id IN (?) ORDER BY id
ON CONFLICT DO NOTHING RETURNING entry_id"""


@dataclass
class _Process:
    """Whether this process looked through the whole log once."""

    looked_through: bool = False


_process = _Process()


async def tell() -> timedelta:
    """Tell what nobody was told yet; returns when to look again at the latest."""
    since = now() - LOOK_BACK if _process.looked_through else datetime(1970, 1, 1, tzinfo=UTC)
    pending = await _pending(since)
    for first in range(0, len(pending), TOGETHER):
        await _tell_all(pending[first : first + TOGETHER])
    _process.looked_through = True
    return LOOK_AGAIN


async def _pending(since: datetime) -> list[int]:
    actions = sorted({action for action, _ in TABLE})
    kinds = [" ".join(key) for key in TABLE]
    return [row["id"] for row in await fetch(PENDING, actions, since, kinds)]


async def _tell_all(entry_ids: list[int]) -> None:
    """Together; or each alone where one of them cannot be told, so that it holds up no other."""
    try:
        await _tell(entry_ids)
    except Exception:
        if len(entry_ids) == 1:
            log.exception("Entry %d of the log could not be told; it is tried again.", *entry_ids)
            return
        for each in entry_ids:
            await _tell_all([each])


@unit_of_work
async def _tell(entry_ids: list[int]) -> None:
    """Notifications and the mark that they were made, in one commit; whoever marks first tells."""
    claimed = [row["entry_id"] for row in await fetch(CLAIM, entry_ids)]
    entries = await AuditEntry.filter(id__in=claimed).order_by("id")
    people = await audience.people_of(entries)
    rows = [row for entry in entries for row in _rows(entry, people)]
    await Notification.bulk_create(rows, ignore_conflicts=True)
    if rows:
        told = tuple(dict.fromkeys(row.user_id for row in rows))
        signals.emit(Changed(None, Topic.NOTIFICATIONS, told))


def _rows(entry: AuditEntry, people: People) -> Iterator[Notification]:
    notice = TABLE[entry.action, entry.resource]
    for user_id in audience.of(entry, notice, people):
        yield Notification(
            user_id=user_id,
            entry_id=entry.id,
            kind=notice.kind,
            at=entry.at,
            workspace_id=audience.workspace_of(entry),
            target_id=entry.target_id,
            detail=entry.detail,
        )
