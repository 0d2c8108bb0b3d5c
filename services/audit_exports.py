"""Large files of the log: made beside everything else, taken up after a crash, kept a week."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

from tortoise.queryset import QuerySet

from models import AuditExport
from models.enums import UNDER_WAY, AuditAction, BatchState, Resource
from services import (
    audit,
    audit_files,
    audit_filter,
    audit_list,
    audit_scan,
    background,
    disk,
    file_limits,
    signals,
)
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.database import execute_each, fetch, is_id, unit_of_work
from services.errors import Conflict, NotFound
from services.settings import get_settings
from services.sheets import Export, pieces
from services.signals import Changed, Topic
from services.workbooks import XLSX_MOST_ROWS
from services.zones import now

log = logging.getLogger(__name__)

MOST_WAITING = 3  # of one person
MOST_TRIES = 5
HELD_FOR = timedelta(seconds=60)
AGAIN_AFTER = timedelta(seconds=10)
ADVANCE_EVERY = 1.0  # seconds between two commits of the progress
KEPT = timedelta(days=7)
FAILURE = "The file could not be made after several tries. Choose a shorter period and try again."
TOO_MANY = (
    f"A spreadsheet holds {XLSX_MOST_ROWS:,} rows, and these are more. Take the CSV, or choose a "
    "shorter period."
)
WAITING = "Three of your files are in the making. Wait for one of them."
GONE = "This file does not exist, or not for you. Files are kept for 7 days."

HOLDER = secrets.token_hex(16)  # this process
# held for longer than anybody ever holds one: the clock was turned back
UNHELD = """
SELECT id, tries FROM audit_export
WHERE state = 'QUEUED'
    OR (state = 'RUNNING' AND (held_until IS NULL OR held_until < ? OR held_until > ?))
