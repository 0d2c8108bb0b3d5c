"""What everybody else feels while large batches are made: the event loop, and reads."""

import asyncio
from statistics import median
from time import perf_counter

from bench.place import Place
from bench.report import Figure
from services import batch_jobs, batch_list, batches
from services.batch_list import BatchFilter
from services.paging import Slice

LARGE, CODES = 10, 2000
STALL_MS = 50.0
SLOWER = 2.0
BEAT = 0.001


async def meanwhile(place: Place, rounds: int) -> list[Figure]:
    longest: list[float] = []
    beside: list[float] = []
    for number in range(rounds):
        stalls, reads = await _while_making(place, f"meanwhile-{number}")
        longest.append(max(stalls))
        beside += reads
    alone = await _reads(place, 100)  # now that as many batches are listed
    at_rest = await _stalls(asyncio.create_task(asyncio.sleep(1)))
    return [_stall(longest, max(at_rest)), _reading(median(alone), median(beside))]


async def _while_making(place: Place, key: str) -> tuple[list[float], list[float]]:
    for number in range(LARGE):
        await batches.request(place.actor, place.order(CODES, f"{key}-{number}"))
    making = asyncio.create_task(batch_jobs.work())
    reads, stalls = await asyncio.gather(_reads_until(place, making), _stalls(making))
    return stalls, reads


async def _reads(place: Place, times: int) -> list[float]:
    return [await _read(place) for _ in range(times)]


async def _reads_until(place: Place, making: asyncio.Task[object]) -> list[float]:
    taken: list[float] = []
    while not making.done():
        taken.append(await _read(place))
        await asyncio.sleep(BEAT)
    return taken


async def _read(place: Place) -> float:
    start = perf_counter()
    await batch_list.page(place.actor, BatchFilter(), Slice())
    return perf_counter() - start


async def _stalls(making: asyncio.Task[object]) -> list[float]:
    """How much later than asked for the loop came back, each time."""
    late = [0.0]
    while not making.done():
        start = perf_counter()
        await asyncio.sleep(BEAT)
        late.append(perf_counter() - start - BEAT)
    return late


def _stall(longest: list[float], at_rest: float) -> Figure:
    """Beside what the machine itself does to a loop that has nothing to do."""
    usual = median(longest) * 1000
    return Figure(
        name=f"longest stall of the event loop, {LARGE} x {CODES:,} codes",
        ours=f"{usual:.0f} ms",
        raw=f"{at_rest * 1000:.0f} ms at rest",
        ratio=f"{len(longest)} runs, worst {max(longest) * 1000:.0f} ms",
        target=f"under {STALL_MS:.0f} ms",
        met=usual < STALL_MS,
    )


def _reading(alone: float, beside: float) -> Figure:
    return Figure(
        name="a page of batches while codes are made",
        ours=f"{beside * 1000:.1f} ms",
        raw=f"{alone * 1000:.1f} ms at rest",
        ratio=f"{beside / alone:.1f} x at rest",
        target=f"at most {SLOWER:.0f} x",
        met=beside <= SLOWER * alone,
    )
