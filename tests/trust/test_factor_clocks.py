"""T10: the clock jumps over the codes of an app, confirmations and half-finished signing in."""

from datetime import timedelta

import pytest
import time_machine

from models import Session
from services import half_way, second_step, step_up, totp
from services.actor import Actor
from services.database import unit_of_work
from services.errors import ConfirmationDue, DomainError
from services.second_step import SecondStep
from services.totp import SECONDS
from tests.cast import Cast
from tests.second_factors import ADDRESS, half_way_in, signed_in, with_app
from tests.trust.conftest import Size
from tests.trust.figures import held

STEP, HOUR, DAY = timedelta(seconds=SECONDS), timedelta(hours=1), timedelta(days=1)
JUMPS = (STEP, -STEP, HOUR, -HOUR, DAY, -DAY)
every_jump = pytest.mark.parametrize("jump", JUMPS, ids=str)


@unit_of_work
async def take(actor: Actor, code: str) -> bool:
    return await totp.take(actor.user_id, code)


async def test_no_code_of_an_app_is_taken_twice_wherever_the_clock_goes(
    clock: time_machine.Traveller, cast: Cast, size: Size
) -> None:
    """Each code that was on the screen is tried again after every jump."""
    app, jumps = await with_app(cast.sam), size(quick=60, whole=600)
    seen, taken, again = list[str](), list[str](), 0
    for number in range(jumps):
        clock.shift(JUMPS[number % len(JUMPS)] + STEP)
        seen.append(app.code())
        for code in (app.code(-1), app.code(), app.code(1), *seen[-12:]):
            if await take(cast.sam, code):
                again += code in taken
                taken.append(code)
    clock.shift(2 * DAY)
    held(
        test="T10",
        figure=f"{jumps} jumps: {len(taken)} codes of an app taken, {again} of them twice",
        target="some, 0",
        holds=len(taken) > 2 and not again and await take(cast.sam, app.code()),
    )


@every_jump
async def test_who_was_confirmed_while_the_clock_was_ahead_is_asked_again(
    clock: time_machine.Traveller, cast: Cast, jump: timedelta
) -> None:
    clock.shift(jump)
    sam = await signed_in(cast.sam)
    await step_up.require(sam)
    clock.shift(-jump)
    within = timedelta(0) <= -jump < timedelta(minutes=15)
    assert await step_up.is_confirmed(sam.session_id) == within
    clock.shift(jump)
    await step_up.require(sam)


@pytest.mark.parametrize("ahead", [timedelta(microseconds=1), HOUR, 365 * DAY], ids=str)
async def test_a_confirmation_that_is_yet_to_come_counts_for_nothing(
    clock: time_machine.Traveller, cast: Cast, ahead: timedelta
) -> None:
    sam = await signed_in(cast.sam)
    session = await Session.get(id=sam.session_id)
    assert session.confirmed_at
    await Session.filter(id=session.id).update(confirmed_at=session.confirmed_at + ahead)
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)


async def test_a_code_that_let_somebody_in_lets_nobody_in_when_the_clock_goes_back(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    app, half = await with_app(cast.sam), await half_way_in(cast.sam)
    code = app.code()
    await second_step.finish(SecondStep(half=half, code=code, address=ADDRESS))
    for jump in (timedelta(0), -STEP, STEP, -HOUR, -DAY):
        clock.shift(jump)
        another = await half_way_in(cast.sam)
        with pytest.raises(DomainError):
            await second_step.finish(SecondStep(half=another, code=code, address=ADDRESS))
        clock.shift(-jump)
    assert await half_way.standing(half)
