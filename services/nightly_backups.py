"""A backup every night; older ones of the night give way, those that people made stay."""

import asyncio
import contextlib
from datetime import timedelta
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
    nightly = [each for each in backup_folder.every(folder) if _is_nightly(each)]
    with contextlib.suppress(Conflict), backup_folder.alone(folder):
        for old in nightly[kept:]:
            backup_folder.remove(old)


def _is_nightly(backup: Path) -> bool:
    try:
        return backup_folder.manifest(backup).made is Made.NIGHT
    except NotABackup:
        return False
