"""T08: another process locks the database: a short time is waited for, a longer one is said."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from models import Activation
from services.settings import Settings
from tests import recount
from tests.cast import Cast, issue
from tests.conftest import POSTGRES
from tests.trust import program
from tests.trust.figures import held
from tests.trust.line import Answer, Form, Line

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL locks rows, not the database"),
]

VISITORS, SHORT, LONG = 40, 10.0, 40.0


@asynccontextmanager
async def lock(db: Settings, seconds: float) -> AsyncGenerator[None]:
    """Somebody else's write, for that long; what is inside runs meanwhile."""
    stranger = sqlite3.connect(db.sqlite_path, isolation_level=None, check_same_thread=False)
    stranger.execute("BEGIN IMMEDIATE")
    loop = asyncio.get_running_loop()
    end = loop.call_later(seconds, stranger.execute, "ROLLBACK")
    try:
        yield
    finally:
        if not end.cancelled() and stranger.in_transaction:
            end.cancel()
            stranger.execute("ROLLBACK")
        stranger.close()


async def redeemed(origin: str, form: Form, code: str) -> tuple[Answer, float]:
    began = time.monotonic()
    async with Line(origin) as line:
        typed = {"name": "Somebody", "email": f"{code.lower()}@example.org", "code": code}
        return await line.post("/redeem", form, **typed), time.monotonic() - began


async def test_ten_seconds_are_waited_for_and_more_is_said(cast: Cast, db: Settings) -> None:
    issued = await issue(cast.ada, cast.month, VISITORS * 2)
    first, second = issued.texts[:VISITORS], issued.texts[VISITORS:]
    async with program.running(db) as running:
        async with Line(running.origin) as line:
            form = await line.form("/redeem")
        async with lock(db, SHORT):
            short = await asyncio.gather(*(redeemed(running.origin, form, c) for c in first))
        async with lock(db, LONG):
            long = await asyncio.gather(*(redeemed(running.origin, form, c) for c in second))
        again = await asyncio.gather(*(redeemed(running.origin, form, c) for c in second))
    wrong, used = await recount.wrong(), await Activation.all().count()
    slowest = max(took for _, took in short)
    statuses = Counter(answer.status for answer, _ in short)
    held(
        test="T08",
        figure=f"locked for {SHORT:.0f} s: {dict(statuses)}, the slowest after {slowest:.1f} s",
        target=f"all 303, at most {SHORT + 1:.0f} s",
        holds=statuses == {303: VISITORS} and slowest <= SHORT + 1,
    )
    told = [answer for answer, _ in long if answer.status == 503]
    clear = all(answer.headers.get("retry-after") for answer in told)
    held(
        test="T08",
        figure=(
            f"locked for {LONG:.0f} s: {len(told)} of {VISITORS} told to come again, "
            f"the last after {max(took for _, took in long):.1f} s; afterwards "
            f"{used} of {VISITORS * 2} are used, {len(wrong)} counters wrong"
        ),
        target="all told within 31 s, with Retry-After; all used, 0",
        holds=len(told) == VISITORS
        and clear
        and max(took for _, took in long) <= 31
        and all(answer.status == 303 for answer, _ in again)
        and used == VISITORS * 2
        and not wrong,
    )
