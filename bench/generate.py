"""Generating codes through the service, beside raw SQLite writing the same rows, and the peers."""

from statistics import median
from time import perf_counter

from bench import raw
from bench.place import Place
from bench.report import Figure
from models import Batch
from models.enums import BatchState
from services import batch_jobs, batches

AT_MOST = 3.0

# Ratios to the baseline that `raw.peer_baseline` takes again in this run: generating the codes one
# character at a time and inserting them in one transaction. The best and the worst quiet run.
PEERS = {
    "django-oscar 4.2.1, create set": {150: (17.5, 31.7), 2000: (16.1, 18.7)},
    "pretix 2026.8.0, web form": {150: (49, 74), 2000: (43, 86)},
    "pretix 2026.8.0, API": {150: (162, 345), 2000: (151, 304)},
}


async def generate(place: Place, codes: int, rounds: int) -> list[Figure]:
    """From the request to READY, whichever way the service makes that many."""
    ours: list[float] = []
    bare: list[float] = []
    peers: list[float] = []
    for number in range(rounds + 1):
        key = f"{codes}-{number}"
        seconds, _ = raw.generate(place.raw, codes, key)
        bare.append(seconds)
        peers.append(raw.peer_baseline(place.folder, codes))
        ours.append(await _to_ready(place, codes, key))
    first, others = 1, median(peers[1:])  # the first one warms up
    return [
        _figure(codes, median(ours[first:]), median(bare[first:])),
        *_beside_peers(codes, median(ours[first:]), others),
    ]


async def _to_ready(place: Place, codes: int, key: str) -> float:
    start = perf_counter()
    batch = await batches.request(place.actor, place.order(codes, key))
    if batch.state is not BatchState.DONE:
        await batch_jobs.work()
    seconds = perf_counter() - start
    made = await Batch.get(id=batch.id)
    assert (made.state, made.ready) == (BatchState.DONE, codes)
    return seconds


def _figure(codes: int, ours: float, bare: float) -> Figure:
    return Figure(
        name=f"generate {codes:,} codes, request to READY",
        ours=f"{ours * 1000:.1f} ms",
        raw=f"{bare * 1000:.1f} ms",
        ratio=f"{ours / bare:.1f} x raw",
        target=f"at most {AT_MOST:.0f} x",
        met=ours <= AT_MOST * bare,
    )


def _beside_peers(codes: int, ours: float, baseline: float) -> list[Figure]:
    size = max(codes, 150)
    best = min(low for ratios in PEERS.values() for low, _ in [ratios[size]])
    own = Figure(
        name=f"  {codes:,} codes, in the peers' measure",
        ours=f"{ours * 1000:.1f} ms",
        raw=f"{baseline * 1000:.1f} ms",
        ratio=f"{ours / baseline:.1f} x",
        target=f"below {best:g} x",
        met=ours < best * baseline,
    )
    others = [
        Figure(name=f"    {peer}, {size:,} codes", ours="", ratio=f"{low:g}-{high:g} x")
        for peer, ratios in PEERS.items()
        for low, high in [ratios[size]]
    ]
    return [own, *others]
