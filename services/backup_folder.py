"""Where backups are: a folder each, named by when it was made; an unfinished one is not."""

import fcntl
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from services import backup_manifest, disk
from services.backup_manifest import Manifest, NotABackup
from services.errors import Conflict, NotFound
from services.settings import Settings

FORM = re.compile(r"\d{8}T\d{6}Z(-\d{1,2})?")
UNFINISHED = ".unfinished-"
LOCK = ".lock"
LOCKING = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
BUSY = "A backup is being made already. Wait until it is done."
GONE = "This backup is not there any more."


def place(settings: Settings) -> Path:
    return settings.backup_dir or settings.data_dir / "backups"


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """One at a time makes or removes backups there, whatever its process. Raises Conflict."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / LOCK, LOCKING, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(BUSY) from None
        yield


def sweep(folder: Path) -> None:
    """What a process that is gone did not finish; call it `alone`."""
    for left in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def begin(folder: Path) -> Path:
    """An empty folder that is no backup yet."""
    unfinished = folder / f"{UNFINISHED}{os.getpid()}"
    unfinished.mkdir(mode=0o700)
    return unfinished


def finish(unfinished: Path, made_at: datetime) -> Path:
    """From now on it is a backup."""
    stamp, number = made_at.strftime("%Y%m%dT%H%M%SZ"), 1
    target = unfinished.with_name(stamp)
    while target.exists():
        number += 1
        target = unfinished.with_name(f"{stamp}-{number}")
    disk.sync_folder(unfinished)
    unfinished.rename(target)
    disk.sync_folder(target.parent)
    return target


def remove(backup: Path) -> None:
    """Gone at once, also where the deleting is cut short."""
    unfinished = backup.with_name(f"{UNFINISHED}{backup.name}")
    backup.rename(unfinished)
    shutil.rmtree(unfinished)


def named(folder: Path, name: str) -> Path:
    """Raises NotFound for whatever is no name of a backup there."""
    if not FORM.fullmatch(name) or not (folder / name / backup_manifest.NAME).is_file():
        raise NotFound(GONE)
    return folder / name


def manifest(backup: Path) -> Manifest:
    """Raises NotABackup."""
    try:
        with (backup / backup_manifest.NAME).open("rb") as file:
            content = file.read(backup_manifest.LONGEST)
    except OSError:
        raise NotABackup(f"{backup} is no backup: it has no manifest that can be read.") from None
    return backup_manifest.from_bytes(content)


def every(folder: Path) -> list[Path]:
    """The newest first."""
    if not folder.is_dir():
        return []
    found = [each for each in folder.iterdir() if FORM.fullmatch(each.name)]
    return sorted((each for each in found if each.is_dir()), key=lambda e: _order(e), reverse=True)


def _order(backup: Path) -> tuple[str, int]:
    stamp, _, number = backup.name.partition("-")
    return stamp, int(number or 1)
