"""Tortoise's asyncpg client with transactions that belong to one task and leak no connection.

"asyncpg" must stay in this module's name: Tortoise's migrations choose their dialect by it.
"""
# pyright: reportPrivateUsage=false

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections

from services.transaction_owner import OwnedTransaction


class OwnedClient(AsyncpgDBClient):
    def _in_transaction(self) -> TransactionContext:
        return OwnedContext(PostgresTransaction(self), self._pool_init_lock)


class PostgresTransaction(OwnedTransaction, TransactionWrapper):
    pass


class OwnedContext(TransactionContextPooled):
    client: PostgresTransaction

    async def __aenter__(self) -> PostgresTransaction:
        await self.ensure_connection()
        pool: Any = self.client._parent._pool
        self.client._connection = await pool.acquire()
        try:
            await self.client.begin()
        except BaseException:
            self.client._finalized = True
            await pool.release(self.client._connection)
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await super().__aexit__(exc_type, exc_val, exc_tb)
        finally:
            self.client._finalized = True


client_class = OwnedClient
