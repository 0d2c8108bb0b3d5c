"""How many tries are left: of an account, a workspace, the installation; of an address."""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tortoise.expressions import F

from models import Budget
from services.database import execute_each, fetch, moment
from services.zones import now


@dataclass(frozen=True, slots=True)
class Limit:
    key: str
    tries: int
    per: timedelta


def _minutes(end: datetime) -> int:
    return max(1, math.ceil((end - now()).total_seconds() / 60))


async def book(limit: Limit, number: int = 1) -> int:
    """Count tries before they are made: all of them, or none and the minutes left are returned."""
    began_before = now() - limit.per
    of_key = Budget.filter(key=limit.key)
    most_before = limit.tries - number
    if most_before < 0:
        return _minutes(now() + limit.per)
    if await of_key.filter(began_at__gt=began_before, spent__lte=most_before).update(
        spent=F("spent") + number
    ):
        return 0
    if await of_key.filter(began_at__lte=began_before).update(spent=number, began_at=now()):
        return 0
    # a window that begins later than now: the clock was turned back
    await of_key.filter(began_at__gt=now()).update(began_at=now())
    budget = await of_key.first()
    if budget and budget.spent > most_before:
        return _minutes(budget.began_at + limit.per)
    if budget is None:
        # two first tries at once: one row is made, and each counts itself in it
        await Budget.bulk_create(
            [Budget(key=limit.key, spent=0, began_at=now())], ignore_conflicts=True
        )
    return await book(limit, number)  # somebody else made or renewed the row in between


async def spent(limit: Limit) -> int:
    """How many tries were counted in the time that runs."""
    running = await Budget.get_or_none(key=limit.key, began_at__gt=now() - limit.per)
    return running.spent if running else 0


async def give_back(limit: Limit) -> None:
    """Take back the try that `book` counted, because it succeeded."""
    await Budget.filter(key=limit.key, spent__gt=0).update(spent=F("spent") - 1)


def network(address: str) -> str:
    """The address as limits see it: one IPv6 customer owns a whole /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:45]
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


@dataclass(slots=True)
class Window:
    """The tries spent since `began_at`, counted in memory."""

    limit: Limit
    spent: int
    began_at: datetime

    def book(self) -> int:
        """Count one try. Returns 0, or the minutes left when none may be made."""
        if now() - self.began_at >= self.limit.per:
            self.spent, self.began_at = 0, now()
        self.began_at = min(self.began_at, now())  # later than now: the clock was turned back
        if self.spent >= self.limit.tries:
            return _minutes(self.began_at + self.limit.per)
        self.spent += 1
        return 0

    def give_back(self) -> None:
        self.spent = max(0, self.spent - 1)


@asynccontextmanager
async def held(limits: Iterable[Limit]) -> AsyncGenerator[dict[str, Window]]:
    """Budgets by key that nobody else counts in until the unit of work ends, written back once."""
    wanted = {limit.key: limit for limit in limits}
    windows = await _windows(wanted) if wanted else {}
    before = {key: replace(window) for key, window in windows.items()}
    yield windows
    await execute_each(
        "UPDATE budget SET spent = ?, began_at = ? WHERE key = ?",
        [
            (window.spent, window.began_at, key)
            for key, window in windows.items()
            if window != before[key]
        ],
    )


async def _windows(wanted: dict[str, Limit]) -> dict[str, Window]:
    rows = await fetch(
        "SELECT key, spent, began_at FROM budget WHERE key IN (?) ORDER BY key",
        list(wanted),
        for_update=True,
    )
    if len(rows) == len(wanted):
        return {
            row["key"]: Window(wanted[row["key"]], row["spent"], moment(row["began_at"]) or now())
            for row in rows
        }
    await Budget.bulk_create(
        [Budget(key=key, spent=0, began_at=now()) for key in sorted(wanted)], ignore_conflicts=True
    )
    return await _windows(wanted)


class AddressLimit:
    """Tries by address, in memory, for at most `size` addresses; the oldest are forgotten."""

    def __init__(self, tries: int, per: timedelta, *, size: int = 100_000) -> None:
        self.tries, self.per, self.size = tries, per, size
        self._windows: OrderedDict[str, Window] = OrderedDict()

    def book(self, address: str) -> int:
        """As `book`, for an address."""
        key = network(address)
        window = self._windows.setdefault(key, Window(Limit(key, self.tries, self.per), 0, now()))
        minutes = window.book()
        if len(self._windows) > self.size:
            self._windows.popitem(last=False)
        return minutes

    def spent(self, address: str) -> int:
        window = self._windows.get(network(address))
        return window.spent if window else 0

    def give_back(self, address: str) -> None:
        window = self._windows.get(network(address))
        if window:
            window.give_back()
