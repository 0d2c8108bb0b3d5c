"""Seals anew what an older key sealed, a few hundred codes at a time, beside everything else."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tortoise.expressions import F

from models import Key
from models.enums import AuditAction, Resource
from services import audit, background, keys, signals, totp, vault
from services.database import execute_each, fetch, is_postgres, unit_of_work
from services.errors import Conflict
from services.signals import Changed, Topic
from services.vault import SealBroken
from services.zones import now

log = logging.getLogger(__name__)

CHUNK = 300
BREATH = 0.01  # seconds between two chunks, in which others write
LOOK_AGAIN = timedelta(hours=1)

ROWS = """
SELECT id, workspace_id, batch_id, ordinal, sealed FROM code
WHERE id > ? AND id <= ?{} ORDER BY id LIMIT ?"""
# SQLite stores text in a column of bytes too, and text that is none cannot even be read
BYTES = " AND typeof(sealed) = 'blob'"
TEXT = "SELECT id FROM code WHERE typeof(sealed) <> 'blob' ORDER BY id LIMIT 10"
LEFT = """
SELECT id, workspace_id, batch_id, ordinal, sealed FROM code
WHERE substr(sealed, 1, 1) = ? ORDER BY id LIMIT ?"""
FREE = "SELECT id FROM code WHERE id IN (?) ORDER BY id"
RESEAL = "UPDATE code SET sealed = ?, digest = ? WHERE id = ? AND sealed = ?"


@dataclass(frozen=True, slots=True)
class Anew:
    """A code by the newest key, and the seal that it takes the place of."""

    id: int
    before: bytes
    sealed: bytes
    digest: bytes


async def work() -> timedelta:
    """Finish every replacement that is under way; returns when to look again."""
    for key in await Key.filter(replaced_at__isnull=False, retired_at=None).order_by("number"):
        if (
            await _through(key)
            and await _without_rest(key)
            and not await totp.seal_anew(key.number)
        ):
            await _retire(key)
            keys.retire(key.number)
    return LOOK_AGAIN


async def _through(key: Key) -> bool:
    """Chunk by chunk from where the last commit left off; False where the process ends."""
    statement = ROWS.format("" if is_postgres() else BYTES)
    while rows := await fetch(statement, key.resealed_to, key.codes_until, CHUNK):
        if background.is_stopping():
            return False
        await _store(key, await asyncio.to_thread(_anew, rows, key.number), rows[-1]["id"])
        await asyncio.sleep(BREATH)
        await key.refresh_from_db()
    return True


async def _without_rest(key: Key) -> bool:
    """Look through all codes again; False where some cannot be sealed anew."""
    for row in [] if is_postgres() else await fetch(TEXT, reading=True):
        log.error("Code row %d was altered: it holds text in the place of its seal.", row["id"])
    # The reader may be late, and then shows too many, never too few: no key seals after its time.
    while rows := await fetch(LEFT, bytes((key.number,)), CHUNK, reading=True):
        if background.is_stopping():
            return False
        anew = await asyncio.to_thread(_anew, rows, key.number)
        if not anew:
            log.error("Codes do not open with key %d. It stays in use for them.", key.number)
            return False
        await _store(key, anew, key.resealed_to)
        await asyncio.sleep(BREATH)
        await key.refresh_from_db()
    return True


def _anew(rows: Sequence[dict[str, Any]], number: int) -> list[Anew]:
    """Those of the rows that this key sealed; what does not open is left as it is."""
    return [
        anew for row in rows if row["sealed"][:1] == bytes((number,)) and (anew := _one_anew(row))
    ]


def _one_anew(row: dict[str, Any]) -> Anew | None:
    place = {name: row[name] for name in ("workspace_id", "batch_id", "ordinal")}
    try:
        return Anew(row["id"], row["sealed"], *vault.anew(row["sealed"], **place))
    except SealBroken:
        log.error("Code row %d was altered or moved: its seal does not open.", row["id"])
        return None


@unit_of_work
async def _store(key: Key, codes: Sequence[Anew], last: int) -> None:
    """Write them, and that everything up to `last` is done."""
    busy = await _busy(codes)
    done = last if busy is None else max(key.resealed_to, busy - 1)
    free = [code for code in codes if busy is None or code.id < busy]
    changed = await execute_each(RESEAL, [(c.sealed, c.digest, c.id, c.before) for c in free])
    claimed = await Key.filter(id=key.id, resealed_to=key.resealed_to, retired_at=None).update(
        resealed_to=done, resealed=F("resealed") + sum(map(bool, changed))
    )
    if not claimed:
        raise Conflict(f"Another process seals what key {key.number} sealed.")
    signals.emit(Changed(None, Topic.KEYS, (key.number,)))


async def _busy(codes: Sequence[Anew]) -> int | None:
    """The first code that somebody else is changing; it is come back to, so that nobody waits."""
    ids = [code.id for code in codes]
    rows = await fetch(FREE, ids, for_update=True, skip_locked=True) if ids else []
    free = {row["id"] for row in rows}
    return next((each for each in ids if each not in free), None)


@unit_of_work
async def _retire(key: Key) -> None:
    claimed = await Key.filter(id=key.id, retired_at=None).update(retired_at=now())
    if claimed:
        await audit.record(
            AuditAction.COMPLETE, Resource.KEY, key.number, by=None, codes=key.resealed
        )
        signals.emit(Changed(None, Topic.KEYS, (key.number,)))
