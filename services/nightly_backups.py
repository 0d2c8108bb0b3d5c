"""A backup every night; older ones of the night give way, those that people made stay."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from pathlib import Path

from models import Installation
from services import backup_folder, backup_list, backups, heartbeats
from services.backup_manifest import Made, NotABackup
from services.backup_writing import BackupFailed, Wanted
from services.errors import Conflict
from services.settings import get_settings
from services.zones import now

LOOK_AGAIN = timedelta(hours=1)
SOON = timedelta(minutes=5)


async def work() -> timedelta:
    """Make one where it is due; returns when to look again. One that fails waits for a night."""
    settings = get_settings()
    due = backup_list.due(settings, await Installation.first())
    if due is None:
        return LOOK_AGAIN
    if (wait := due - now()) > timedelta():
        return min(wait, LOOK_AGAIN)
    folder = backup_folder.place(settings)
    try:
        making = backups.make_and_record(Wanted(folder=folder, made=Made.NIGHT), None)
        await heartbeats.while_busy(making)
    except Conflict:  # somebody makes one at this moment
        return SOON
    except BackupFailed:  # told, and tried again next night
        return SOON
    await asyncio.to_thread(rotate, folder, settings.backups_kept)
    return SOON


def rotate(folder: Path, kept: int) -> None:
    moment = now()
    nightly = [(at, each) for each in backup_folder.every(folder) if (at := _made_at_night(each))]
    # one that was made while the clock was ahead must not outlive those that come
    nightly.sort(key=lambda each: (each[0] <= moment, each[0]), reverse=True)
    with contextlib.suppress(Conflict), backup_folder.alone(folder):
        for _, old in nightly[kept:]:
            backup_folder.remove(old)


def _made_at_night(backup: Path) -> datetime | None:
    try:
        manifest = backup_folder.manifest(backup)
    except NotABackup:
        return None
    return manifest.made_at if manifest.made is Made.NIGHT else None
