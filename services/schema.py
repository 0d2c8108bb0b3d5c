"""Brings a database to what this program's models say, or leaves it exactly as it was."""
# pyright: reportPrivateUsage=false

import asyncio
import pkgutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.migration import Migration
from tortoise.transactions import in_transaction

from models import migrations
from services import database, database_copy
from services.schema_check import SchemaRefused, check_foreign_keys, compare, take_snapshot
from services.settings import Settings

APP = "models"
MARKS = "tortoise_migrations"
WAIT_MS = 60_000  # for another program that migrates at the same moment


async def pending(settings: Settings) -> list[str]:
    """Names of the migrations that `migrate` would apply. Raises SchemaRefused."""
    if not settings.uses_postgres and not settings.sqlite_path.exists():
        return _known()
    async with _opened(settings) as client:
        return _missing(await _applied(client))


async def migrate(settings: Settings) -> list[str]:
    """Apply what is pending, all or nothing, after a backup; returns the names.

    Needs the instance lock, and the database not connected. Raises SchemaRefused.
    """
    names = await pending(settings)
    if not names:
        return []
    if not settings.uses_postgres:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if settings.sqlite_path.exists():
            await asyncio.to_thread(
                database_copy.copy_database, settings, label=f"before-{names[0]}"
            )
    async with _opened(settings), in_transaction("default") as transaction:
        return await _apply(transaction, _config(settings)["apps"])


def _known() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(migrations.__path__))
    return sorted(name for name in names if not name.startswith("_"))


def _missing(applied: set[str]) -> list[str]:
    known = _known()
    if unknown := applied.difference(known):
        raise SchemaRefused(
            f"A newer Tallystick made this database: it holds {', '.join(sorted(unknown))}, "
            "which this program does not know. Install the newer program again."
        )
    return [name for name in known if name not in applied]


async def _applied(client: BaseDBAsyncClient) -> set[str]:
    if MARKS not in (await take_snapshot(client)).rows:
        return set()
    marks = await client.execute_query_dict(f"SELECT name FROM {MARKS} WHERE app = '{APP}'")
    return {mark["name"] for mark in marks}


def _config(settings: Settings) -> dict[str, Any]:
    """Foreign keys are off, so that a table rebuild deletes no children; they are checked after."""
    whole = database.config(settings)
    client = whole["connections"]["default"]
    if not settings.uses_postgres:
        client["credentials"] |= {"foreign_keys": "OFF", "busy_timeout": WAIT_MS}
    return whole | {"connections": {"default": client}}


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[BaseDBAsyncClient, None]:
    async with TortoiseContext() as context:
        await context.init(config=_config(settings))
        yield context.db("default")


async def _apply(transaction: BaseDBAsyncClient, apps: dict[str, Any]) -> list[str]:
    """Marks and checks stand in the same transaction, unlike with Tortoise's own runner."""
    if transaction.capabilities.dialect == "postgres":
        await transaction.execute_query("SELECT pg_advisory_xact_lock(hashtext('migrate'))")
    before = await take_snapshot(transaction)
    executor = MigrationExecutor(transaction, apps)
    editor = executor._schema_editor(atomic=True)
    await executor.recorder.ensure_schema(editor)
    await executor.loader.build_graph()
    applied = await _applied(transaction)
    names = _missing(applied)
    state = await executor._project_state({MigrationKey(APP, name) for name in applied})
    given_up: frozenset[str] = frozenset()
    for name in names:
        step = cast(Migration, executor.loader.graph.nodes[MigrationKey(APP, name)])
        state = await step.apply(state, schema_editor=editor)
        await executor.recorder.record_applied(APP, name)
        given_up |= getattr(step, "gives_up", frozenset())
    await check_foreign_keys(transaction)
    compare(before, await take_snapshot(transaction), given_up=given_up)
    return names
