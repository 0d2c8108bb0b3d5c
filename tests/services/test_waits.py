"""Waits that grow with each failure in a row, and end with a success."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from models import GrowingWait
from services import database, housekeeping, waits
from services.settings import Settings
from tests.conftest import Configure

KEY = "sign-in:somebody"


async def fail(times: int) -> None:
    for _ in range(times):
        assert await waits.begin(KEY) == 0


async def test_the_first_three_failures_wait_for_nothing_and_then_waits_double(
    clock: time_machine.Traveller, db: Settings
) -> None:
    await fail(3)
    waited: list[int] = []
    for _ in range(9):
        waited.append(await waits.begin(KEY))
        clock.shift(timedelta(seconds=waited[-1]))
        await fail(1)
    assert waited == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


async def test_a_wait_says_how_much_of_it_is_left(
    clock: time_machine.Traveller, db: Settings
) -> None:
    await fail(3)
    clock.shift(timedelta(seconds=29.5))
    assert await waits.begin(KEY) == 1
    clock.shift(timedelta(seconds=0.5))
    await fail(1)


async def test_asking_while_one_waits_makes_nothing_longer(
    clock: time_machine.Traveller, db: Settings
) -> None:
    await fail(3)
    assert {await waits.begin(KEY) for _ in range(20)} == {30}
    clock.shift(timedelta(seconds=30))
    await fail(1)


async def test_a_success_ends_it(clock: time_machine.Traveller, db: Settings) -> None:
    await fail(3)
    clock.shift(timedelta(seconds=30))
    await fail(1)
    await waits.end(KEY)
    await fail(3)


async def test_others_do_not_wait(db: Settings) -> None:
    await fail(3)
    assert await waits.begin("sign-in:another") == 0


async def test_of_many_tries_at_once_three_are_made(db: Settings) -> None:
    answers = await asyncio.gather(*(waits.begin(KEY) for _ in range(30)))
    assert answers.count(0) == 3
    assert (await GrowingWait.get()).failures == 3


async def test_it_survives_a_restart(db: Settings) -> None:
    await fail(3)
    await database.disconnect()
    await database.connect(db)
    assert await waits.begin(KEY) > 0


async def test_a_clock_set_back_makes_nobody_wait_for_longer_than_the_longest(
    clock: time_machine.Traveller, db: Settings
) -> None:
    await fail(3)
    clock.shift(timedelta(days=-1))
    await fail(1)


async def test_after_a_quiet_day_the_next_failure_is_the_first(
    clock: time_machine.Traveller, db: Settings
) -> None:
    await fail(3)
    clock.shift(timedelta(days=1, seconds=31))
    await fail(3)
    clock.shift(timedelta(days=2))
    await housekeeping.tidy()
    assert not await GrowingWait.exists()


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0), (2, 5), (3, 10), (4, 20), (10**6, 20)])
async def test_the_lengths_are_settings(
    settings: Settings, configure: Configure, failures: int, seconds: int
) -> None:
    configure(wait_after_failures=2, wait_first="5s", wait_longest="20s")
    assert waits.after(failures) == timedelta(seconds=seconds)
