"""Makes the codes of large batches beside everything else: in chunks, in turns, resumed."""

import asyncio
import logging
import secrets
from datetime import timedelta

from models import Batch, Code
from models.enums import UNDER_WAY, AuditAction, BatchState, CodeKind, Resource
from services import agreement_claims, audit, background, batches, signals
from services.actor import Actor
from services.database import execute_each, fetch, insert_many, unit_of_work
from services.errors import Conflict, NotFound
from services.issuing import CODE_COLUMNS, mail_set, rows_of
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

CHUNK = 1000  # codes in one commit: some twenty milliseconds in which nobody else can write
AT_ONCE = 50  # batches that take turns
MOST_TRIES = 5
HELD_FOR = timedelta(seconds=30)
AGAIN_AFTER = timedelta(seconds=10)
FAILURE = "The codes could not be made after several tries. Nothing was issued."

HOLDER = secrets.token_hex(16)  # this process
# held for longer than anybody ever holds one: the clock was turned back
UNHELD = """
SELECT id, tries FROM batch
WHERE state = 'QUEUED'
    OR (state = 'RUNNING' AND (held_until IS NULL OR held_until < ? OR held_until > ?))
ORDER BY id LIMIT ?"""
TAKE = """
UPDATE batch SET state = 'RUNNING', holder = ?, held_until = ?, tries = tries + 1,
    started_at = COALESCE(started_at, ?)
WHERE id = ? AND tries = ? AND state IN ('QUEUED', 'RUNNING')
    AND (state = 'QUEUED' OR held_until IS NULL OR held_until < ? OR held_until > ?)"""
ADVANCE = """
UPDATE batch SET made = made + ?, held_until = ?, tries = 1
WHERE id = ? AND state = 'RUNNING' AND holder = ? AND made = ?"""
FINISH = """
UPDATE batch SET state = 'DONE', ready = quantity, finished_at = ?, holder = '', held_until = NULL
WHERE id = ? AND state = 'RUNNING' AND holder = ?"""

_held: dict[int, Batch] = {}


class _Lost(Exception):
    """The batch was cancelled, or somebody else has it."""


async def free() -> None:
    """At the start: what a process that is gone had taken up is free at once."""
    _held.clear()
    await Batch.filter(state=BatchState.RUNNING).update(held_until=None)


async def work() -> timedelta:
    """Make codes until no batch wants any; returns when to look again at the latest.

    Each batch gets one chunk in turn, so that a small one is not stuck behind large ones.
    """
    while not background.is_stopping():
        await _take_up()
        if not _held:
            break
        for batch in list(_held.values()):
            await _turn(batch)
    return AGAIN_AFTER


async def _take_up() -> None:
    at = now()
    for row in await fetch(UNHELD, at, at + HELD_FOR, AT_ONCE - len(_held)):
        if row["tries"] >= MOST_TRIES:
            await _give_up(row["id"])
        elif await _take(row["id"], row["tries"]):
            _held[row["id"]] = await Batch.get(id=row["id"])


@unit_of_work
async def _take(batch_id: int, tries: int) -> bool:
    # counted before it is tried: what kills the process must not be tried for ever
    at = now()
    until = at + HELD_FOR
    [taken] = await execute_each(TAKE, [(HOLDER, until, at, batch_id, tries, at, until)])
    return bool(taken)


async def _turn(batch: Batch) -> None:
    first, last = batch.made + 1, min(batch.made + CHUNK, batch.quantity)
    try:
        shares = await agreement_claims.shares_of(batch)
        await _store(batch, await asyncio.to_thread(rows_of, batch, first, last, shares))
    except _Lost:
        del _held[batch.id]
    except Exception:
        log.exception("Batch %d could not go on; it is taken up again soon.", batch.id)
        del _held[batch.id]
        await Batch.filter(id=batch.id, holder=HOLDER).update(held_until=now() + AGAIN_AFTER)
    else:
        batch.made = last
        if last == batch.quantity:
            del _held[batch.id]


@unit_of_work
async def _store(batch: Batch, rows: list[tuple[object, ...]]) -> None:
    """One chunk and the progress in one commit; the last one shows all codes."""
    step = (len(rows), now() + HELD_FOR, batch.id, HOLDER, batch.made)
    [advanced] = await execute_each(ADVANCE, [step])
    if not advanced:
        raise _Lost
    await insert_many("code", CODE_COLUMNS, rows)
    if batch.made + len(rows) == batch.quantity:
        await _finish(batch)
    batches.changed(batch)


async def _finish(batch: Batch) -> None:
    [finished] = await execute_each(FINISH, [(now(), batch.id, HOLDER)])
    assert finished, "the same commit advanced it"
    await mail_set(batch)
    await _record(AuditAction.COMPLETE, batch)


@unit_of_work
async def _give_up(batch_id: int) -> None:
    batch = await Batch.get(id=batch_id)
    if await _end(batch, BatchState.FAILED, failure=FAILURE):
        await _record(AuditAction.FAIL, batch)


async def _record(action: AuditAction, batch: Batch) -> None:
    place = {"workspace_id": batch.workspace_id, "person_id": batch.requested_by_id}
    await audit.record(action, Resource.BATCH, batch.id, by=None, **place, codes=batch.quantity)


async def _end(batch: Batch, state: BatchState, failure: str = "") -> bool:
    """Stop a batch that is not done and delete its hidden codes; the row stays."""
    wanted = Batch.filter(id=batch.id, state__in=UNDER_WAY)
    ended = await wanted.update(
        state=state, failure=failure, made=0, holder="", held_until=None, finished_at=now()
    )
    if ended:
        await Code.filter(batch_id=batch.id).delete()
        await agreement_claims.give_back_all(batch)
        batches.changed(batch)
    return bool(ended)


async def _own(actor: Actor, batch_id: int, kind: CodeKind) -> Batch:
    batch = await batches.own(actor, batch_id, kind=kind)
    if not batches.may_revoke(actor, batch):
        raise NotFound("You can do this with your own batches only.")
    return batch


@unit_of_work
async def cancel(actor: Actor, batch_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> None:
    """Stop a batch that is being made; no code of it is left. Raises NotFound, Conflict."""
    batch = await _own(actor, batch_id, kind)
    if not await _end(batch, BatchState.CANCELLED):
        raise Conflict("This batch is not being made any more.")
    await audit.record(AuditAction.CANCEL, Resource.BATCH, batch_id, by=actor)


@unit_of_work
async def retry(actor: Actor, batch_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> None:
    """Queue a failed or cancelled batch again, the same one; purchase codes are claimed anew.

    Raises NotFound, Conflict, QuotaExceeded.
    """
    batch = await _own(actor, batch_id, kind)
    wanted = Batch.filter(id=batch_id, state__in=[BatchState.FAILED, BatchState.CANCELLED])
    again = {"state": BatchState.QUEUED, "tries": 0, "failure": ""}
    if not await wanted.update(**again, started_at=None, finished_at=None):
        raise Conflict("Only a batch that failed or was cancelled can be tried again.")
    if kind is CodeKind.PURCHASE:
        await agreement_claims.claim(actor, batch)
    await audit.record(AuditAction.RETRY, Resource.BATCH, batch_id, by=actor)
    signals.emit(Changed(None, Topic.JOBS))
    batches.changed(batch)
