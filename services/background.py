"""What goes on beside the pages: loops that wake when something changed, and in any case later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from services import heartbeats, signals
from services.heartbeats import Beat
from services.signals import Changed, Topic

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[timedelta]]
AFTER_FAILURE = timedelta(seconds=5)
MOST_AFTER_FAILURE = timedelta(minutes=5)
PATIENCE = 5.0  # seconds that the step in hand gets to end at a stop

_loops: dict[asyncio.Task[None], Callable[[], None]] = {}
_stop = asyncio.Event()


def start(name: str, step: Step, *topics: Topic, word: str = "") -> None:
    """Run `step` now, at each change of these topics, and at the latest after what it returns.

    A long step asks `is_stopping` between two pieces of its work: so it is known to be alive.
    `word` is what a stranger may read of a loop that hangs, the first of its name unless given.
    """
    _stop.clear()
    wake = asyncio.Event()

    def heard(changed: Changed) -> None:
        if changed.topic in topics:
            wake.set()

    beat = heartbeats.begin(name, word or name.split()[0].lower())
    task = asyncio.create_task(_run(beat, step, wake), name=name)
    task.add_done_callback(lambda _: _ended(beat))
    _loops[task] = signals.subscribe(heard)


def _ended(beat: Beat) -> None:
    beat.has_ended = True


async def stop() -> None:
    """End every loop: between two pieces of work, or by force where one takes too long."""
    _stop.set()
    tasks = list(_loops)
    while _loops:
        _loops.popitem()[1]()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=PATIENCE)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    heartbeats.forget()


def is_stopping() -> bool:
    """Whether a step in hand is to end; that it asks shows that it does not hang."""
    heartbeats.alive()
    return _stop.is_set()


async def _run(beat: Beat, step: Step, wake: asyncio.Event) -> None:
    heartbeats.own(beat)
    while not _stop.is_set():
        wake.clear()
        beat.begins()
        has_failed = False
        try:
            pause = await step()
        except Exception:
            log.exception("%s failed; it is tried again soon.", beat.name)
            has_failed, pause = True, _after(beat.failures)
        beat.ends(pause, failed=has_failed)
        await _pause(wake, pause)


def _after(failures: int) -> timedelta:
    """Longer each time, so that a fault that stays does not fill the log."""
    return min(AFTER_FAILURE * 2 ** min(failures, 10), MOST_AFTER_FAILURE)


async def _pause(wake: asyncio.Event, pause: timedelta) -> None:
    waits = [asyncio.create_task(each.wait()) for each in (wake, _stop)]
    try:
        with suppress(TimeoutError):
            await asyncio.wait(
                waits, timeout=max(0.0, pause.total_seconds()), return_when=asyncio.FIRST_COMPLETED
            )
    finally:
        for each in waits:
            each.cancel()
