"""Puts a prepared data folder in the place of the old one: whole, whenever the process dies.

Until the mark is there nothing of the old has moved. From then on every start goes on with it.
"""

import errno
import io
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

from services import disk, heads_file
from services.settings import Settings

STAGE = ".restoring"
MARK = "ready.json"
KEPT = "backups"  # where the old data goes
DATABASE = "tallystick.sqlite3"
BESIDE = (f"{DATABASE}-wal", f"{DATABASE}-shm")  # of the old one; they must not meet the new
FOLDERS = ("evidence", "exports")
MOVED = (*FOLDERS, heads_file.NAME, DATABASE)


def apart(settings: Settings) -> Path | None:
    """A folder that no rename reaches from the data: on another disk, or mounted by itself."""
    data = settings.data_dir
    folders = [data / name for name in FOLDERS if not (data / name).is_symlink()]
    if any((data / name).exists() for name in MOVED):
        folders.append(data / KEPT)  # something is moved there
    return next((each for each in folders if each.is_dir() and not _reaches(data, each)), None)


def _reaches(data: Path, folder: Path) -> bool:
    probe = data / ".probe"
    probe.touch()
    try:
        probe.rename(folder / probe.name).unlink()
    except OSError as error:
        probe.unlink()
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def begin(settings: Settings) -> Path:
    """An empty folder beside the data, for what is to take its place."""
    stage = settings.data_dir / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700, parents=True)
    for folder in FOLDERS:
        (stage / folder).mkdir(mode=0o700)
    return stage


def give_up(settings: Settings) -> None:
    shutil.rmtree(settings.data_dir / STAGE, ignore_errors=True)


def commit(settings: Settings, at: datetime) -> Path:
    """From here on the new one counts; returns where the old one is kept."""
    stage = settings.data_dir / STAGE
    (stage / heads_file.NAME).touch(mode=0o600)
    _sync_all(stage)
    unfinished = stage / f"{MARK}.new"
    mark = json.dumps({"replaced": f"replaced-{at:%Y%m%dT%H%M%SZ}"})
    disk.write_new(unfinished, io.BytesIO(mark.encode()))
    unfinished.replace(stage / MARK)
    disk.sync_folder(stage)
    replaced = finish(settings)
    assert replaced, "it was committed"
    return replaced


def finish(settings: Settings) -> Path | None:
    """Go on with what was committed, and drop what was not. Needs the instance lock."""
    stage = settings.data_dir / STAGE
    if not stage.exists():
        return None
    if not (stage / MARK).exists():
        shutil.rmtree(stage)
        return None
    replaced = settings.data_dir / KEPT / json.loads((stage / MARK).read_text())["replaced"]
    replaced.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in MOVED:
        _exchange(settings.data_dir, stage, replaced, name)
    (stage / MARK).unlink()
    shutil.rmtree(stage)
    disk.sync_folder(settings.data_dir)
    return replaced


def _exchange(data: Path, stage: Path, replaced: Path, name: str) -> None:
    """Once: as long as the new one is in the stage, what is in its place is the old one."""
    if not (stage / name).exists():
        return
    for old in (*(BESIDE if name == DATABASE else ()), name):
        if (data / old).exists():
            move(data / old, replaced / old)
    move(stage / name, data / name)


def move(old: Path, new: Path) -> None:
    old.rename(new)
    disk.sync_folder(old.parent)
    disk.sync_folder(new.parent)


def _sync_all(stage: Path) -> None:
    for folder, _, files in os.walk(stage):
        for name in files:
            with (Path(folder) / name).open("rb") as file:
                disk.sync(file)
        disk.sync_folder(Path(folder))
