"""A line for tries whose budget is spent: decided one by one, and a failure holds up the rest.

A success costs no time, so honest people behind each other are through at once; guesses come at
PACE. Nobody waits behind somebody who failed more often.
"""

import asyncio
from bisect import insort
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.errors import Unavailable

PACE = 1.0  # seconds from a failed try to the next one
LONGEST_LINE = 50
PATIENCE = 60.0  # seconds that one waits at most
PUT_OFF = (
    "Too many codes are being tried at the moment. Yours was not, and nothing was used up. "
    "Try again in a minute, or open the link that came with the code: links always work."
)

Rank = tuple[bool, int]
"""The lower goes first: whether it is a stranger, and the tries that the address has spent."""


@dataclass(order=True, slots=True)
class _Place:
    rank: Rank
    number: int
    called: asyncio.Future[None] = field(compare=False)


@dataclass(slots=True)
class Turn:
    """Whoever has it sets `free` where the try succeeded."""

    free: bool = False


class Lane:
    def __init__(self) -> None:
        self._line: list[_Place] = []
        self._came = 0
        self._is_busy = False

    @asynccontextmanager
    async def turn(self, rank: Rank) -> AsyncGenerator[Turn]:
        """Wait for one's turn. Raises Unavailable where the line is full or does not move."""
        await self._called(rank)
        turn = Turn()
        try:
            yield turn
        finally:
            self._leave(0 if turn.free else PACE)

    async def _called(self, rank: Rank) -> None:
        place = _Place(rank, self._came, asyncio.get_running_loop().create_future())
        self._came += 1
        insort(self._line, place)
        self._next()
        if len(self._line) > LONGEST_LINE:
            self._put_off(self._line.pop())
        try:
            async with asyncio.timeout(PATIENCE):
                await place.called
        except BaseException as error:
            self._give_up(place)
            if isinstance(error, TimeoutError):
                raise Unavailable(PUT_OFF) from None
            raise

    @staticmethod
    def _put_off(place: _Place) -> None:
        if not place.called.done():  # as with one whose patience ended in this moment
            place.called.set_exception(Unavailable(PUT_OFF))

    def _give_up(self, place: _Place) -> None:
        if place in self._line:
            self._line.remove(place)
        elif not place.called.cancelled() and place.called.exception() is None:
            self._leave(0)  # called, and gone before it heard

    def _leave(self, pause: float) -> None:
        asyncio.get_running_loop().call_later(pause, self._open)

    def _open(self) -> None:
        self._is_busy = False
        self._next()

    def _next(self) -> None:
        while self._line and not self._is_busy:
            place = self._line.pop(0)
            if not place.called.done():
                self._is_busy = True
                place.called.set_result(None)


_lanes: defaultdict[str, Lane] = defaultdict(Lane)


def of(budget: str) -> Lane:
    """The lane of a budget, by its key."""
    return _lanes[budget]


def forget() -> None:
    """As a restart does."""
    _lanes.clear()
