"""Somebody guesses a password: strangers wait, who is known does not, and the owners are told."""

import logging
from datetime import timedelta

import pytest
import time_machine

from models import Budget, GrowingWait
from models.enums import AuditAction, NotificationKind
from services import (
    known_browsers,
    notices,
    notifications,
    sessions,
    sign_in_limits,
    throttling,
)
from services.errors import Invalid, Limited
from services.sessions import SignIn
from services.throttling import Kind
from tests.cast import PASSWORD, Cast, entries
from tests.conftest import Configure, forget_process

SAM = "sam@example.org"


async def sign_in(
    password: str = PASSWORD, *, email: str = SAM, n: int = 1, known: str = ""
) -> str:
    attempt = SignIn(email=email, password=password, address=f"192.0.2.{n}", known=known)
    return await sessions.sign_in(attempt)


async def guess(times: int, *, known: str = "") -> None:
    """From another address each time."""
    for n in range(times):
        with pytest.raises(Invalid):
            await sign_in("a wrong password", n=100 + n, known=known)


async def test_after_three_failures_a_stranger_waits_even_with_the_right_password(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await guess(3)
    with pytest.raises(Limited, match=r"Try again in 30 seconds\.") as limited:
        await sign_in()
    assert (limited.value.minutes, limited.value.seconds) == (1, 30)
    clock.shift(timedelta(seconds=30))
    assert await sign_in()
    await guess(2)  # in a row: a success lies between


async def test_nobody_learns_from_it_whether_there_is_such_an_account(cast: Cast) -> None:
    for _ in range(3):
        with pytest.raises(Invalid):
            await sign_in("wrong", email="nobody@example.org")
    with pytest.raises(Limited, match="30 seconds"):
        await sign_in("wrong", email="nobody@example.org")


async def test_a_browser_that_is_known_there_is_not_slowed_by_strangers(cast: Cast) -> None:
    known = known_browsers.remember("", "Sam@Example.org")
    await guess(3)
    assert await sign_in(known=known)
    with pytest.raises(Limited):
        await sign_in()


async def test_a_known_browser_waits_for_its_own_failures(cast: Cast) -> None:
    known = known_browsers.remember("", SAM)
    await guess(3, known=known)
    with pytest.raises(Limited):
        await sign_in(known=known)
    assert await sign_in()  # and slows no other


async def test_being_known_for_one_account_is_nothing_for_another(cast: Cast) -> None:
    known = known_browsers.remember("", "mallory@example.org")
    assert known_browsers.name(known, SAM) == ""
    await guess(3)
    with pytest.raises(Limited):
        await sign_in(known=known)


@pytest.mark.parametrize("forged", ["", "junk", "ü", "x" * 100_000, "e30.aaaa.bbbb"])
async def test_what_nobody_signed_is_no_known_browser(cast: Cast, forged: str) -> None:
    assert known_browsers.name(forged, SAM) == ""
    assert known_browsers.name(known_browsers.remember(forged, SAM), SAM)


async def test_a_browser_is_known_to_eight_accounts_for_a_year(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    kept = ""
    for number in range(9):
        kept = known_browsers.remember(kept, f"p{number}@example.org")
    named = [bool(known_browsers.name(kept, f"p{number}@example.org")) for number in range(9)]
    assert named == [False] + [True] * 8
    assert len(kept) < known_browsers.LONGEST
    assert "example" not in kept
    clock.shift(timedelta(days=366))
    assert known_browsers.name(kept, "p8@example.org") == ""


async def test_who_proves_by_mail_who_they_are_need_not_wait(cast: Cast) -> None:
    await guess(3)
    await sign_in_limits.forgive(SAM)
    assert await sign_in()
    assert not await GrowingWait.exists()


async def test_refused_tries_are_counted_for_the_owner_and_survive_a_restart(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await guess(3)
    for _ in range(4):
        with pytest.raises(Limited):
            await sign_in()
    await throttling.keep()
    forget_process()
    [throttled] = await throttling.lately()
    assert (throttled.kind, throttled.refused) == (Kind.SIGN_IN, 4)
    clock.shift(timedelta(hours=1, seconds=1))
    assert await throttling.lately() == []


async def test_a_flood_is_one_write_and_one_warning_a_minute(
    clock: time_machine.Traveller, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "services.throttling")
    before = await Budget.all().count()
    for _ in range(1000):
        throttling.count(Kind.REDEEM)
    assert await Budget.all().count() == before
    await throttling.keep()
    assert [each.refused for each in await throttling.lately()] == [1000]
    clock.shift(timedelta(seconds=61))
    throttling.count(Kind.REDEEM)
    assert len(caplog.records) == 2


async def test_what_could_not_be_written_is_written_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> int:
        raise OSError("disk full")

    throttling.count(Kind.EXPORT)
    throttling.failed()
    with monkeypatch.context() as patch:
        patch.setattr(throttling, "_count", broken)
        with pytest.raises(OSError, match="disk full"):
            await throttling.keep()
    await throttling.keep()
    assert [each.refused for each in await throttling.lately()] == [1]


async def test_the_owners_are_told_of_guessing_once_an_hour(
    clock: time_machine.Traveller,
    cast: Cast,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notices, "_process", notices._Process())  # one that was just started
    configure(sign_in_tries_per_installation=5)
    for hour in (1, 2):
        await guess(3)
        await throttling.keep()
        assert len(await entries(AuditAction.GUESSING)) == hour - 1
        for _ in range(4):  # refused tries are guesses too
            with pytest.raises(Limited):
                await sign_in()
            await throttling.keep()
        assert len(await entries(AuditAction.GUESSING)) == hour
        clock.shift(timedelta(days=1, hours=1))
    await notices.tell()
    [*_, newest] = await notifications.newest(cast.olga)
    assert newest.kind is NotificationKind.GUESSING
    assert newest.facts
    assert newest.facts.of_sign_ins
    assert not await notifications.newest(cast.ada)


async def test_codes_and_files_are_no_guesses_of_passwords(
    cast: Cast, configure: Configure
) -> None:
    configure(sign_in_tries_per_installation=1)
    for kind in (Kind.REDEEM, Kind.EXPORT, Kind.INVITATION, Kind.CERTIFICATE, Kind.RESET):
        throttling.count(kind)
    await throttling.keep()
    assert await entries(AuditAction.GUESSING) == []
