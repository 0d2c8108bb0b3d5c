"""Copies of the database file, consistent while it is in use."""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from services import disk
from services.settings import Settings


def copy_database(settings: Settings, *, label: str) -> Path:
    """Write a compact copy to the folder of backups; blocks, so call it in a thread."""
    folder = settings.data_dir / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"{label}-{moment}.sqlite3"
    unfinished = target.with_suffix(".unfinished")
    write_copy(settings.sqlite_path, unfinished)
    return unfinished.rename(target)


def write_copy(database: Path, target: Path) -> None:
    """A compact copy of one moment, on a connection of its own; it is on the disk after that."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)
    try:
        source.execute("VACUUM INTO ?", [str(target)])
    finally:
        source.close()
    with target.open("rb+") as copy:
        disk.sync(copy)
