"""Seals entries into the chain a moment after they were written, off everybody's way."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services import audit_chain, audit_heads, background, database, signals
from services.audit_chain import GENESIS, Unreadable
from services.database import fetch, insert_many, unit_of_work
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds, in which what happens is sealed together
PATIENCE = 10.0  # seconds at the end of the process
LOOK_AGAIN = timedelta(minutes=1)
# A transaction does not stay open that long: whatever has an older number is there by now.
LOOK_BACK = timedelta(hours=1)
ALL_AGAIN = timedelta(days=1)
FOUND_AT_ONCE, TOGETHER = 10_000, 500
LOCK = "sealing"
COLUMNS = ("seq", "entry_id", "previous", "digest")

PENDING = """
SELECT entry.id FROM audit_entry entry WHERE entry.id > ?
AND NOT EXISTS (SELECT 1 FROM audit_seal seal WHERE seal.entry_id = entry.id)
ORDER BY entry.id LIMIT ?"""
ENTRIES = """
SELECT id, at, workspace_id, person_id, action, resource, target_id, detail
FROM audit_entry WHERE id IN (?) ORDER BY id"""
OLDER = "SELECT id FROM audit_entry WHERE at < ? ORDER BY id DESC LIMIT 1"
SEALED = "SELECT entry_id FROM audit_seal WHERE entry_id IN (?)"
LAST = "SELECT seq, digest FROM audit_seal ORDER BY seq DESC LIMIT 1"


@dataclass
class _Process:
    """Up to which number this process knows everything to be sealed, and when it last looked."""

    floor: int = 0
    floor_at: float = -LOOK_BACK.total_seconds()
    all_at: float = -ALL_AGAIN.total_seconds()


_process = _Process()


async def work() -> timedelta:
    """Seal what is new and sign a head where one is due; returns when to look again."""
    await asyncio.sleep(PAUSE)
    await seal()
    if not background.is_stopping():
        await audit_heads.keep_up()
    return LOOK_AGAIN


async def finish() -> None:
    """At the end of the process: what is new is sealed and signed, if it is not very much."""
    try:
        async with asyncio.timeout(PATIENCE):
            await seal()
    except TimeoutError:
        log.warning("Not all of the log was sealed before the end; the next start goes on with it.")
        return  # a head is signed only over everything that was written before it
    await audit_heads.sign()


async def seal() -> int:
    """Seal every entry that is not; returns how many."""
    at = asyncio.get_running_loop().time()
    if at - _process.all_at >= ALL_AGAIN.total_seconds():
        _process.floor, _process.all_at = 0, at
        _process.floor_at = at - LOOK_BACK.total_seconds()
    after, sealed = _process.floor, 0
    while found := await fetch(PENDING, after, FOUND_AT_ONCE, reading=True):
        ids = [row["id"] for row in found]
        for first in range(0, len(ids), TOGETHER):
            sealed += await _seal_some(ids[first : first + TOGETHER])
        after = ids[-1]
    await _raise_floor(at)
    return sealed


async def _raise_floor(at: float) -> None:
    """After a look that left nothing: the next one need not look at what is older."""
    if at - _process.floor_at >= LOOK_BACK.total_seconds():
        rows = await fetch(OLDER, now() - LOOK_BACK, reading=True)
        _process.floor = rows[0]["id"] if rows else 0
        _process.floor_at = at


async def _seal_some(ids: list[int]) -> int:
    rows = await fetch(ENTRIES, ids, reading=True)
    readable: list[tuple[int, bytes]] = []
    for row in rows:
        try:
            readable.append((row["id"], audit_chain.canonical(row)))
        except Unreadable:
            log.error("Entry %d of the log cannot be read and stays unsealed.", row["id"])
    return await _append(readable)


@unit_of_work
async def _append(entries: Sequence[tuple[int, bytes]]) -> int:
    """Add seals for those that nobody sealed meanwhile; one sealer at a time."""
    await database.lock(LOCK)
    done = {row["entry_id"] for row in await fetch(SEALED, [entry_id for entry_id, _ in entries])}
    last = await fetch(LAST)
    rows = list(_chained(last[0] if last else None, [e for e in entries if e[0] not in done]))
    if rows:
        await insert_many("audit_seal", COLUMNS, rows)
        signals.emit(Changed(None, Topic.SEALS, (rows[-1][0],)))
    return len(rows)


def _chained(
    last: Mapping[str, Any] | None, entries: Sequence[tuple[int, bytes]]
) -> Iterator[tuple[int, int, str, str]]:
    seq, previous = (last["seq"], last["digest"]) if last else (0, GENESIS)
    for entry_id, content in entries:
        seq += 1
        digest = audit_chain.digest(previous, seq, content)
        yield seq, entry_id, previous, digest
        previous = digest
