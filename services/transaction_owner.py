"""A transaction that belongs to one task: others may read in it, and never write through it."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from tortoise.backends.base.client import (
    BaseDBAsyncClient,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.exceptions import TransactionManagementError


class OwnedTransaction(TransactionalDBClient):
    """Mixed in before a database's own transaction client.

    A task started inside a transaction inherits its client. Stock Tortoise lets such a task write
    into whatever transaction is open by then. Here its writes are refused while the transaction
    is open and go to the parent once it has ended. Reads pass, because prefetching gathers.
    """

    _finalized: bool

    def __init__(self, connection: BaseDBAsyncClient) -> None:
        super().__init__(connection)  # type: ignore[arg-type]
        self.owner: asyncio.Task[Any] | None = asyncio.current_task()

    @property
    def ended(self) -> bool:
        parent = self._parent
        return self._finalized or (isinstance(parent, OwnedTransaction) and parent.ended)

    def is_own(self) -> bool:
        return self.owner is asyncio.current_task()

    def _admit(self, query: str) -> None:
        if not self.is_own() and not query.lstrip()[:6].upper().startswith("SELECT"):
            raise TransactionManagementError(
                "A task started inside a unit of work tried to write through its transaction. "
                "Start tasks after the unit of work."
            )

    def _in_transaction(self) -> TransactionContext:
        if self.ended or not self.is_own():
            return self._parent._in_transaction()
        return NestedTransactionContext(type(self)(self))

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        if self.ended:
            return await self._parent.execute_insert(query, values)
        self._admit(query)
        return await super().execute_insert(query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        if self.ended:
            return await self._parent.execute_many(query, values)
        self._admit(query)
        return await super().execute_many(query, values)

    async def execute_each(self, query: str, rows: list[list[Any]]) -> list[int]:
        """The statement once for each row; how many rows each one changed."""
        return [(await self.execute_query(query, row))[0] for row in rows]

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[dict[str, Any]]]:
        if self.ended:
            return await self._parent.execute_query(query, values)
        self._admit(query)
        return await super().execute_query(query, values)

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        if self.ended:
            return await self._parent.execute_query_dict(query, values)
        self._admit(query)
        return cast(list[dict[str, Any]], await super().execute_query_dict(query, values))

    async def execute_script(self, query: str) -> None:
        if self.ended:
            return await self._parent.execute_script(query)
        self._admit(query)
        return await super().execute_script(query)
