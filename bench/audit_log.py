"""Pages of the audit log among a million entries: each filter alone, and the worst together.

`python -m bench.audit_log` runs it alone and tells the plan of each question as well.
"""

import asyncio
import json
import logging
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from bench.place import Place, place
from bench.report import Figure, show
from models.enums import AuditAction, Resource
from services import audit, audit_list, audit_scan
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.audit_scan import Search
from services.database import insert_many
from services.paging import Key
from services.periods import Period
from services.settings import get_settings

ENTRIES, TOGETHER = 1_000_000, 20_000
UNDER, TIMES = 0.05, 2.0  # seconds, or as long as one bare statement takes for the same
RARE = {500, 700_000}
START = datetime(2024, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=1)
MIDDLE = (START + STEP * (ENTRIES // 2)).date()
DAY = Period(MIDDLE, MIDDLE)
KINDS = {
    (AuditAction.ACTIVATE, Resource.CODE): 600,
    (AuditAction.LOGIN, Resource.USER): 180,
    (AuditAction.CREATE, Resource.BATCH): 60,
    (AuditAction.SHOW, Resource.BATCH): 40,
    (AuditAction.COPY, Resource.CODE): 50,
    (AuditAction.REVOKE, Resource.CODE): 20,
    (AuditAction.UPDATE, Resource.ENTITLEMENT): 40,
    (AuditAction.FAIL, Resource.MESSAGE): 10,
}
QUESTIONS = {
    "the newest page": AuditFilter(),
    "a rare action": AuditFilter(action=AuditAction.ERASE),
    "a resource that is not there": AuditFilter(resource=Resource.SCHEME),
    "a user": AuditFilter(person_id=1),
    "a user, and what they never did": AuditFilter(person_id=1, action=AuditAction.ACTIVATE),
    "an action and a resource that never met": AuditFilter(
        action=AuditAction.ACTIVATE, resource=Resource.BATCH
    ),
    "a target": AuditFilter(resource=Resource.CODE, target_id=77_777),
    "a search that finds nothing": AuditFilter(search='100% "none"'),
    "a day in the middle": AuditFilter(period=DAY),
    "that day, a user and a search": AuditFilter(period=DAY, person_id=1, search="7KQM"),
    "all filters at once": AuditFilter(
        period=DAY,
        person_id=1,
        action=AuditAction.COPY,
        resource=Resource.CODE,
        target_id=77_777,
        search="7KQM",
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    asked: Search
    ours: float
    raw: float


async def audit_log(rounds: int, *, plans: bool = False) -> list[Figure]:
    async with place() as here:
        await _fill(here)
        with closing(sqlite3.connect(get_settings().sqlite_path)) as raw:
            whole = replace(here.actor, workspace_id=None)
            measured = [
                await _measure(who, raw, f"{of}, {name}", wanted, rounds)
                for of, who in (("a workspace's log", here.actor), ("the whole log", whole))
                for name, wanted in QUESTIONS.items()
            ]
            measured.append(await _far_page(here.actor, raw, rounds))
            if plans:
                _tell_plans(measured, raw)
    return [_figure(each) for each in measured]


async def _fill(here: Place) -> None:
    rows = list(_rows(here.actor.workspace))
    for first in range(0, ENTRIES, TOGETHER):
        await insert_many("audit_entry", audit.COLUMNS, rows[first : first + TOGETHER])


def _rows(workspace_id: int) -> Iterator[tuple[object, ...]]:
    dice = random.Random("log")
    kinds = dice.choices(list(KINDS), list(KINDS.values()), k=ENTRIES)
    of_code = json.dumps({"batch": 7, "ending": "7KQM"}, separators=(",", ":"))
    other = json.dumps({"codes": 12, "format": "csv"}, separators=(",", ":"))
    for number, (action, resource) in enumerate(kinds):
        if number in RARE:
            action, resource = AuditAction.ERASE, Resource.PERSON
        of = None if resource is Resource.USER else workspace_id
        if of and dice.random() < 0.3:
            of = dice.randint(2, 40)
        by_holder = action is AuditAction.ACTIVATE
        person = 100 + number if by_holder else dice.choice((1, 1, 1, 2, 3, 4))
        detail = of_code if resource is Resource.CODE else other
        target = dice.randint(1, 200_000)
        at = START + STEP * number
        yield at, of, person, action.value, resource.value, target, detail


async def _measure(
    actor: Actor, raw: sqlite3.Connection, name: str, wanted: AuditFilter, rounds: int
) -> Measured:
    asked = await audit_list.search(actor, wanted)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(rounds + 1):  # in turn, so that both meet the same machine
        ours.append(await _page(actor, wanted, None))
        bare.append(_raw(raw, asked))
    return Measured(name, asked, median(ours[1:]), median(bare[1:]))


async def _far_page(actor: Actor, raw: sqlite3.Connection, rounds: int) -> Measured:
    """Half a million entries down, where OFFSET would count them all."""
    key = Key(before=ENTRIES // 2)
    asked = await audit_list.search(actor, AuditFilter())
    ours = [await _page(actor, AuditFilter(), key) for _ in range(rounds)]
    there = replace(asked, end=ENTRIES // 2)
    bare = [_raw(raw, there) for _ in range(rounds)]
    return Measured("a workspace's log, a page far down", there, median(ours), median(bare))


async def _page(actor: Actor, wanted: AuditFilter, key: Key | None) -> float:
    start = perf_counter()
    await audit_list.page(actor, wanted, key)
    return perf_counter() - start


def _raw(raw: sqlite3.Connection, asked: Search) -> float:
    """The same rows by one statement: no names, no words, nothing between."""
    statement = audit_scan.OLDER.format(asked.where)
    start = perf_counter()
    raw.execute(statement, (*asked.values, asked.first, asked.end, 51)).fetchall()
    return perf_counter() - start


def _figure(each: Measured) -> Figure:
    return Figure(
        name=each.name,
        ours=f"{each.ours * 1000:.1f} ms",
        raw=f"{each.raw * 1000:.1f} ms",
        ratio=f"{each.ours / each.raw:.1f} x",
        target=f"under {UNDER * 1000:.0f} ms, else {TIMES:.0f} x",
        met=each.ours < max(UNDER, TIMES * each.raw),
    )


def _tell_plans(measured: list[Measured], raw: sqlite3.Connection) -> None:
    for each in measured:
        statement = "EXPLAIN QUERY PLAN " + audit_scan.OLDER.format(each.asked.where)
        values = (*each.asked.values, each.asked.first, each.asked.end, 51)
        plan = "; ".join(row[3] for row in raw.execute(statement, values))
        print(f"{each.name}: {plan}")
    print()


if __name__ == "__main__":
    logging.disable(logging.INFO)
    show(asyncio.run(audit_log(rounds=5, plans=True)))
