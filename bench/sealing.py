"""Sealing the log: how fast, how fast Verify is, and that activations do not wait for it."""

import asyncio
from statistics import median
from time import perf_counter

from bench.activate import CLIENTS, TOGETHER, codes, rate
from bench.place import Place
from bench.report import Figure
from models.enums import AuditAction, Resource
from services import audit, audit_verify, sealing
from services.audit_findings import Verdict
from services.database import unit_of_work

ENTRIES = 20_000
SEALED_LEAST, VERIFIED_LEAST = 5_000, 33_000  # a million is verified in 30 seconds
SLOWED_MOST = 1.1


async def seal(place: Place, rounds: int) -> list[Figure]:
    seals, verified = await _pure(rounds)
    alone, beside = await _activations(place, rounds)
    ratio = alone / beside
    return [
        _figure("seal entries", seals, SEALED_LEAST),
        _figure("verify sealed entries", verified, VERIFIED_LEAST),
        Figure(
            name=f"activate, {CLIENTS} clients, while entries are sealed",
            ours=f"{beside:,.0f}/s",
            raw=f"{alone:,.0f}/s without",
            ratio=f"1/{ratio:.2f}",
            target=f"at least 1/{SLOWED_MOST}",
            met=ratio <= SLOWED_MOST,
        ),
    ]


async def _pure(rounds: int) -> tuple[float, float]:
    seals: list[float] = []
    verified: list[float] = []
    for _ in range(rounds):
        await sealing.seal()
        await _happen(ENTRIES)
        start = perf_counter()
        sealed = await sealing.seal()
        seals.append(sealed / (perf_counter() - start))
        start = perf_counter()
        verdict: Verdict = await audit_verify.check(())
        verified.append(verdict.sealed / (perf_counter() - start))
        assert verdict.is_clean, verdict.findings
    return median(seals), median(verified)


@unit_of_work
async def _happen(times: int) -> None:
    facts = {"batch": 7, "activation": 9, "by_link": True}
    kind = AuditAction.COPY, Resource.CODE
    await audit.record_all(
        [audit.entry(*kind, n, by=None, workspace_id=1, **facts) for n in range(times)]
    )


async def _activations(place: Place, rounds: int) -> tuple[float, float]:
    """Without a sealer and with one, in turns."""
    rates: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * (rounds + 1)):
        is_sealing = number % 2 == 1
        texts = await codes(place, TOGETHER, f"seal-{number}")
        sealer = asyncio.create_task(_keep_sealing()) if is_sealing else None
        rates[is_sealing].append(await rate(texts, clients=CLIENTS))
        if sealer:
            sealer.cancel()
        await sealing.seal()
    return median(rates[False][1:]), median(rates[True][1:])


async def _keep_sealing() -> None:
    """More often than the program does, so that it happens at all within such a round."""
    while True:
        await asyncio.sleep(sealing.PAUSE / 5)
        await sealing.seal()


def _figure(name: str, ours: float, least: int) -> Figure:
    return Figure(name=name, ours=f"{ours:,.0f}/s", target=f"{least:,}/s", met=ours >= least)
