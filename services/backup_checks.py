"""Whether a backup is whole and as it was made: its files, its database, and its log."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from services import copied_database, head_lines
from services.backup_manifest import DATABASE, DIGEST, HEADS, Manifest
from services.content_digest import content_of
from services.head_lines import NotAHead
from services.head_statement import Head

Progress = Callable[[str, int, int], None]
FOREIGN = "It was signed with a key that this installation does not use."


def problems(folder: Path, manifest: Manifest, progress: Progress) -> list[str]:
    """Finished sentences; none where all is well. Blocks, so call it in a thread."""
    if not manifest.is_ours:
        return [FOREIGN]
    found = list(_of_files(folder, manifest, progress))
    if not found:
        try:
            found += _of_database(folder, manifest, progress)
        except sqlite3.Error as error:
            found.append(f"The database cannot be read: {error}.")
    return found


def _of_files(folder: Path, manifest: Manifest, progress: Progress) -> Iterator[str]:
    for number, (name, content) in enumerate(manifest.files.items(), start=1):
        progress("Checking files", number, len(manifest.files))
        file = folder / name
        try:
            is_file = stat.S_ISREG(file.lstat().st_mode)
        except FileNotFoundError:
            yield f"{name} is missing."
            continue
        named = file.name if DIGEST.fullmatch(file.name) else content.sha256
        if not is_file or content_of(file) != content or content.sha256 != named:
            yield f"{name} was changed after the backup was made."


def _of_database(folder: Path, manifest: Manifest, progress: Progress) -> Iterator[str]:
    with copied_database.opened(folder / DATABASE) as database:
        progress("Checking the database", 0, 0)
        yield from copied_database.damage(database)
        if copied_database.counts(database) != manifest.tables:
            yield "The database has other numbers of rows than the manifest says."
        if copied_database.key_checks(database) != manifest.keys:
            yield "The database is of other keys than the manifest says."
        yield from _of_chain(database, manifest, _heads(folder), progress)


def _heads(folder: Path) -> list[Head]:
    """Those that were signed, by whatever key; Verify tells of the others."""
    file, found = folder / HEADS, list[Head]()
    for line in file.read_text("utf-8", errors="replace").splitlines() if file.exists() else []:
        try:
            found.append(head_lines.from_line(line))
        except NotAHead:
            continue
    return found


def _of_chain(
    database: sqlite3.Connection, manifest: Manifest, heads: list[Head], progress: Progress
) -> Iterator[str]:
    walk, found = copied_database.walk(
        database, heads, lambda done, of: progress("Checking the audit log", done, of)
    )
    if found:
        yield f"The audit log is not as it was sealed: {found[0].fault.value}."
    if (walk.seq, walk.digest if walk.seq else "") != (manifest.seq, manifest.digest):
        yield "The audit log ends elsewhere than the manifest says."
    if any(walk.digests.get(head.seq) != head.digest for head in heads):
        yield "The audit log is another one than its signed heads say."
