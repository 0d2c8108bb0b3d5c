"""Tortoise's SQLite client, made safe against cancellation at any point.

Stock Tortoise leaks the connection's lock when a task is cancelled at BEGIN, and leaves a
transaction open when one is cancelled in `execute_many`. Here whatever opens or ends a transaction
runs on the connection's thread to its end. Leans on private names of tortoise-orm and aiosqlite,
so both are pinned exactly. "sqlite" must stay in this module's name: Tortoise's migrations choose
their dialect by it.
"""
# pyright: reportPrivateUsage=false

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import aiosqlite
from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections

from services.transaction_owner import OwnedTransaction

T = TypeVar("T")


async def on_thread(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run `work` on the connection's thread to its end; a cancellation is raised after that."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    connection._tx.put_nowait((future, partial(work, connection._conn)))
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            # A bare future, not a task: the end of the event loop cancels every task.
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return future.result()
    future.exception()
    raise cancelled


def _begin(raw: sqlite3.Connection) -> None:
    raw.execute("BEGIN IMMEDIATE")


def _rollback(raw: sqlite3.Connection) -> None:
    if raw.in_transaction:
        raw.execute("ROLLBACK")


def _commit(raw: sqlite3.Connection) -> None:
    if not raw.in_transaction:
        raise sqlite3.OperationalError("The database gave up the transaction before its end.")
    try:
        raw.execute("COMMIT")
    except BaseException:
        _rollback(raw)
        raise


def _insert_all(query: str, values: list[list[Any]], raw: sqlite3.Connection) -> None:
    _begin(raw)
    try:
        raw.executemany(query, values)
    except BaseException:
        _rollback(raw)
        raise
    _commit(raw)


def _change_each(query: str, rows: list[list[Any]], raw: sqlite3.Connection) -> list[int]:
    return [raw.execute(query, row).rowcount for row in rows]


def _run_script(script: str, raw: sqlite3.Connection) -> None:
    """Like `executescript`, which would first commit the open transaction."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            raw.execute(statement)
            statement = ""
    if statement.strip(" \n\t;"):
        raw.execute(statement)


class SafeClient(SqliteClient):
    def _in_transaction(self) -> TransactionContext:
        return SafeContext(SafeTransaction(self), self._lock)

    @translate_exceptions
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self.acquire_connection() as connection:
            await on_thread(connection, partial(_insert_all, query, values))


class TransactionWithScripts(SqliteTransactionWrapper):
    @translate_exceptions
    async def execute_script(self, query: str) -> None:
        async with self.acquire_connection() as connection:
            await on_thread(connection, partial(_run_script, query))


class SafeTransaction(OwnedTransaction, TransactionWithScripts):
    async def execute_each(self, query: str, rows: list[list[Any]]) -> list[int]:
        if self.ended:
            return await super().execute_each(query, rows)
        self._admit(query)
        return await self._execute_each(query, rows)

    @translate_exceptions
    async def _execute_each(self, query: str, rows: list[list[Any]]) -> list[int]:
        async with self.acquire_connection() as connection:
            # in one go, because the way to the thread costs more than a statement
            return await on_thread(connection, partial(_change_each, query, rows))


class SafeContext(SqliteTransactionContext):
    connection: SafeTransaction

    async def __aenter__(self) -> SafeTransaction:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self._run(_begin)
        except BaseException:
            await self._abandon()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if not self.connection._finalized:
                await self._run(_rollback if exc_type else _commit)
        finally:
            self.connection._finalized = True
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _abandon(self) -> None:
        try:
            if self.connection._connection:
                await self._run(_rollback)
        finally:
            self.connection._finalized = True
            self._trxlock.release()

    @translate_exceptions
    async def _run(self, work: Callable[[sqlite3.Connection], None]) -> None:
        await on_thread(self.connection._connection, work)


client_class = SafeClient
