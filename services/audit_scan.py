"""Reads the log by key: in stretches of ids, so that no search holds up other readers for long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from services import audit_filter, zones
from services.audit_filter import AuditFilter
from services.database import fetch, moment

OLDER = "SELECT * FROM audit_entry WHERE {}id >= ? AND id < ? ORDER BY id DESC LIMIT ?"
NEWER = "SELECT * FROM audit_entry WHERE {}id >= ? AND id < ? ORDER BY id LIMIT ?"
COUNT = """
SELECT COUNT(*) AS found FROM
    (SELECT 1 FROM audit_entry WHERE {}id >= ? AND id < ? LIMIT ?) AS counted"""
FROM_ID = "SELECT id, at FROM audit_entry WHERE id >= ? ORDER BY id LIMIT 1"
NEWEST = "SELECT MAX(id) AS newest FROM audit_entry"

SHORTEST = 5_000  # ids in one stretch
QUICK, SLOW = 0.005, 0.025  # seconds after which the next stretch is longer, or shorter
PATIENCE = 1.5  # seconds in which somebody looks at a progress line
# Entries are numbered as they are stored, not as they happen: a transaction lies between, and none
# is open for a day (see services/notices.py).
OUT_OF_ORDER = timedelta(days=1)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Conditions, and the ids between which all that meets them lies: first, and first beyond."""

    where: str
    values: tuple[Any, ...]
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """`edge` is how far it was looked; `all_seen` that there is nothing on that side."""

    rows: list[Row]
    edge: int
    all_seen: bool


async def search(wanted: AuditFilter, log_of: int | None, zone: str) -> Search:
    conditions = await audit_filter.conditions(wanted, log_of, zone)
    period, end = wanted.period, await newest() + 1
    first = await _first_from(zones.start_of(period.since, zone), end) if period.since else 1
    if period.until:
        end = await _first_from(zones.end_of(period.until, zone) + 2 * OUT_OF_ORDER, end)
    return Search(
        where="".join(f"{sql} AND " for sql, _ in conditions),
        values=tuple(value for _, values in conditions for value in values),
        first=first,
        end=end,
    )


async def newest() -> int:
    """The highest id, 0 without entries."""
    [row] = await fetch(NEWEST, reading=True)
    return row["newest"] or 0


async def time_from(entry_id: int) -> datetime | None:
    """When the first entry from this id on was written."""
    rows = await fetch(FROM_ID, entry_id, reading=True)
    return moment(rows[0]["at"]) if rows else None


async def _first_from(at: datetime, end: int) -> int:
    """An id below which nothing happened at `at` or later, found by halving."""
    low, high = 1, end
    while low < high:
        middle = (low + high) // 2
        rows = await fetch(FROM_ID, middle, reading=True)
        stored = moment(rows[0]["at"]) if rows else None
        if stored is None or stored >= at - OUT_OF_ORDER:
            high = middle
        else:
            low = rows[0]["id"] + 1
    return low


async def older(asked: Search, before: int, most: int, patience: float = PATIENCE) -> Found:
    """At most so many entries below an id, newest first."""
    edge, rows, size, began = min(before, asked.end), list[Row](), SHORTEST, perf_counter()
    while edge > asked.first and len(rows) < most and perf_counter() - began < patience:
        low, at = max(asked.first, edge - size), perf_counter()
        left = most - len(rows)
        rows += await fetch(OLDER.format(asked.where), *asked.values, low, edge, left, reading=True)
        edge, size = low, _next(size, perf_counter() - at)
    return Found(rows, edge, edge <= asked.first)


async def newer(asked: Search, after: int, most: int, patience: float = PATIENCE) -> Found:
    """At most so many entries above an id, oldest first."""
    edge, rows, size = max(after + 1, asked.first), list[Row](), SHORTEST
    began = perf_counter()
    while edge < asked.end and len(rows) < most and perf_counter() - began < patience:
        high, at = min(asked.end, edge + size), perf_counter()
        left = most - len(rows)
        values = (*asked.values, edge, high, left)
        rows += await fetch(NEWER.format(asked.where), *values, reading=True)
        edge, size = high, _next(size, perf_counter() - at)
    return Found(rows, edge, edge >= asked.end)


async def count(asked: Search, most: int, patience: float) -> tuple[int, bool]:
    """How many there are, at most so many, and whether these are all."""
    edge, found, size, began = asked.end, 0, SHORTEST, perf_counter()
    while edge > asked.first and found <= most and perf_counter() - began < patience:
        low, at = max(asked.first, edge - size), perf_counter()
        values = (*asked.values, low, edge, most + 1 - found)
        [row] = await fetch(COUNT.format(asked.where), *values, reading=True)
        found, edge, size = found + row["found"], low, _next(size, perf_counter() - at)
    return min(found, most), edge <= asked.first and found <= most


def _next(size: int, seconds: float) -> int:
    if seconds < QUICK:
        return size * 4
    return max(SHORTEST, size // 2) if seconds > SLOW else size
