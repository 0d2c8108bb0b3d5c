"""Lets requests that wait at the same moment share one transaction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from services.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)


class Together(Generic[T, R]):
    """Calls `work` with all items that came while it was busy, at most `most` at once.

    Each caller gets its own answer. Where a group fails, each item is tried alone, so that one
    poisoned request costs nobody else theirs.
    """

    def __init__(self, work: Callable[[list[T]], Awaitable[list[R]]], *, most: int = 64) -> None:
        self._work, self._most = work, most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        if self._worker is None or self._worker.done():
            self._waiting.clear()  # what a closed event loop left behind
            self._worker = asyncio.create_task(self._drain())
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        return await answer

    async def _drain(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                self._answer(group, await self._work([item for item, _ in group]))
            except Unavailable as error:  # it would be for each of them, one wait after another
                waiting, self._waiting = self._waiting, []
                self._refuse(group + waiting, error)
            except Exception:
                log.warning("A group of %d failed; each is tried alone.", len(group), exc_info=True)
                await self._one_by_one(group)

    async def _one_by_one(self, group: list[tuple[T, asyncio.Future[R]]]) -> None:
        for item, answer in group:
            try:
                self._answer([(item, answer)], await self._work([item]))
            except Exception as error:  # noqa: BLE001 - its caller raises it
                self._refuse([(item, answer)], error)

    @staticmethod
    def _refuse(group: list[tuple[T, asyncio.Future[R]]], error: Exception) -> None:
        for _, answer in group:
            if not answer.done():
                answer.set_exception(error)

    @staticmethod
    def _answer(group: list[tuple[T, asyncio.Future[R]]], results: list[R]) -> None:
        for (_, answer), result in zip(group, results, strict=True):
            if not answer.done():  # its caller may have gone
                answer.set_result(result)
