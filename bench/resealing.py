"""Sealing codes anew after a rotation: how fast it is while nobody else writes."""

from time import perf_counter

from bench.place import Place
from bench.report import Figure
from services import batch_jobs, batches, key_rotation, resealing
from services.settings import get_settings

CODES = 10_000
AT_ONCE = 2_000
LEAST = 1_700  # 100,000 codes in a minute


async def reseal(place: Place) -> Figure:
    for number in range(CODES // AT_ONCE):
        order = place.order(AT_ONCE, f"reseal-{number}")
        await batches.request(place.actor, order)
        await batch_jobs.work()
    done = await key_rotation.rotate(get_settings())
    start = perf_counter()
    await resealing.work()
    ours = done.codes / (perf_counter() - start)
    return Figure(
        name=f"seal {done.codes:,} codes anew",
        ours=f"{ours:,.0f}/s",
        target=f"{LEAST:,}/s",
        met=ours >= LEAST,
    )
