"""The owner's backups: made, checked again, deleted, and taken away as one file."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from models import Installation
from models.enums import AuditAction, Resource
from services import (
    audit,
    backup_checks,
    backup_folder,
    backup_standing,
    backup_tar,
    backup_writing,
    file_limits,
    signals,
    step_up,
)
from services.actor import Actor
from services.backup_checks import Progress
from services.backup_manifest import Made, Manifest, NotABackup
from services.backup_writing import BackupFailed, Wanted
from services.database import unit_of_work
from services.errors import Conflict
from services.permissions import Permission, require
from services.settings import get_settings
from services.sheets import Export
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)
TAR = "application/x-tar"


async def make(actor: Actor, progress: Progress = backup_writing.nothing) -> str:
    """Back up now; returns the name. Raises BackupFailed, and Conflict while one is being made."""
    require(actor, Permission.RUN_INSTALLATION)
    wanted = Wanted(folder=_place(), made=Made.HAND, person_id=actor.person_id)
    return (await make_and_record(wanted, actor, progress)).name


async def make_and_record(
    wanted: Wanted, actor: Actor | None, progress: Progress = backup_writing.nothing
) -> Path:
    """A backup, or why there is none, kept for the owner to see. Raises as `make`."""
    settings, told = get_settings(), _from_thread(progress)
    try:
        made = await asyncio.to_thread(backup_writing.write, settings, wanted, told)
        manifest = await asyncio.to_thread(backup_folder.manifest, made)
    except BackupFailed as failed:
        if not settings.uses_postgres:
            log.error("A backup failed: %s", failed.message)
            await _record_failure(actor, wanted.made, failed.message)
        raise
    await _record_success(actor, manifest)
    return made


@unit_of_work
async def _record_success(actor: Actor | None, manifest: Manifest) -> None:
    await Installation.all().update(backup_problem="", backup_tried_at=now())
    await audit.record(
        AuditAction.CREATE,
        Resource.BACKUP,
        None,
        by=actor,
        made=manifest.made.value,
        entries=manifest.entries,
        size=manifest.size,
    )
    signals.emit(Changed(None, Topic.BACKUPS))


@unit_of_work
async def _record_failure(actor: Actor | None, made: Made, problem: str) -> None:
    await Installation.all().update(backup_problem=problem[:500], backup_tried_at=now())
    await audit.record(AuditAction.FAIL, Resource.BACKUP, None, by=actor, made=made.value)
    signals.emit(Changed(None, Topic.BACKUPS))


async def check(
    actor: Actor, name: str, progress: Progress = backup_writing.nothing
) -> tuple[str, ...]:
    """What is wrong with a backup by now, nothing where all is well. Raises NotFound."""
    require(actor, Permission.RUN_INSTALLATION)
    backup = await asyncio.to_thread(backup_folder.named, _place(), name)
    told = _from_thread(progress)

    def look() -> list[str]:
        try:
            return backup_checks.problems(backup, backup_folder.manifest(backup), told)
        except NotABackup as error:
            return [str(error)]

    problems = tuple(await asyncio.to_thread(look))
    if problems != (backup_checks.FOREIGN,):  # which is looked at each time: keys come and go
        await asyncio.to_thread(backup_standing.write, backup, now(), problems)
    await _record(AuditAction.VERIFY, actor, name, findings=len(problems))
    return problems


def _from_thread(progress: Progress) -> Progress:
    """The same, called from a thread."""
    loop = asyncio.get_running_loop()

    def told(what: str, done: int, of: int) -> None:
        loop.call_soon_threadsafe(progress, what, done, of)

    return told


async def delete(actor: Actor, name: str) -> None:
    """Raises NotFound, ConfirmationDue, and Conflict while one is being made."""
    require(actor, Permission.RUN_INSTALLATION)
    await asyncio.to_thread(backup_folder.named, _place(), name)
    await step_up.require(actor)

    def remove() -> None:
        backup = backup_folder.named(_place(), name)
        with backup_folder.alone(_place()):
            backup_folder.remove(backup)

    await asyncio.to_thread(remove)
    await _record(AuditAction.REMOVE, actor, name)


async def may_download(actor: Actor, name: str) -> str:
    """The name, where `download` would give it. Raises as that."""
    require(actor, Permission.RUN_INSTALLATION)
    await asyncio.to_thread(backup_folder.named, _place(), name)
    await step_up.require(actor)
    return name


async def download(actor: Actor, name: str) -> Export:
    """The backup as one file. Raises NotFound, ConfirmationDue, and Limited."""
    backup = _place() / await may_download(actor, name)
    try:
        manifest = await asyncio.to_thread(backup_folder.manifest, backup)
    except NotABackup as error:
        raise Conflict(str(error)) from error
    await _record_download(actor, name, manifest.size)
    pieces: AsyncIterator[bytes] = backup_tar.pieces(backup, manifest)
    return Export(f"tallystick-{name}.tar", pieces, TAR)


@unit_of_work
async def _record_download(actor: Actor, name: str, size: int) -> None:
    await file_limits.book(actor)
    await _record(AuditAction.EXPORT, actor, name, size=size)


@unit_of_work
async def _record(action: AuditAction, actor: Actor, name: str, **detail: int) -> None:
    await audit.record(action, Resource.BACKUP, None, by=actor, backup=name, **detail)
    signals.emit(Changed(None, Topic.BACKUPS))


def _place() -> Path:
    return backup_folder.place(get_settings())
