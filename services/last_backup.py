"""When the last backup was made, and whether the last that was tried failed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from models import Installation
from services import backup_folder
from services.backup_manifest import NotABackup
from services.database import reader
from services.settings import Settings
from services.zones import now

DUE_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """`problem` is why the last one that was tried failed, on the page or at night.

    `is_late` where two nights had none. On PostgreSQL somebody else makes them: nothing is known
    here.
    """

    is_ours: bool
    made_at: datetime | None = None
    problem: str = ""
    tried_at: datetime | None = None
    is_late: bool = False


async def last(settings: Settings) -> LastBackup:
    if settings.uses_postgres:
        return LastBackup(is_ours=False)
    installation = await Installation.all().using_db(reader()).first()
    made_at = await asyncio.to_thread(newest, backup_folder.place(settings))
    tried_at = installation.backup_tried_at if installation else None
    is_made_since = made_at and tried_at and made_at > tried_at  # on the command line
    since = made_at or (installation and installation.created_at) or now()
    return LastBackup(
        is_ours=True,
        made_at=made_at,
        problem=installation.backup_problem if installation and not is_made_since else "",
        tried_at=max((at for at in (tried_at, made_at) if at), default=None),
        is_late=not settings.demo and now() - since > DUE_AFTER,
    )


def newest(folder: Path) -> datetime | None:
    """By what the manifests of ours say that can be read; none of a time to come."""
    for backup in backup_folder.every(folder):
        try:
            manifest = backup_folder.manifest(backup)
        except NotABackup:
            continue
        if manifest.is_ours and manifest.made_at <= now():
            return manifest.made_at
    return None
