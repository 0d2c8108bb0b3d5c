"""Derives notifications from the log: which entry is told, and to whom."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models import AuditEntry, Membership, Notification, User
from models.enums import Role
from services import signals
from services.database import fetch, unit_of_work
from services.notice_kinds import TABLE, Notice, Told
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=1)
# A transaction does not stay open for a day; what is older was told, or seen by the first look.
LOOK_BACK = timedelta(days=1)
TOGETHER = 100
OF_WORKSPACE = "redeem:workspace:"

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
    people = await _people(entries)
    rows = [row for entry in entries for row in _rows(entry, people)]
    await Notification.bulk_create(rows, ignore_conflicts=True)
    if rows:
        told = tuple(dict.fromkeys(row.user_id for row in rows))
        signals.emit(Changed(None, Topic.NOTIFICATIONS, told))


def _rows(entry: AuditEntry, people: "_People") -> Iterator[Notification]:
    notice = TABLE[entry.action, entry.resource]
    for user_id in _told(entry, notice, people):
        yield Notification(
            user_id=user_id,
            entry_id=entry.id,
            kind=notice.kind,
            at=entry.at,
            workspace_id=_workspace_of(entry),
            target_id=entry.target_id,
            detail=entry.detail,
        )


def _workspace_of(entry: AuditEntry) -> int | None:
    """Its workspace; of a spent budget, the one whose budget it is."""
    budget = str(entry.detail.get("budget", ""))
    if entry.workspace_id is None and budget.startswith(OF_WORKSPACE):
        return int(budget.removeprefix(OF_WORKSPACE))
    return entry.workspace_id


@dataclass
class _People:
    """Who may be told: nobody whose account is disabled."""

    owners: list[int] = field(default_factory=list[int])
    users: dict[int, int] = field(default_factory=dict[int, int])  # by person
    seats: dict[tuple[int, int], Role] = field(default_factory=dict[tuple[int, int], Role])

    def admins(self, workspace_id: int | None) -> list[int]:
        return [
            user_id
            for (of, user_id), role in self.seats.items()
            if of == workspace_id and role is Role.ADMIN
        ]

    def may_enter(self, user_id: int, workspace_id: int | None) -> bool:
        everywhere = workspace_id is None or user_id in self.owners
        return everywhere or (workspace_id, user_id) in self.seats


async def _people(entries: Sequence[AuditEntry]) -> _People:
    asked = {entry.person_id for entry in entries} - {None}
    workspaces = {_workspace_of(entry) for entry in entries} - {None}
    users = await User.filter(person_id__in=asked, disabled_at=None) if asked else []
    seats = Membership.filter(workspace_id__in=workspaces, user__disabled_at=None).order_by("id")
    owners = await User.filter(is_owner=True, disabled_at=None).order_by("id")
    return _People(
        [owner.id for owner in owners],
        {user.person_id: user.id for user in users},
        {(s.workspace_id, s.user_id): s.role for s in (await seats if workspaces else [])},
    )


def _told(entry: AuditEntry, notice: Notice, people: _People) -> list[int]:
    found = (_audience(told, entry, people) for told in notice.told)
    return next((user_ids for user_ids in found if user_ids), [])


def _audience(told: Told, entry: AuditEntry, people: _People) -> list[int]:
    workspace_id = _workspace_of(entry)
    match told:
        case Told.ASKER:
            user_id = people.users.get(entry.person_id or 0)
            is_here = user_id is not None and people.may_enter(user_id, workspace_id)
            return [user_id] if user_id is not None and is_here else []
        case Told.ADMINS:
            return people.admins(workspace_id)
        case Told.OWNERS:
            return people.owners
        case Told.ADMINS_AND_OWNERS:
            return list(dict.fromkeys([*people.owners, *people.admins(workspace_id)]))
