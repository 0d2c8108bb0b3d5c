"""Every query behind the dashboards, with a million codes in the workspace."""

import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from statistics import median
from time import perf_counter

from bench.place import Place
from bench.report import Figure
from models.enums import CodeKind
from services import activation_days, attention, dashboards
from services.actor import Actor
from services.issuing import CODE_COLUMNS
from services.settings import get_settings
from services.zones import now

CODES, IN_BATCH = 1_000_000, 149
TARGET_MS = 50.0
BATCH = """
INSERT INTO batch (id, created_at, workspace_id, kind, product_id, plan_id, requested_by_id,
    idempotency_key, quantity, prefix, note, state, failure, made, ready, activated, revoked,
    expires_at)
VALUES (?, ?, ?, 'ACCESS', ?, ?, ?, ?, ?, '', '', 'DONE', '', ?, 100, 40, 9, ?)"""
CODE = f"INSERT INTO code ({', '.join(CODE_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
DAY = """
INSERT INTO activation_day (created_at, workspace_id, kind, day, activated)
VALUES (?, ?, 'ACCESS', ?, 1000)"""
FIRST = 1_000_000  # ids above whatever was made before

Ask = Callable[[Actor], Awaitable[object]]
QUERIES: dict[str, Ask] = {
    "numbers of codes": lambda actor: dashboards.codes(actor, CodeKind.ACCESS),
    "what agreements leave": dashboards.left,
    "numbers of evaluations": dashboards.evaluations,
    "activations of 90 days": lambda actor: activation_days.recent(actor, CodeKind.ACCESS, 90),
    "what needs somebody": lambda actor: attention.of_codes(actor, CodeKind.ACCESS),
}


async def dashboard(place: Place, rounds: int) -> list[Figure]:
    with closing(sqlite3.connect(get_settings().sqlite_path)) as file:
        file.execute("PRAGMA synchronous = OFF")
        _fill(file, place)
    return [await _figure(place.actor, name, ask, rounds) for name, ask in QUERIES.items()]


def _fill(file: sqlite3.Connection, place: Place) -> None:
    at, workspace = now(), place.actor.workspace
    batches = range(FIRST, FIRST + CODES // IN_BATCH)
    soon = str(at + timedelta(days=20))
    file.executemany(
        BATCH,
        (
            (
                *(number, str(at), workspace, place.product_id, place.plan_id),
                *(place.actor.person_id, f"dashboard-{number}", IN_BATCH, IN_BATCH),
                soon if number % 10 == 0 else None,
            )
            for number in batches
        ),
    )
    file.executemany(CODE, _codes(batches, str(at), workspace))
    days = [(str(at), workspace, str((at - timedelta(days=n)).date())) for n in range(1, 365)]
    file.executemany(DAY, days)
    file.commit()


def _codes(batches: range, at: str, workspace: int) -> Iterator[tuple[object, ...]]:
    for batch in batches:
        for ordinal in range(1, IN_BATCH + 1):
            digest, sealed = secrets.token_bytes(32), b"sealed" * 7
            yield at, workspace, batch, ordinal, digest, sealed, "BNCH", None, "READY", 1


async def _figure(actor: Actor, name: str, ask: Ask, rounds: int) -> Figure:
    taken: list[float] = []
    for _ in range(rounds):
        start = perf_counter()
        await ask(actor)
        taken.append((perf_counter() - start) * 1000)
    usual = median(taken)
    return Figure(
        name=f"{name}, {CODES:,} codes",
        ours=f"{usual:.1f} ms",
        ratio=f"worst {max(taken):.1f} ms",
        target=f"under {TARGET_MS:.0f} ms",
        met=max(taken) < TARGET_MS,
    )
