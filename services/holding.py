"""Holds codes after a restore, and ends what must not go on from an older time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import Installation, Invitation, PasskeyChallenge, PasswordReset, Session
from models.enums import AuditAction, Resource
from services import audit, pointless_mails, totp
from services.database import execute_each, fetch, unit_of_work
from services.zones import now

HOLD = "UPDATE code SET status = 'HELD' WHERE id = ? AND status = 'READY'"
HOLD_ALL = """
UPDATE code SET status = 'HELD' WHERE status = 'READY'
AND batch_id IN (SELECT id FROM batch WHERE state = ?)"""
COUNT = """
SELECT batch.id, batch.workspace_id, COUNT(code.id) - batch.held AS codes
FROM batch JOIN code ON code.batch_id = batch.id AND code.status = 'HELD'
WHERE batch.state = 'DONE' GROUP BY batch.id, batch.workspace_id, batch.held
HAVING COUNT(code.id) > batch.held ORDER BY batch.id"""
COUNTED = "UPDATE batch SET held = held + ?, ready = ready - ? WHERE id = ?"
# what the lost time made of them was other codes: those here were shown to nobody
UNFINISHED = """
DELETE FROM code WHERE batch_id IN (SELECT id FROM batch WHERE state IN ('QUEUED', ?))"""
BEGIN_AGAIN = """
UPDATE batch SET state = 'QUEUED', made = 0, tries = 0, holder = '', held_until = NULL,
    started_at = NULL WHERE state IN ('QUEUED', ?)"""
SENDING = "UPDATE message SET held_until = NULL, holder = '' WHERE state = ?"
USED_APP = "UPDATE authenticator SET last_step = ? WHERE last_step < ?"
USED_RECOVERY = "UPDATE recovery_code SET used_at = ? WHERE id = ? AND used_at IS NULL"
# a table that never had a row has none here either
FIRST_NUMBER = """
INSERT INTO sqlite_sequence (name, seq)
SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)"""
NUMBER = "UPDATE sqlite_sequence SET seq = ? WHERE name = ? AND seq < ?"
NUMBERS = "SELECT name, seq FROM sqlite_sequence"
WITHDRAWN = "A restore withdrew the invitation."
FAR, NEAR = 10_000_000, 10_000
IN_LINKS = ("code", "message", "invitation", "password_reset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """`ids` are the codes to hold, None all that are READY; `numbers` the newest ids by table.

    `invitations` are those to withdraw, None all that are open; `recovery` the recovery codes
    that were used since. `seq` is the seal that the copy ends with, `known` the newest one there
    was; `gone` counts codes that were made later and are lost.
    """

    ids: Sequence[int] | None
    numbers: dict[str, int] | None
    invitations: Sequence[int] | None
    recovery: Sequence[int]
    backup: str
    seq: int
    known: int
    gone: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How many codes are held, and how many invitations withdrawn."""

    held: int
    invitations: int


@unit_of_work
async def hold(wanted: Holding) -> Ended:
    """In the copy, before it takes the place of anything."""
    await _begin_again()
    await _end_ways_in()
    await _use_up_proofs(wanted.recovery)
    invitations = await _withdraw(wanted.invitations)
    await _skip_numbers(wanted.numbers)
    if wanted.ids is None:
        await execute_each(HOLD_ALL, [("DONE",)])
    else:
        await execute_each(HOLD, [(code_id,) for code_id in wanted.ids])
    found = await fetch(COUNT)
    await execute_each(COUNTED, [(row["codes"], row["codes"], row["id"]) for row in found])
    held = sum(row["codes"] for row in found)
    await _record(wanted, found, Ended(held, invitations))
    return Ended(held, invitations)


async def _record(wanted: Holding, found: Sequence[dict[str, Any]], ended: Ended) -> None:
    restored = audit.entry(
        AuditAction.RESTORE,
        Resource.BACKUP,
        None,
        by=None,
        backup=wanted.backup,
        seal=wanted.seq,
        newest_seal=wanted.known,
        held=ended.held,
        invitations=ended.invitations,
        gone=wanted.gone,
    )
    each = [
        audit.entry(
            AuditAction.HOLD,
            Resource.BATCH,
            row["id"],
            by=None,
            workspace_id=row["workspace_id"],
            codes=row["codes"],
        )
        for row in found
    ]
    await audit.record_all([restored, *each])


async def _begin_again() -> None:
    for statement in (UNFINISHED, BEGIN_AGAIN):
        await execute_each(statement, [("RUNNING",)])
    await execute_each(SENDING, [("SENDING",)])


async def _end_ways_in() -> None:
    """Whoever was signed in, or on the way to it, may not be any more by now."""
    at = now()
    await Session.filter(ended_at=None).update(ended_at=at)
    await PasswordReset.filter(used_at=None).update(used_at=at)
    await PasskeyChallenge.all().delete()
    await Installation.all().update(setup_digest=None, setup_expires_at=None, backup_problem="")


async def _use_up_proofs(recovery: Sequence[int]) -> None:
    """What proved since who somebody is must not do so again."""
    step = totp.step_of_now() + 1  # phones may be ahead by one
    await execute_each(USED_APP, [(step, step)])
    await execute_each(USED_RECOVERY, [(now(), each) for each in recovery])


async def _withdraw(ids: Sequence[int] | None) -> int:
    """An invitation may have been accepted or withdrawn since: its link would open again."""
    open_ones = Invitation.filter(accepted_at=None, withdrawn_at=None)
    if ids is None:
        ids = [row.id for row in await open_ones]
    if not ids:
        return 0
    await pointless_mails.end(WITHDRAWN, invitation_id__in=list(ids))
    return await open_ones.filter(id__in=list(ids)).update(withdrawn_at=now())


async def _skip_numbers(newest: dict[str, int] | None) -> None:
    """No number is given twice: a link names a row by it, and may be of a row that is lost."""
    given = {row["name"]: row["seq"] for row in await fetch(NUMBERS)}
    for name in sorted({*IN_LINKS, *given, *(newest or ())}):
        seq, far = given.get(name, 0), FAR if name in IN_LINKS else NEAR
        wanted = seq + far if newest is None else max(seq, newest.get(name, 0))
        await execute_each(FIRST_NUMBER, [(name, name)])
        await execute_each(NUMBER, [(wanted, name, wanted)])
