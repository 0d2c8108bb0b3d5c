"""Generating codes through the service, beside raw SQLite writing the same rows."""

from statistics import median
from time import perf_counter

from bench import raw
from bench.place import Place
from bench.report import Figure
from services import batches

AT_MOST = 3.0


async def generate(place: Place, codes: int, rounds: int) -> Figure:
    ours: list[float] = []
    bare: list[float] = []
    for number in range(rounds + 1):
        key = f"{codes}-{number}"
        seconds, _ = raw.generate(place.raw, codes, key)
        bare.append(seconds)
        start = perf_counter()
        await batches.request(place.actor, place.order(codes, key))
        ours.append(perf_counter() - start)
    return _figure(codes, median(ours[1:]), median(bare[1:]))  # the first one warms up


def _figure(codes: int, ours: float, bare: float) -> Figure:
    return Figure(
        name=f"generate {codes:,} codes",
        ours=f"{ours * 1000:.1f} ms",
        raw=f"{bare * 1000:.1f} ms",
        ratio=f"{ours / bare:.1f} x raw",
        target=f"at most {AT_MOST:.0f} x",
        met=ours <= AT_MOST * bare,
    )