ORDER BY id LIMIT 1"""
TAKE = """
UPDATE audit_export SET state = 'RUNNING', holder = ?, held_until = ?, tries = tries + 1, made = 0
WHERE id = ? AND tries = ? AND state IN ('QUEUED', 'RUNNING')
    AND (state = 'QUEUED' OR held_until IS NULL OR held_until < ? OR held_until > ?)"""


class _Lost(Exception):
    """Somebody else has it."""


class _Stopped(Exception):
    """The process ends; the file is begun anew by the next one."""


class _TooMany(Exception):
    """More rows than a spreadsheet holds."""


async def request(actor: Actor, wanted: AuditFilter, form: str) -> int | None:
    """Queue a large file and return its id; None says that it is small enough to be sent at once.

    Raises NotFound, and Conflict where somebody has asked for many already.
    """
    asked = await audit_list.search(actor, wanted)
    audit_files.require_form(form)
    found = await audit_list.size(actor, wanted, audit_files.AT_ONCE, audit_scan.PATIENCE)
    return None if found.is_all else await _queue(actor, wanted, form, asked.end)


@unit_of_work
async def _queue(actor: Actor, wanted: AuditFilter, form: str, end: int) -> int:
    mine = AuditExport.filter(requested_by_id=actor.person_id, state__in=UNDER_WAY)
    if await mine.count() >= MOST_WAITING:
        raise Conflict(WAITING)
    export = await AuditExport.create(
        workspace_id=actor.workspace_id,
        requested_by_id=actor.person_id,
        wanted={"asked": wanted.as_query(), "end": end},
        form=form,
        zone=actor.time_zone,
    )
    await audit_files.record(actor, wanted, form, export=export.id)
    signals.emit(Changed(actor.workspace_id, Topic.EXPORTS))
    return export.id


async def fetch_file(actor: Actor, export_id: int) -> Export:
    """The file, for who asked for it and may still read that log, audited. Raises NotFound."""
    log_of = audit_list.log_of(actor)
    own = AuditExport.filter(requested_by_id=actor.person_id, workspace_id=log_of)
    export = is_id(export_id) and await own.get_or_none(id=export_id, state=BatchState.DONE)
    if not export or not _path(export).exists():
        raise NotFound(GONE)
    await _record_taken(actor, export)
    file = await asyncio.to_thread(_path(export).open, "rb")
    name = audit_files.name(actor.workspace_slug, export.form)
    return Export(name, pieces(file), audit_files.FORMS[export.form])


@unit_of_work
async def _record_taken(actor: Actor, export: AuditExport) -> None:
    await file_limits.book(actor)
    await audit.record(AuditAction.EXPORT, Resource.EXPORT, export.id, by=actor)


def _folder() -> Path:
    return get_settings().data_dir / "exports"


def _path(export: AuditExport) -> Path:
    return _folder() / f"{export.id}.{export.form}"


async def free() -> None:
    """At the start: what a process that is gone had taken up is free at once."""
    await AuditExport.filter(state=BatchState.RUNNING).update(held_until=None)
    for left in _folder().glob("*.part"):
        left.unlink(missing_ok=True)


async def work() -> timedelta:
    """Make one file after the other; returns when to look again at the latest."""
    while not background.is_stopping():
        at = now()
        found = await fetch(UNHELD, at, at + HELD_FOR)
        if not found:
            break
        export_id, tries = found[0]["id"], found[0]["tries"]
        if tries >= MOST_TRIES:
            await _fail(export_id, FAILURE)
        elif await _take(export_id, tries):
            await _try(await AuditExport.get(id=export_id))
    return AGAIN_AFTER


@unit_of_work
async def _take(export_id: int, tries: int) -> bool:
    # counted before it is tried: what kills the process must not be tried for ever
    at = now()
    until = at + HELD_FOR
    [taken] = await execute_each(TAKE, [(HOLDER, until, export_id, tries, at, until)])
    return bool(taken)


def _held(export: AuditExport) -> QuerySet[AuditExport]:
    """Its row, as long as this process has it."""
    return AuditExport.filter(id=export.id, state=BatchState.RUNNING, holder=HOLDER)


async def _try(export: AuditExport) -> None:
    try:
        await _make(export)
    except _Lost:
        log.info("Export %d was taken over by somebody else.", export.id)
    except _Stopped:
        again = {"state": BatchState.QUEUED, "tries": export.tries - 1}
        await _held(export).update(**again, held_until=None)
    except _TooMany:
        await _fail(export.id, TOO_MANY)
    except Exception:
        log.exception("Export %d could not go on; it is taken up again soon.", export.id)
        await _held(export).update(held_until=now() + AGAIN_AFTER)


async def _make(export: AuditExport) -> None:
    wanted = audit_filter.read(export.wanted["asked"])
    asked = await audit_scan.search(wanted, export.workspace_id, export.zone)
    asked = replace(asked, end=min(asked.end, export.wanted["end"]))
    rows = _watched(export, audit_files.parts(asked, export.zone))
    part = _folder() / f"{export.id}-{HOLDER}.part"
    try:
        await _write(part, await audit_files.content(export.form, rows))
        await asyncio.to_thread(part.rename, _path(export))
    finally:
        part.unlink(missing_ok=True)
    await _finish(export)


async def _watched(
    export: AuditExport, parts: AsyncIterator[list[audit_files.Row]]
) -> AsyncIterator[list[audit_files.Row]]:
    """The same rows; between them it is held on to, or given up."""
    told = monotonic()
    async for rows in parts:
        export.made += len(rows)
        if export.form == "xlsx" and export.made > XLSX_MOST_ROWS:
            raise _TooMany
        if background.is_stopping():
            raise _Stopped
        if monotonic() - told > ADVANCE_EVERY:
            await _advance(export)
            told = monotonic()
        yield rows


async def _advance(export: AuditExport) -> None:
    if not await _held(export).update(made=export.made, held_until=now() + HELD_FOR):
        raise _Lost


async def _write(path: Path, content: AsyncIterator[bytes]) -> None:
    await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(number, "wb") as file:
        async for piece in content:
            await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(disk.sync, file)


@unit_of_work
async def _finish(export: AuditExport) -> None:
    done = {"state": BatchState.DONE, "made": export.made, "finished_at": now()}
    if not await _held(export).update(**done, holder="", held_until=None):
        raise _Lost
    await _record(AuditAction.COMPLETE, export, entries=export.made)


@unit_of_work
async def _fail(export_id: int, failure: str) -> None:
    export = await AuditExport.get(id=export_id)
    under_way = AuditExport.filter(id=export_id, state__in=UNDER_WAY)
    ended = {"state": BatchState.FAILED, "failure": failure, "finished_at": now()}
    if await under_way.update(**ended, holder="", held_until=None):
        await _record(AuditAction.FAIL, export)


async def _record(action: AuditAction, export: AuditExport, **detail: int) -> None:
    place = {"workspace_id": export.workspace_id, "person_id": export.requested_by_id}
    await audit.record(action, Resource.EXPORT, export.id, by=None, **place, **detail)
    signals.emit(Changed(export.workspace_id, Topic.EXPORTS))


async def forget_old() -> int:
    """Delete files a week after they were made, with what was asked for."""
    old = await AuditExport.filter(finished_at__lt=now() - KEPT)
    for export in old:
        await asyncio.to_thread(_path(export).unlink, missing_ok=True)
    return await _forget([export.id for export in old])


@unit_of_work
async def _forget(ids: list[int]) -> int:
    return await AuditExport.filter(id__in=ids).delete() if ids else 0
