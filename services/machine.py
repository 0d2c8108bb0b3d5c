"""What this installation runs on: versions, the disk, the clock."""

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata

from models import AuditEntry
from services.database import reader
from services.settings import Settings
from services.version import VERSION
from services.zones import now

# A reset of the write-ahead log while another connection writes can damage the file.
WAL_RESET = ((3, 7, 0), (3, 51, 2))
CLOCK_TOLERANCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`sqlite` is empty on PostgreSQL; `has_wal_bug` where it is one with the known fault."""

    program: str
    python: str
    nicegui: str
    sqlite: str
    has_wal_bug: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    folder: str
    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`back` is how far the newest entry of the log lies ahead of the clock, if it does."""

    now: datetime
    newest_entry: datetime | None
    back: timedelta

    @property
    def went_back(self) -> bool:
        return self.back > CLOCK_TOLERANCE


def version(settings: Settings) -> Version:
    is_sqlite = not settings.uses_postgres
    return Version(
        program=VERSION,
        python=platform.python_version(),
        nicegui=metadata.version("nicegui"),
        sqlite=sqlite3.sqlite_version if is_sqlite else "",
        has_wal_bug=is_sqlite and WAL_RESET[0] <= sqlite3.sqlite_version_info <= WAL_RESET[1],
    )


def disk(settings: Settings) -> Disk:
    used = shutil.disk_usage(settings.data_dir)
    return Disk(folder=str(settings.data_dir.resolve()), free=used.free, total=used.total)


async def clock() -> Clock:
    newest = await AuditEntry.all().using_db(reader()).order_by("-id").first()
    at = now()
    back = max(timedelta(0), newest.at - at) if newest else timedelta(0)
    return Clock(now=at, newest_entry=newest.at if newest else None, back=back)
