"""How the database stands: its size, and the settings that keep it whole."""

from dataclasses import dataclass
from pathlib import Path

from services import database
from services.database import fetch
from services.settings import Settings

# what each setting must be is checked at every connection; here it is shown
SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """Sizes in bytes. `log_size` is of the write-ahead log; it and what follows are SQLite's."""

    kind: str
    size: int
    log_size: int = 0
    journal: str = ""
    synchronous: str = ""
    foreign_keys: bool = True


async def state(settings: Settings) -> DatabaseState:
    if settings.uses_postgres:
        return await _postgres()
    path = settings.sqlite_path
    return DatabaseState(
        kind="SQLite",
        size=_size(path),
        log_size=_size(path.with_name(f"{path.name}-wal")),
        journal=str(await _pragma("journal_mode")).upper(),
        synchronous=SYNCHRONOUS.get(int(await _pragma("synchronous")), "unknown"),
        foreign_keys=bool(await _pragma("foreign_keys")),
    )


async def _pragma(name: str) -> str | int:
    [row] = await database.connection().execute_query_dict(f"PRAGMA {name}")
    return next(iter(row.values()))


async def _postgres() -> DatabaseState:
    [row] = await fetch(
        "SELECT current_setting('server_version') AS version, "
        "pg_database_size(current_database()) AS size",
        reading=True,
    )
    return DatabaseState(kind=f"PostgreSQL {row['version']}", size=row["size"])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
