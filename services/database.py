"""The one opener of transactions, and every difference between SQLite and PostgreSQL."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar, cast

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.exceptions import (
    ConfigurationError,
    OperationalError,
    TransactionManagementError,
)
from tortoise.transactions import in_transaction

from services.errors import DomainError, Unavailable
from services.settings import Settings
from services.signals import Changed, collected, deliver
from services.transaction_owner import OwnedTransaction

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

# recursive_triggers: without it INSERT OR REPLACE deletes rows past the triggers against DELETE.
# The reader turns query_only on last, after the pragmas that write.
# busy_timeout: what a backup or an administrator's tool may hold the database for unnoticed.
PRAGMAS: dict[str, str | int] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    "busy_timeout": 12_000,
    "journal_size_limit": 64 * 1024 * 1024,
}
EXPECTED: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 12_000,
}

DEADLOCK, DEADLOCKS = "40P01", 5  # its SQLSTATE, and how many in a row are borne

# What the databases say, and what people hear.
_FULL = "The disk is full, so nothing was changed. Try again when there is room."
UNAVAILABLE = {
    "disk is full": _FULL,
    "No space left on device": _FULL,
    "database is locked": "The database is busy, so nothing was changed. Try again in a moment.",
}

_unit: ContextVar[asyncio.Task[Any] | None] = ContextVar("unit", default=None)
_running: set[asyncio.Task[Any]] = set()


def config(settings: Settings) -> dict[str, Any]:
    return {
        "connections": _connections(settings),
        "apps": {
            "models": {
                "models": ["models"],
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _connections(settings: Settings) -> dict[str, Any]:
    if settings.uses_postgres:
        address = "asyncpg" + settings.database_url[settings.database_url.index("://") :]
        return {"default": expand_db_url(address) | {"engine": "services.asyncpg_engine"}}
    file = {"file_path": str(settings.sqlite_path), **PRAGMAS}
    engine = "services.sqlite_engine"
    return {
        "default": {"engine": engine, "credentials": file},
        "reader": {"engine": engine, "credentials": file | {"query_only": "ON"}},
    }


async def connect(settings: Settings) -> None:
    """Open the database; raises when it cannot be reached or a pragma did not take."""
    await Tortoise.init(config=config(settings), _enable_global_fallback=True)
    try:
        if is_postgres():
            await connection().execute_query("SELECT 1")
        else:
            await _check_pragmas(connection(), query_only=0)
            await _check_pragmas(reader(), query_only=1)
    except BaseException:
        await _close()
        raise


async def disconnect() -> None:
    """Close the database once every unit of work that still runs has ended."""
    if _running:
        await asyncio.wait(_running)
    await _close()


async def _close() -> None:
    with suppress(ConfigurationError):  # closed already
        if not is_postgres():
            # SQLite's last connection folds the log into the file; two at once may both skip it
            await reader().close()
    await Tortoise.close_connections()


async def _check_pragmas(client: BaseDBAsyncClient, *, query_only: int) -> None:
    for name, wanted in {**EXPECTED, "query_only": query_only}.items():
        [row] = await client.execute_query_dict(f"PRAGMA {name}")
        [value] = row.values()
        if value != wanted:
            raise RuntimeError(f"SQLite answers {value} to PRAGMA {name}; {wanted} is needed.")


def connection() -> BaseDBAsyncClient:
    """The writing connection; inside a unit of work its transaction."""
    return get_connection("default")


def reader() -> BaseDBAsyncClient:
    """For lists and exports, never for a decision: it may not see the newest writes."""
    return get_connection("default" if is_postgres() else "reader")


def is_id(number: int) -> bool:
    """Whether a row can have this id: a 64-bit key above zero."""
    return 0 < number < 2**63


def is_postgres() -> bool:
    return connection().capabilities.dialect == "postgres"


def placeholders(count: int, start: int = 1) -> str:
    if is_postgres():
        return ", ".join(f"${number}" for number in range(start, start + count))
    return ", ".join("?" * count)


async def insert_many(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    statement = f"{_insert_into(table, columns)} ({placeholders(len(columns))})"
    await connection().execute_many(statement, [list(row) for row in rows])


async def insert_returning(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    wanted: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Insert rows; returns new ids with the `wanted` columns (all), in no particular order."""
    bound = [value for row in rows for value in row]
    places = (placeholders(len(columns), start) for start in range(1, len(bound), len(columns)))
    statement = f"{_insert_into(table, columns)} {', '.join(f'({place})' for place in places)}"
    statement += f" RETURNING id, {', '.join(wanted or columns)}"
    return await connection().execute_query_dict(statement, bound)


