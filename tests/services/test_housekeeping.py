"""What is cleared away at night, and what stays."""

from datetime import timedelta

import time_machine

from models import AuditEntry, Session
from models.enums import RefusalReason
from services import housekeeping, refusals, sessions
from services.database import unit_of_work
from services.sessions import SignIn
from tests.cast import PASSWORD, Cast, activated, every_row, issue, redeem
from tests.conftest import Configure


async def sign_in() -> str:
    return await sessions.sign_in(
        SignIn(email="sam@example.org", password=PASSWORD, address="192.0.2.1")
    )


async def test_ended_sessions_are_forgotten_after_thirty_days(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await sessions.sign_out(await sign_in())
    clock.shift(timedelta(days=30))
    assert await housekeeping.forget_sessions() == 0
    clock.shift(timedelta(seconds=1))
    assert await housekeeping.forget_sessions() == 1


async def test_sessions_that_idled_out_are_forgotten_thirty_days_after(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await sign_in()
    clock.shift(timedelta(days=30, hours=12))
    assert await housekeeping.forget_sessions() == 0
    clock.shift(timedelta(seconds=1))
    assert await housekeeping.forget_sessions() == 1


async def test_a_live_session_stays(clock: time_machine.Traveller, cast: Cast) -> None:
    clock.shift(timedelta(days=100))
    token = await sign_in()
    await housekeeping.tidy()
    assert await sessions.find(token)


async def test_how_long_is_a_setting(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(keep_ended_sessions="1d")
    await sessions.sign_out(await sign_in())
    clock.shift(timedelta(days=1, seconds=1))
    assert await housekeeping.forget_sessions() == 1


async def test_a_night_clears_both_and_says_how_many(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    @unit_of_work
    async def refuse() -> None:
        await refusals.record(RefusalReason.NOT_FOUND, address="192.0.2.1", actor=None)

    await sign_in()
    await refuse()
    clock.shift(timedelta(days=500))
    assert await housekeeping.tidy() == (1, 1)
    assert not await Session.exists()


async def test_the_log_and_the_codes_stay_for_good(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    activated(await redeem((await issue(cast.ada, cast.month)).texts[0]))
    before = await every_row() | {"Budget": []}
    assert await AuditEntry.exists()
    clock.shift(timedelta(days=10_000))
    await housekeeping.tidy()
    assert await every_row() == before  # all but the spent budget is there
