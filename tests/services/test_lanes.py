"""The line of tries whose budget is spent."""

import asyncio
from contextlib import suppress

import pytest

from services import lanes
from services.errors import Unavailable
from services.lanes import LONGEST_LINE, Lane, Rank

BEST, WORST = (False, 0), (True, 9)


async def tried(lane: Lane, rank: Rank, *, succeeds: bool = True) -> None:
    async with lane.turn(rank) as turn:
        turn.free = succeeds


async def full(monkeypatch: pytest.MonkeyPatch) -> tuple[Lane, list[asyncio.Task[None]]]:
    """A lane whose first try has just failed, and as many behind it as may be."""
    monkeypatch.setattr(lanes, "PACE", 0.05)
    lane = Lane()
    await tried(lane, WORST, succeeds=False)
    waiting = [asyncio.create_task(tried(lane, WORST)) for _ in range(LONGEST_LINE)]
    await asyncio.sleep(0)
    return lane, waiting


async def test_whoever_comes_to_a_full_line_puts_the_last_one_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lane, waiting = await full(monkeypatch)
    await tried(lane, BEST)
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in ended if each] == [Unavailable]
    assert isinstance(ended[-1], Unavailable)


async def test_a_line_goes_on_when_somebody_comes_as_the_last_one_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lane, waiting = await full(monkeypatch)
    waiting[-1].cancel()
    async with asyncio.timeout(1):
        await tried(lane, BEST)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*waiting)
        await tried(lane, WORST)
