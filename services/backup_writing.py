"""Makes a backup: everything but the key file, of one moment, checked before it is one."""

import errno
import io
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from services import (
    backup_checks,
    backup_folder,
    backup_manifest,
    copied_database,
    database_copy,
    disk,
    evidence_store,
    head_lines,
    heads_file,
)
from services.audit_heads import read as read_head
from services.backup_checks import Progress
from services.backup_manifest import DATABASE, EVIDENCE, HEADS, Made, Manifest
from services.content_digest import content_of
from services.errors import DomainError
from services.settings import Settings
from services.version import VERSION
from services.zones import now

SPARE = 64 * 1024 * 1024  # bytes that stay free for the application
USE_PG_DUMP = (
    "The database is PostgreSQL: take it with pg_dump --format=custom, then copy evidence/ and "
    "heads.jsonl of the data folder. docs/operations.md has the commands."
)


class BackupFailed(DomainError):
    """Nothing of it is left; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`folder` is where to put it, beside others or alone."""

    folder: Path
    made: Made
    person_id: int | None = None


def nothing(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def write(settings: Settings, wanted: Wanted, progress: Progress = nothing) -> Path:
    """The folder of a new backup; blocks, so call it in a thread.

    Raises BackupFailed, and Conflict while another one is being made.
    """
    if settings.uses_postgres:
        raise BackupFailed(USE_PG_DUMP)
    try:
        with backup_folder.alone(wanted.folder):
            backup_folder.sweep(wanted.folder)
            _require_room(settings, wanted.folder)
            unfinished = backup_folder.begin(wanted.folder)
            try:
                return _fill(settings, wanted, unfinished, progress)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(_why(wanted.folder, error)) from error


def _why(folder: Path, error: Exception) -> str:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "full" in str(error):
        return f"The disk of {folder} is full. Make room there, or set TALLYSTICK_BACKUP_DIR."
    said = (isinstance(error, OSError) and error.strerror) or error
    return f"The backup could not be written to {folder}: {said}."


def _require_room(settings: Settings, folder: Path) -> None:
    needed = _size(settings.sqlite_path) + _size(Path(f"{settings.sqlite_path}-wal")) + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        missing = -(-(needed - free) // 2**20)
        raise BackupFailed(f"The disk of {folder} lacks {missing:,} MB for another backup.")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _fill(settings: Settings, wanted: Wanted, target: Path, progress: Progress) -> Path:
    progress("Copying the database", 0, 0)
    heads = settings.data_dir / heads_file.NAME
    if heads.exists():  # before the database: what it says is in there
        _copy(heads, target / HEADS)
    database_copy.write_copy(settings.sqlite_path, target / DATABASE)
    missing = _add_evidence(settings, target, progress)
    manifest = _manifest(wanted, target, missing)
    if problems := backup_checks.problems(target, manifest, progress):
        raise BackupFailed(f"The new copy is not sound and was not kept. {' '.join(problems[:3])}")
    content = io.BytesIO(backup_manifest.to_bytes(manifest))
    disk.write_new(target / backup_manifest.NAME, content)
    return backup_folder.finish(target, manifest.made_at)


def _add_evidence(settings: Settings, target: Path, progress: Progress) -> tuple[str, ...]:
    """Every file that the copy speaks of; returns those that were gone or damaged already."""
    with copied_database.opened(target / DATABASE) as database:
        wanted = [row["digest"] for row in copied_database.read(database, copied_database.EVIDENCE)]
    missing: list[str] = []
    (target / EVIDENCE).mkdir(mode=0o700)
    for number, digest in enumerate(wanted, start=1):
        progress("Adding files of evaluations", number, len(wanted))
        source = evidence_store.path_of(settings.data_dir, digest)
        if source.is_file() and content_of(source).sha256 == digest:
            add_file(source, target / EVIDENCE / digest)
        else:
            missing.append(digest)
    disk.sync_folder(target / EVIDENCE)
    return tuple(missing)


def add_file(source: Path, target: Path) -> None:
    """As another name of the same file where the disk is the same: it is never written again."""
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as old:
        disk.write_new(target, old)


def _manifest(wanted: Wanted, target: Path, missing: tuple[str, ...]) -> Manifest:
    with copied_database.opened(target / DATABASE) as database:
        ends = copied_database.read(database, copied_database.END)
        signed = copied_database.read(database, copied_database.HEAD)
        head = read_head(signed[0]) if signed else None
        return Manifest(
            program=VERSION,
            made_at=now().replace(microsecond=0),
            made=wanted.made,
            person_id=wanted.person_id,
            tables=copied_database.counts(database),
            seq=ends[0]["seq"] if ends else 0,
            digest=ends[0]["digest"] if ends else "",
            last_entry=copied_database.value(database, copied_database.LAST_ENTRY),
            head=head_lines.to_line(head) if head else "",
            key_check=copied_database.value(database, copied_database.KEY_CHECK),
            keys=copied_database.key_checks(database),
            files={name: content_of(target / name) for name in _names(target)},
            missing=missing,
        )


def _names(target: Path) -> list[str]:
    files = [each for each in target.rglob("*") if each.is_file()]
    return sorted(each.relative_to(target).as_posix() for each in files)
