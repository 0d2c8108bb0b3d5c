"""Loops beside the pages: woken, tried again, stopped, and seen when they do not go on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services import background, heartbeats
from services.heartbeats import FAILS_FROM, HUNG_AFTER, LATE_AFTER, SLOWEST, Loop, Pulse
from services.signals import Changed, Topic, emit

LONG = timedelta(hours=1)


class Time:
    """A clock that nobody sets, moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(heartbeats, "monotonic", made)
    return made


@pytest.fixture(autouse=True)
async def ended(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(background, "_stop", asyncio.Event())  # the last one's loop is gone
    heartbeats.forget()
    yield
    await background.stop()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def loop() -> Loop:
    [found] = heartbeats.loops()
    return found


async def test_a_loop_that_waits_is_well_until_it_should_have_come_round(time: Time) -> None:
    async def step() -> timedelta:
        return timedelta(seconds=10)

    background.start("Sending mail", step, word="mail")
    await settle()
    assert loop() == Loop(name="Sending mail", word="mail", pulse=Pulse.WAITING, since=timedelta(0))
    time.now += 10 + LATE_AFTER.total_seconds()
    assert loop().pulse is Pulse.WAITING
    time.now += 1
    assert loop().pulse is Pulse.LATE


async def test_a_step_that_never_ends_is_seen(time: Time) -> None:
    async def step() -> timedelta:
        await asyncio.Event().wait()
        return LONG

    background.start("Sending mail", step)
    await settle()
    assert (loop().word, loop().pulse) == ("sending", Pulse.WORKING)
    time.now += HUNG_AFTER.total_seconds() + 1
    assert loop().pulse is Pulse.HUNG


async def test_a_long_copy_in_a_thread_does_not_hang_until_it_takes_hours(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "BEAT_EVERY", 0.001)
    go = asyncio.Event()

    async def step() -> timedelta:
        await heartbeats.while_busy(go.wait())
        return LONG

    background.start("Backing up", step)
    for _ in range(3):
        time.now += HUNG_AFTER.total_seconds() - 1
        await asyncio.sleep(0.02)
        assert loop().pulse is Pulse.WORKING
    time.now += SLOWEST.total_seconds()
    await asyncio.sleep(0.02)
    assert loop().pulse is Pulse.HUNG
    go.set()
    await asyncio.sleep(0.02)
    assert loop().pulse is Pulse.WAITING


async def test_what_fails_or_is_stopped_while_it_is_waited_for_ends() -> None:
    async def fail() -> None:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        await heartbeats.while_busy(fail())
    waits = asyncio.Event()
    task = asyncio.create_task(heartbeats.while_busy(waits.wait()))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_long_step_that_asks_whether_to_stop_does_not_hang(time: Time) -> None:
    go = asyncio.Event()

    async def piece() -> None:
        background.is_stopping()

    async def step() -> timedelta:
        await go.wait()
        await asyncio.create_task(piece())  # what it starts counts as its own
        await asyncio.Event().wait()
        return LONG

    background.start("Making batches", step)
    await settle()
    time.now += HUNG_AFTER.total_seconds() - 1
    go.set()
    await settle()
    time.now += HUNG_AFTER.total_seconds() - 1
    assert loop().pulse is Pulse.WORKING


async def test_a_step_that_fails_each_time_is_seen_and_well_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, tried = True, 0

    async def step() -> timedelta:
        nonlocal tried
        tried += 1
        if broken:
            raise OSError("disk full")
        return LONG

    background.start("Sealing the log", step, Topic.AUDIT)
    for number in range(1, FAILS_FROM + 1):
        await settle()
        assert (tried, loop().pulse is Pulse.FAILING) == (number, number == FAILS_FROM)
        broken = number < FAILS_FROM
        emit(Changed(None, Topic.AUDIT))
    await settle()
    assert loop().pulse is Pulse.WAITING
    assert "Sealing the log failed" in caplog.text


def test_what_fails_is_tried_ever_less_often() -> None:
    waits = [background._after(failures).total_seconds() for failures in (0, 1, 2, 100)]
    assert waits == [5, 10, 20, 300]


async def test_a_loop_that_ended_by_itself_is_seen() -> None:
    async def step() -> timedelta:
        raise asyncio.CancelledError

    background.start("Telling people", step)
    await settle()
    assert loop().pulse is Pulse.ENDED


async def test_loops_that_were_stopped_are_missed_by_nobody() -> None:
    async def step() -> timedelta:
        return LONG

    background.start("Telling people", step)
    await settle()
    await background.stop()
    assert heartbeats.loops() == []
