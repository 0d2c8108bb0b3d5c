"""Activating codes through the one redeem service, beside raw SQLite, one after another."""

import asyncio
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from bench import raw
from bench.place import Place
from bench.report import Figure
from services import batch_jobs, batches, redemptions
from services import codes as code_service
from services.answers import Activated
from services.redemptions import ActivationRequest
from services.tries import Visitor

CLIENTS = 64
SEQUENTIAL = 100
TOGETHER = 640


async def activate(place: Place, rounds: int) -> list[Figure]:
    bare: list[float] = []
    single: list[float] = []
    together: list[float] = []
    for number in range(rounds + 1):
        texts = await codes(place, SEQUENTIAL + TOGETHER, f"activate-{number}")
        _, digests = raw.generate(place.raw, SEQUENTIAL + TOGETHER, f"activate-{number}")
        bare.append(raw.activate(place.raw, digests[:SEQUENTIAL]))
        single.append(await rate(texts[:SEQUENTIAL], clients=1))
        together.append(await rate(texts[SEQUENTIAL:], clients=CLIENTS))
        raw.activate(place.raw, digests[SEQUENTIAL:])  # both databases stay the same size
    base = median(bare[1:])  # the first round warms up
    return [
        _figure("activate, one after another", median(single[1:]), base, part=10),
        _figure(f"activate, {CLIENTS} clients", median(together[1:]), base, part=3),
    ]


async def codes(place: Place, count: int, key: str) -> list[str]:
    batch = await batches.request(place.actor, place.order(count, key))
    await batch_jobs.work()
    return [code.text for code in await code_service.show(place.actor, batch.id)]


async def rate(texts: list[str], *, clients: int) -> float:
    """Activations in a second by that many clients, each taking the next code when answered."""
    waiting = iter(texts)
    start = perf_counter()
    await asyncio.gather(*(_client(waiting, f"192.0.2.{number}") for number in range(clients)))
    return len(texts) / (perf_counter() - start)


async def _client(waiting: Iterator[str], address: str) -> None:
    visitor = Visitor(address=address)
    for text in waiting:
        email = f"ada.{text.replace('-', '').lower()}@bench.example"
        request = ActivationRequest(typed=text, name="Ada", email=email, visitor=visitor)
        outcome = await redemptions.activate(request)
        assert isinstance(outcome, Activated), outcome


def _figure(name: str, ours: float, bare: float, *, part: int) -> Figure:
    return Figure(
        name=name,
        ours=f"{ours:,.0f}/s",
        raw=f"{bare:,.0f}/s",
        ratio=f"1/{bare / ours:.1f} of raw",
        target=f"at least 1/{part}",
        met=ours >= bare / part,
    )
