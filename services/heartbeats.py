"""Whether what goes on beside the pages still goes on: when each loop last came round."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

HUNG_AFTER = timedelta(minutes=10)  # a mail server may take minutes, and so may a large file
LATE_AFTER = timedelta(minutes=1)
SLOWEST = timedelta(hours=6)  # of what cannot say itself how far it is
BEAT_EVERY = 30.0  # seconds
FAILS_FROM = 3  # times in a row: a database that is locked for a moment is no trouble


class Pulse(StrEnum):
    """How a loop stands."""

    WAITING = "waiting"
    WORKING = "working"
    LATE = "late"
    HUNG = "hung"
    FAILING = "failing"
    ENDED = "ended"

    @property
    def is_well(self) -> bool:
        return self in (Pulse.WAITING, Pulse.WORKING)


@dataclass
class Beat:
    """A loop's: in seconds of a clock that nobody sets. `word` is what a stranger reads of it."""

    name: str
    word: str
    at: float
    due: float | None = None
    came_round: float | None = None
    failures: int = 0
    has_ended: bool = False

    def begins(self) -> None:
        self.at, self.due = monotonic(), None

    def ends(self, pause: timedelta, *, failed: bool) -> None:
        self.at = monotonic()
        self.due = self.at + max(0.0, pause.total_seconds())
        self.failures = self.failures + 1 if failed else 0
        if not failed:
            self.came_round = self.at

    @property
    def pulse(self) -> Pulse:
        if self.has_ended:
            return Pulse.ENDED
        if self.failures >= FAILS_FROM:
            return Pulse.FAILING
        if self.due is None:
            is_slow = monotonic() - self.at > HUNG_AFTER.total_seconds()
            return Pulse.HUNG if is_slow else Pulse.WORKING
        is_late = monotonic() - self.due > LATE_AFTER.total_seconds()
        return Pulse.LATE if is_late else Pulse.WAITING

    @property
    def since(self) -> timedelta | None:
        """How long ago it last came round to its end."""
        if self.came_round is None:
            return None
        return timedelta(seconds=monotonic() - self.came_round)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop as it stands now; `since` is how long ago it last came round."""

    name: str
    word: str
    pulse: Pulse
    since: timedelta | None


_beats: dict[str, Beat] = {}
_own: ContextVar[Beat | None] = ContextVar("own", default=None)


def begin(name: str, word: str) -> Beat:
    """A loop starts; what its task and the tasks of that do counts as its own."""
    beat = Beat(name, word, monotonic())
    _beats[name] = beat
    return beat


def own(beat: Beat) -> None:
    _own.set(beat)


def alive() -> None:
    """The loop that calls this is between two pieces of a long step."""
    beat = _own.get()
    if beat is not None and beat.due is None:
        beat.at = monotonic()


async def while_busy(work: Coroutine[Any, Any, T]) -> T:
    """Do a piece of a step that cannot say how far it is, such as one large copy in a thread."""
    task, began = asyncio.ensure_future(work), monotonic()
    try:
        while not (await asyncio.wait([task], timeout=BEAT_EVERY))[0]:
            if monotonic() - began < SLOWEST.total_seconds():
                alive()
    finally:
        task.cancel()
    return await task


def forget() -> None:
    """The loops were stopped on purpose."""
    _beats.clear()


def loops() -> list[Loop]:
    return [
        Loop(name=beat.name, word=beat.word, pulse=beat.pulse, since=beat.since)
        for beat in _beats.values()
    ]
