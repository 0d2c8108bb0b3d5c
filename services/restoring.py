"""Restores a backup: checked first, compared with what is known since, whole or not at all."""

import asyncio
import os
import shutil
import sqlite3
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from services import (
    backup_checks,
    backup_folder,
    backup_tar,
    backup_writing,
    copied_database,
    database,
    evidence_store,
    heads_file,
    holding,
    installation,
    key_file,
    keys,
    known_heads,
    newer_database,
    restore_swap,
)
from services.backup_checks import Progress
from services.backup_manifest import DATABASE, EVIDENCE, HEADS, Content, Manifest, NotABackup
from services.content_digest import content_of
from services.errors import DomainError
from services.holding import Ended, Holding
from services.keys import KeyFileError, Older
from services.known_heads import Known
from services.newer_database import Newer
from services.settings import Settings
from services.zones import now


class RestoreRefused(DomainError):
    """Nothing was changed; the message says why."""


class OlderCopy(RestoreRefused):
    """The copy is older than what is known; `known` is the newest that it lacks."""

    def __init__(self, manifest: Manifest, known: Known) -> None:
        super().__init__("The copy is older than what is known of the log.")
        self.manifest, self.known = manifest, known


class Held(StrEnum):
    """Which codes are held."""

    DIFFERENT = "those that differ from the database that was there"
    ALL = "all that were ready, as nothing says what happened since"
    NONE = "none, as somebody said that nothing happened since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`heads` are lines of heads that were kept elsewhere."""

    source: Path
    heads: str = ""
    accept_older: bool = False
    nothing_since: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`gone` are codes by batch that only the database knew that was there.

    `unused_key` is a newer key that the restored database does not know.
    """

    manifest: Manifest
    known: Known | None
    held: int
    invitations: int
    unused_key: int | None
    which: Held
    gone: dict[int, int]
    replaced: Path | None


async def restore(
    settings: Settings, asked: Asked, progress: Progress = backup_writing.nothing
) -> Restored:
    """Put a backup in the place of the data folder; needs the instance lock, nothing connected.

    Raises RestoreRefused, NotABackup, KeyFileError, SchemaRefused, Invalid: then all is as it was.
    """
    if settings.uses_postgres:
        raise RestoreRefused(
            "The database is PostgreSQL: put it back with pg_restore. docs/operations.md says how."
        )
    restore_swap.finish(settings)
    *older, newest = key_file.load_all(settings.key_path)
    keys.use(newest, [Older(ring) for ring in reversed(older)])
    try:
        return await _restore(settings, asked, progress)
    except BaseException:
        if not (settings.data_dir / restore_swap.STAGE / restore_swap.MARK).exists():
            restore_swap.give_up(settings)
        raise


async def _restore(settings: Settings, asked: Asked, progress: Progress) -> Restored:
    if place := restore_swap.apart(settings):
        raise RestoreRefused(
            f"{place} is on another disk than {settings.data_dir}, or mounted by itself: old and "
            "new cannot change places at once. Unmount it for the restore, and move what it holds."
        )
    stage = restore_swap.begin(settings)
    manifest = await asyncio.to_thread(_unpack, stage, asked.source, settings, progress)
    copy = stage / restore_swap.DATABASE
    newer = await asyncio.to_thread(newer_database.look, settings.sqlite_path, copy)
    known = _lacking(settings, asked, newer, manifest, copy)
    which = _which(asked, newer, known)
    gone = newer.gone if newer else {}
    sure: list[int] | None = [] if which is Held.NONE else None  # of what nobody can look up
    wanted = Holding(
        ids=newer.different if newer else sure,
        numbers=newer.numbers if newer else None,
        invitations=newer.invitations if newer else sure,
        recovery=newer.recovery if newer else [],
        backup=f"{manifest.made_at:%Y%m%dT%H%M%SZ}",
        seq=manifest.seq,
        known=known.seq if known else manifest.seq,
        gone=sum(gone.values()),
    )
    newest = keys.ring().key_id
    ended = await _hold(settings, stage, wanted)
    replaced = await asyncio.to_thread(restore_swap.commit, settings, now())
    return Restored(
        manifest=manifest,
        known=known,
        held=ended.held,
        invitations=ended.invitations,
        unused_key=newest if newest > manifest.newest_key else None,
        which=which,
        gone=gone,
        replaced=_unless_empty(replaced),
    )


def _unless_empty(replaced: Path) -> Path | None:
    """Where what was there is kept; None where nothing was there."""
    if any(replaced.iterdir()):
        return replaced
    replaced.rmdir()
    return None


def _unpack(stage: Path, source: Path, settings: Settings, progress: Progress) -> Manifest:
    """The content of the backup as a data folder; looked through before any of it is used."""
    folder = source
    if not source.is_dir():
        folder = stage / "incoming"
        folder.mkdir(mode=0o700)
        progress("Unpacking", 0, 0)
        backup_tar.unpack(source, folder)
    manifest = backup_folder.manifest(folder)
    _require_key(settings, manifest)
    if problems := backup_checks.problems(folder, manifest, progress):
        raise NotABackup(f"This backup is not sound. {' '.join(problems[:3])}")
    _place(stage, folder, manifest)
    shutil.rmtree(stage / "incoming", ignore_errors=True)
    return manifest


def _require_key(settings: Settings, manifest: Manifest) -> None:
    """Any key of the file may have signed it; which of them its codes need is looked at later."""
    if manifest.is_ours:
        return
    needed = ", ".join(_named(number, check) for number, check in manifest.keys.items())
    held = ", ".join(_named(ring.key_id, ring.check_value) for ring in reversed(keys.every()))
    raise KeyFileError(
        f"This backup needs {needed}. {settings.key_path} holds {held}. "
        "Put the right key file there."
    )


def _named(number: int | str, check_value: str) -> str:
    return f"key {number} with the check value {check_value}"


def _place(stage: Path, folder: Path, manifest: Manifest) -> None:
    _copy(folder / DATABASE, stage / restore_swap.DATABASE, manifest.files[DATABASE])
    if HEADS in manifest.files:
        _copy(folder / HEADS, stage / heads_file.NAME, manifest.files[HEADS])
    for name, content in manifest.files.items():
        if name.startswith(f"{EVIDENCE}/"):
            target = evidence_store.path_of(stage, name.rpartition("/")[2])
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _take(folder / name, target, content)


def _take(source: Path, target: Path, content: Content) -> None:
    """Another name of a file that is ours alone; of any other a copy that nobody else writes to."""
    backup_writing.add_file(source, target)
    if _is_ours_alone(target):
        _require_same(target, content)
    else:
        target.unlink()
        _copy(source, target, content)


def _is_ours_alone(file: Path) -> bool:
    found = file.lstat()
    is_private = not stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and is_private


def _copy(source: Path, target: Path, content: Content) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)
    _require_same(target, content)


def _require_same(file: Path, content: Content) -> None:
    if content_of(file) != content:
        raise NotABackup(f"{file.name} changed while it was copied.")


def _lacking(
    settings: Settings, asked: Asked, newer: Newer | None, manifest: Manifest, copy: Path
) -> Known | None:
    """The newest that is known and not in the copy. Raises OlderCopy unless that was accepted."""
    with copied_database.opened(copy) as opened:
        ours = {manifest.key_check, *copied_database.key_checks(opened).values()}
    if newer and not ours & newer.keys:
        raise RestoreRefused(
            f"The database in {settings.data_dir} was made with another key than this backup. "
            "It is of another installation: move that data folder away first."
        )
    known = known_heads.found(settings.data_dir / heads_file.NAME, asked.heads, newer)
    missing = known_heads.newest_missing(known, copy)
    if missing is None and newer and newer.last_entry > manifest.last_entry:
        end = newer.end  # what came since is not sealed yet
        missing = Known(
            end.seq if end else 0,
            end.digest if end else "",
            end.at if end else now(),
            f"the database in the data folder, which has entries up to {newer.last_entry:,}",
        )
    if missing and not asked.accept_older:
        raise OlderCopy(manifest, missing)
    return missing


def _which(asked: Asked, newer: Newer | None, known: Known | None) -> Held:
    if newer:
        return Held.DIFFERENT
    if not asked.nothing_since:
        return Held.ALL
    if known:
        raise RestoreRefused(
            f"Something did happen since: {known.source} is over seal {known.seq:,}. "
            "Leave out --nothing-since."
        )
    return Held.NONE


async def _hold(settings: Settings, stage: Path, wanted: Holding) -> Ended:
    """Bring the copy to this program's schema, and hold in it what has to be held."""
    staged = settings.model_copy(update={"data_dir": stage, "key_file": settings.key_path})
    await installation.prepare(staged)
    await database.connect(staged)
    try:
        ended = await holding.hold(wanted)
    finally:
        await database.disconnect()
    shutil.rmtree(stage / "backups", ignore_errors=True)
    await asyncio.to_thread(_close, staged.sqlite_path)
    return ended


def _close(file: Path) -> None:
    """One file, without a log beside it."""
    opened = sqlite3.connect(file)
    try:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        opened.close()