def _insert_into(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES'


async def fetch(
    statement: str,
    *values: Any,
    for_update: bool = False,
    skip_locked: bool = False,
    reading: bool = False,
) -> list[dict[str, Any]]:
    """Rows of a statement with `?` for each value; a list takes the place of all its items.

    With `for_update` nobody else changes the rows before the unit of work ends; with `skip_locked`
    too, rows that somebody else holds are left out instead of waited for. `reading` is for lists
    and dashboards: as `reader`, never for a decision.
    """
    if for_update and is_postgres():  # SQLite has one writer anyway
        statement += " FOR UPDATE SKIP LOCKED" if skip_locked else " FOR UPDATE"
    first, *rest = statement.split("?")
    written, bound = [first], list[Any]()
    for value, text in zip(values, rest, strict=True):
        items = cast(list[Any], value) if isinstance(value, list) else [value]
        written += [placeholders(len(items), len(bound) + 1), text]
        bound += items
    client = reader() if reading else connection()
    return await client.execute_query_dict("".join(written), bound)


async def execute_each(statement: str, rows: Iterable[Sequence[Any]]) -> list[int]:
    """Run a statement with `?` once for each row; returns how many rows each run changed."""
    client = connection()
    if not isinstance(client, OwnedTransaction):
        raise TransactionManagementError("Statements belong together; open a unit of work.")
    if is_postgres():
        numbers = count(1)
        statement = re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
    bound = [list(row) for row in rows]
    return await client.execute_each(statement, bound) if bound else []


def json_number(column: str, name: str) -> str:
    """In a statement: a whole number that stands under that name in a column of JSON."""
    if is_postgres():
        return f"CAST({column} ->> '{name}' AS BIGINT)"
    return f"CAST(json_extract({column}, '$.{name}') AS INTEGER)"


def moment(value: datetime | str | None) -> datetime | None:
    """A time as `fetch` gives it: SQLite keeps text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


async def lock(name: str) -> None:
    """Let one unit of work at a time past this point. SQLite has one writer anyway."""
    if _unit.get() is not asyncio.current_task():
        raise TransactionManagementError("A lock lasts as long as its unit of work; open one.")
    if is_postgres():
        await connection().execute_query("SELECT pg_advisory_xact_lock(hashtext($1))", [name])


def unit_of_work(body: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Run `body` in one transaction that its caller's cancellation cannot cut.

    A cancelled caller may find the work done. Signals go out after the outermost commit and are
    dropped with a rollback. Called inside a unit of work, `body` joins it. Inside: database only,
    as PostgreSQL rolls one of two back that wait for each other, and that one runs again.
    """

    @wraps(body)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _unit.get()
        if outer is asyncio.current_task():
            return await body(*args, **kwargs)
        if outer is not None and not outer.done():
            raise TransactionManagementError(
                "A task started inside a unit of work cannot open its own before that one ends."
            )
        task = asyncio.create_task(_outermost(lambda: body(*args, **kwargs)))
        _running.add(task)
        task.add_done_callback(_running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_abandoned)
            raise

    return run


async def _outermost(body: Callable[[], Awaitable[R]]) -> R:
    for _ in range(DEADLOCKS):
        try:
            return await _attempt(body)
        except Exception as error:
            if getattr(error, "sqlstate", "") != DEADLOCK:
                raise
            log.info("A unit of work begins anew after a deadlock.")
    return await _attempt(body)


async def _attempt(body: Callable[[], Awaitable[R]]) -> R:
    changes: list[Changed] = []
    unit_token = _unit.set(asyncio.current_task())
    changes_token = collected.set(changes)
    try:
        async with in_transaction("default"):
            result = await body()
    except OperationalError as error:
        raise _unavailable(error) or error from error
    finally:
        collected.reset(changes_token)
        _unit.reset(unit_token)
    deliver(changes)
    return result


def _unavailable(error: OperationalError) -> Unavailable | None:
    """Why nothing can be written for a while, in words; nothing where it is a fault of ours."""
    said = str(error)
    for sign, sentence in UNAVAILABLE.items():
        if sign in said:
            log.error("Nothing can be written: %s", said)
            return Unavailable(sentence)
    return None


def _log_abandoned(task: asyncio.Task[Any]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, DomainError):
        log.error("A unit of work failed after its caller had gone.", exc_info=error)
