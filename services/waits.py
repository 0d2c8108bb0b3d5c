"""Waits that grow with each failure in a row: of an account's password, of its second factor."""

import math
from datetime import datetime, timedelta

from models import GrowingWait
from services.database import fetch, moment, unit_of_work
from services.settings import get_settings
from services.zones import now

FORGOTTEN_AFTER = timedelta(days=1)  # without a failure
ROW = "SELECT failures, until FROM growing_wait WHERE key = ?"


@unit_of_work
async def begin(key: str) -> int:
    """Count a try before it is made, as if it failed. Returns 0, or how many seconds to wait.

    Not inside the unit of work that may refuse: a rollback would take the count back. `key` has
    at most 60 characters; `end` it when the try succeeded.
    """
    rows = await fetch(ROW, key, for_update=True)
    if not rows:
        await GrowingWait.bulk_create([GrowingWait(key=key, until=now())], ignore_conflicts=True)
        return await begin(key)
    failures, until = rows[0]["failures"], moment(rows[0]["until"]) or now()
    if left := _left(until, after(failures)):
        return left
    failures = 1 if until <= now() - FORGOTTEN_AFTER else failures + 1
    await GrowingWait.filter(key=key).update(failures=failures, until=now() + after(failures))
    return 0


@unit_of_work
async def end(key: str) -> None:
    """A try succeeded: the next failure is the first one again."""
    await GrowingWait.filter(key=key).delete()


async def failures(key: str) -> int:
    """How many tries failed in a row."""
    row = await GrowingWait.get_or_none(key=key)
    return row.failures if row else 0


def after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    settings = get_settings()
    doubled = failures - settings.wait_after_failures
    if doubled < 0:
        return timedelta(0)
    # more doublings than that are beyond the longest wait, whatever the settings
    return min(settings.wait_first * 2 ** min(doubled, 20), settings.wait_longest)


def _left(until: datetime, longest: timedelta) -> int:
    """Seconds; none where the clock was set back, for nobody waits longer than they were told."""
    left = until - now()
    if not timedelta(0) < left <= longest:
        return 0
    return math.ceil(left.total_seconds())


@unit_of_work
async def forget_old() -> int:
    """Delete those of whom nothing was heard for a day; returns how many."""
    return await GrowingWait.filter(until__lt=now() - FORGOTTEN_AFTER).delete()
