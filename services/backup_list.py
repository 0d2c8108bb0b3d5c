"""The backups as the owner sees them, and how it stands with them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models import Installation, Person
from services import audit_targets, backup_checks, backup_folder, backup_standing, last_backup
from services.actor import Actor
from services.backup_manifest import Made, Manifest, NotABackup
from services.database import reader
from services.permissions import Permission, require
from services.settings import Settings, get_settings
from services.zones import now

AT_NIGHT = timedelta(hours=2)  # UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupView:
    """`by` is who pressed the button. Without `made` the manifest could not be read.

    `problems` are those of the last check.
    """

    name: str
    made_at: datetime | None = None
    made: Made | None = None
    by: str = ""
    size: int = 0
    codes: int = 0
    entries: int = 0
    seq: int = 0
    missing: int = 0
    checked_at: datetime | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupState:
    """`next_at` is when the next nightly one is due; none where they are off.

    `problem` is why the last one that was tried failed.
    """

    uses_postgres: bool
    is_demo: bool
    last: BackupView | None
    next_at: datetime | None
    kept: int
    problem: str
    tried_at: datetime | None
    folder: str
    key_file: str


async def every(actor: Actor) -> list[BackupView]:
    """The newest first."""
    require(actor, Permission.RUN_INSTALLATION)
    found = await asyncio.to_thread(_found, backup_folder.place(get_settings()))
    ids = {each.person_id for _, each in found if isinstance(each, Manifest) and each.person_id}
    people = await Person.filter(id__in=list(ids)).using_db(reader()) if ids else []
    names = {person.id: audit_targets.person(person) for person in people}
    return await asyncio.to_thread(lambda: [_view(path, each, names) for path, each in found])


async def state(actor: Actor) -> BackupState:
    require(actor, Permission.RUN_INSTALLATION)
    settings, backups = get_settings(), await every(actor)
    last = await last_backup.last(settings)
    installation = await Installation.all().using_db(reader()).first()
    return BackupState(
        uses_postgres=settings.uses_postgres,
        is_demo=settings.demo,
        last=next((each for each in backups if each.made and each.made_at == last.made_at), None),
        next_at=due(settings, installation),
        kept=settings.backups_kept,
        problem=last.problem,
        tried_at=last.tried_at,
        folder=str(backup_folder.place(settings).absolute()),
        key_file=str(settings.key_path.absolute()),
    )


def due(settings: Settings, installation: Installation | None) -> datetime | None:
    """The first night after one was tried, or after the installation was made.

    At once where that lies ahead: the clock was wrong then, and nobody knows how far.
    """
    if settings.uses_postgres or settings.demo or not settings.backups_kept or not installation:
        return None
    before = (installation.backup_tried_at or installation.created_at).astimezone(UTC)
    if before > now():
        return now()
    night = before.replace(hour=0, minute=0, second=0, microsecond=0) + AT_NIGHT
    return night if night > before else night + timedelta(days=1)


def _found(folder: Path) -> list[tuple[Path, Manifest | str]]:
    found: list[tuple[Path, Manifest | str]] = []
    for backup in backup_folder.every(folder):
        try:
            found.append((backup, backup_folder.manifest(backup)))
        except NotABackup as problem:
            found.append((backup, str(problem)))
    return found


def _view(backup: Path, found: Manifest | str, names: dict[int, str]) -> BackupView:
    if isinstance(found, str):
        return BackupView(name=backup.name, problems=(found,))
    checked = backup_standing.read(backup, found.made_at)
    return BackupView(
        name=backup.name,
        made_at=found.made_at,
        made=found.made,
        by=names.get(found.person_id or 0, ""),
        size=found.size,
        codes=found.codes,
        entries=found.entries,
        seq=found.seq,
        missing=len(found.missing),
        checked_at=checked.at,
        problems=checked.problems if found.is_ours else (backup_checks.FOREIGN,),
    )
