"""What goes on beside the pages: loops that wake when something changed, and in any case later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from services import signals
from services.signals import Changed, Topic

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[timedelta]]
AFTER_FAILURE = timedelta(seconds=5)
PATIENCE = 5.0  # seconds that the step in hand gets to end at a stop

_loops: dict[asyncio.Task[None], Callable[[], None]] = {}
_stop = asyncio.Event()


def start(name: str, step: Step, *topics: Topic) -> None:
    """Run `step` now, at each change of these topics, and at the latest after what it returns.

    A long step asks `is_stopping` between two pieces of its work.
    """
    _stop.clear()
    wake = asyncio.Event()

    def heard(changed: Changed) -> None:
        if changed.topic in topics:
            wake.set()

    task = asyncio.create_task(_run(name, step, wake), name=name)
    _loops[task] = signals.subscribe(heard)


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


def is_stopping() -> bool:
    return _stop.is_set()


async def _run(name: str, step: Step, wake: asyncio.Event) -> None:
    while not _stop.is_set():
        wake.clear()
        try:
            pause = await step()
        except Exception:
            log.exception("%s failed; it is tried again soon.", name)
            pause = AFTER_FAILURE
        await _pause(wake, pause)


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
