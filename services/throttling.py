"""Tries that failed or that a limit refused: counted for the owner, who is told of guessing.

Counted in memory and written down now and then, so that a flood of tries is no flood of writes.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from models import Budget
from models.enums import AuditAction, Resource
from services import audit, signals
from services.database import fetch, moment, unit_of_work
from services.errors import Limited
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
WRITE_EVERY = timedelta(seconds=5)
WARN_EVERY = timedelta(minutes=1)
REFUSED = "refused:"
SIGN_INS = "sign-in:installation"
SPENT = """
SELECT key, spent, began_at FROM budget WHERE began_at > ? AND key IN (?) ORDER BY key"""
COUNT = "SELECT spent, began_at FROM budget WHERE key = ?"


class Kind(StrEnum):
    """What was tried too often."""

    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second factor"
    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    RESET = "reset"
    REDEEM = "redeem"
    CERTIFICATE = "certificate"
    EXPORT = "export"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """How many tries of that kind were refused since then, within about an hour."""

    kind: Kind
    refused: int
    since: datetime


WAYS_IN = (Kind.SIGN_IN, Kind.SECOND_FACTOR, Kind.PASSWORD)


@dataclass
class _Process:
    """What was not written down yet, and when each kind was last warned of."""

    refused: Counter[Kind] = field(default_factory=Counter[Kind])
    failed: int = 0
    warned: dict[Kind, datetime] = field(default_factory=dict[Kind, datetime])


_process = _Process()


def refuse(kind: Kind, *, minutes: int = 0, seconds: int = 0) -> Limited:
    """Count a refused try; returns what to raise: give the minutes to wait, or the seconds."""
    count(kind)
    minutes = minutes or -(-seconds // 60)
    wait = f"{seconds} seconds" if 0 < seconds < 60 else _long(minutes)
    return Limited(f"Too many tries. Try again in {wait}.", minutes=minutes, seconds=seconds)


def _long(minutes: int) -> str:
    if minutes > 120:
        return f"{-(-minutes // 60)} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def count(kind: Kind) -> None:
    """A try was refused. The log is warned of the first in a minute: a flood must not fill it."""
    _process.refused[kind] += 1
    last = _process.warned.get(kind)
    if last is None or abs(now() - last) >= WARN_EVERY:
        _process.warned[kind] = now()
        log.warning("Too many tries (%s): one was refused.", kind.value)


def failed() -> None:
    """Somebody had a password, or what comes after it, wrong."""
    _process.failed += 1


async def keep() -> timedelta:
    """Write down what was counted since the last time; returns when to do it again."""
    refused, wrong = _process.refused, _process.failed
    if refused or wrong:
        _process.refused, _process.failed = Counter(), 0
        try:
            await _add(refused, wrong)
        except BaseException:
            _process.refused.update(refused)
            _process.failed += wrong
            raise
    return WRITE_EVERY


@unit_of_work
async def _add(refused: Counter[Kind], wrong: int) -> None:
    for kind, tries in sorted(refused.items()):
        await _count(f"{REFUSED}{kind}", tries)
    wrong += sum(refused[kind] for kind in WAYS_IN)
    if wrong:
        most, spent = get_settings().sign_in_tries_per_installation, await _count(SIGN_INS, wrong)
        if spent - wrong < most <= spent:  # once in each window
            await audit.record(
                AuditAction.GUESSING, Resource.INSTALLATION, None, by=None, budget=SIGN_INS
            )
    signals.emit(Changed(None, Topic.THROTTLING))


async def _count(key: str, tries: int) -> int:
    """Returns how many they are within the hour."""
    await Budget.bulk_create([Budget(key=key, spent=0, began_at=now())], ignore_conflicts=True)
    [row] = await fetch(COUNT, key, for_update=True)
    began, spent = moment(row["began_at"]) or now(), row["spent"]
    if not timedelta(0) <= now() - began < HOUR:
        began, spent = now(), 0
    await Budget.filter(key=key).update(spent=spent + tries, began_at=began)
    return spent + tries


async def lately() -> list[Throttled]:
    """What was refused within about an hour, by kind."""
    keys = [f"{REFUSED}{kind}" for kind in Kind]
    rows = await fetch(SPENT, now() - HOUR, keys, reading=True)
    return [
        Throttled(
            kind=Kind(row["key"].removeprefix(REFUSED)),
            refused=row["spent"],
            since=moment(row["began_at"]) or now(),
        )
        for row in rows
        if row["spent"]
    ]
