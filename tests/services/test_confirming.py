"""Proving at an open session who sits there."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from models import Budget, Session, User
from models.enums import AuditAction
from services import confirming, factor_proof, passwords, second_step, sessions, step_up
from services.actor import Actor
from services.errors import ConfirmationDue, Invalid, Limited, NotFound
from services.second_step import SecondStep
from services.zones import now
from tests.cast import PASSWORD, Cast, entries
from tests.conftest import Configure
from tests.second_factors import half_way_in, with_app
from tests.second_factors import signed_in as opened
from tests.services.test_step_up import grown_old, signed_in

WRONG = "quiet orchard marble 77"


async def test_the_password_confirms_this_session_and_no_other(cast: Cast) -> None:
    sam, other = await grown_old(cast.sam), await grown_old(cast.sam)
    await confirming.confirm(sam, PASSWORD)
    await step_up.require(sam)
    with pytest.raises(ConfirmationDue):
        await step_up.require(other)
    [entry] = await entries(AuditAction.CONFIRM)
    assert (entry.resource, entry.target_id) == ("SESSION", sam.session_id)
    assert (entry.person_id, entry.workspace_id) == (sam.person_id, cast.northwind.id)
    assert entry.detail == {"method": "PASSWORD"}


async def test_it_counts_as_long_as_a_sign_in(clock: time_machine.Traveller, cast: Cast) -> None:
    sam = await grown_old(cast.sam)
    await confirming.confirm(sam, PASSWORD)
    clock.shift(timedelta(minutes=15))
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)


@pytest.mark.parametrize("typed", ["", "  ", WRONG, PASSWORD + " ", "x" * 5000, "\0"])
async def test_anything_else_is_refused_by_the_field_and_confirms_nothing(
    cast: Cast, typed: str
) -> None:
    sam = await grown_old(cast.sam)
    with pytest.raises(Invalid) as refused:
        await confirming.confirm(sam, typed)
    assert list(refused.value.fields) == ["proof"]
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)
    assert await entries(AuditAction.CONFIRM) == []


async def test_tries_are_counted_before_the_look_however_many_come_at_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, configure: Configure
) -> None:
    configure(wait_after_failures=1000)
    looked: list[str] = []

    async def matches(password: str, _: str | None) -> bool:
        looked.append(password)
        return False

    sam = await grown_old(cast.sam)
    monkeypatch.setattr(passwords, "matches", matches)
    told = await asyncio.gather(
        *(confirming.confirm(sam, WRONG) for _ in range(20)), return_exceptions=True
    )
    assert len(looked) == 5
    assert len([each for each in told if isinstance(each, Limited)]) == 15


async def test_wrong_ones_wait_longer_each_time_and_a_right_one_forgets_that(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    sam, waited = await grown_old(cast.sam), list[int]()
    for _ in range(2):
        with pytest.raises(Invalid):
            await confirming.confirm(sam, WRONG)
    for _ in range(3):
        with pytest.raises(Invalid):
            await confirming.confirm(sam, WRONG)
        with pytest.raises(Limited) as refused:
            await confirming.confirm(sam, PASSWORD)
        waited.append(refused.value.seconds)
        clock.shift(timedelta(seconds=refused.value.seconds))
    assert waited == [30, 60, 120]
    await confirming.confirm(sam, PASSWORD)
    with pytest.raises(Invalid):
        await confirming.confirm(sam, WRONG)
    await confirming.confirm(sam, PASSWORD)


async def test_whoever_guesses_at_the_second_step_slows_down_no_open_session(cast: Cast) -> None:
    app, sam = await with_app(cast.sam), await grown_old_with_app(cast)
    half = await half_way_in(cast.sam)
    for _ in range(5):
        with pytest.raises((Invalid, Limited)):
            await second_step.finish(SecondStep(half=half, code="000000", address="::1"))
    await confirming.confirm(sam, app.code())


async def test_the_wait_grows_from_a_minute_to_an_hour(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(wait_after_failures=1000)
    sam, waits = await grown_old(cast.sam), list[int]()
    for _ in range(5):
        for _ in range(5):
            with pytest.raises((Invalid, Limited)):
                await confirming.confirm(sam, WRONG)
        with pytest.raises(Limited) as refused:
            await confirming.confirm(sam, PASSWORD)
        waits.append(refused.value.minutes)
        clock.shift(timedelta(minutes=1))
    assert waits == [1, 1, 1, 57, 56]
    clock.shift(timedelta(hours=1))
    await confirming.confirm(sam, PASSWORD)


async def test_all_sessions_of_a_person_share_their_tries(cast: Cast, configure: Configure) -> None:
    sam, other = await grown_old(cast.sam), await grown_old(cast.sam)
    configure(wait_after_failures=5)
    for _ in range(5):
        with pytest.raises(Invalid):
            await confirming.confirm(sam, WRONG)
    with pytest.raises(Limited):
        await confirming.confirm(other, PASSWORD)
    await confirming.confirm(await grown_old(cast.ada), PASSWORD)


async def test_a_right_one_gives_back_its_own_try_only(cast: Cast) -> None:
    sam = await grown_old(cast.sam)
    with pytest.raises(Invalid):
        await confirming.confirm(sam, WRONG)
    await confirming.confirm(sam, PASSWORD)
    kept = await Budget.filter(key__startswith="confirm").values_list("spent", flat=True)
    assert list(kept) == [1, 1]


async def test_a_session_that_ended_and_an_account_that_is_disabled_confirm_nothing(
    cast: Cast,
) -> None:
    sam, ada = await signed_in(cast.sam), await signed_in(cast.ada)
    await sessions.end([sam.session_id])
    with pytest.raises(NotFound):
        await confirming.confirm(sam, PASSWORD)
    await User.filter(id=ada.user_id).update(disabled_at=now())
    with pytest.raises(Invalid):
        await confirming.confirm(ada, PASSWORD)
    assert (await Session.get(id=sam.session_id)).ended_at
    assert await entries(AuditAction.CONFIRM) == []


async def test_nobody_confirms_the_session_of_somebody_else(cast: Cast) -> None:
    sam, ada = await grown_old(cast.sam), await grown_old(cast.ada)
    forged = sam.__class__(
        user_id=sam.user_id,
        person_id=sam.person_id,
        session_id=ada.session_id,
        name="",
        email=sam.email,
        is_owner=False,
    )
    with pytest.raises(NotFound):
        await confirming.confirm(forged, PASSWORD)
    with pytest.raises(ConfirmationDue):
        await step_up.require(ada)


async def test_whoever_has_an_app_confirms_with_its_code_and_not_with_the_password(
    cast: Cast,
) -> None:
    app, sam = await with_app(cast.sam), await grown_old_with_app(cast)
    with pytest.raises(Invalid) as refused:
        await confirming.confirm(sam, PASSWORD)
    assert refused.value.fields == {"proof": factor_proof.WRONG}
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)
    await confirming.confirm(sam, app.code())
    await step_up.require(sam)
    [entry] = await entries(AuditAction.CONFIRM)
    assert entry.detail == {"method": "TOTP"}


async def test_a_code_confirms_once_however_many_sessions_send_it(cast: Cast) -> None:
    app = await with_app(cast.sam)
    for proof in (app.code(), app.recovery[0]):
        all_sessions = [await grown_old_with_app(cast) for _ in range(4)]
        told = await asyncio.gather(
            *(confirming.confirm(each, proof) for each in all_sessions), return_exceptions=True
        )
        assert len([each for each in told if each is None]) == 1
        await Budget.all().delete()
    assert len(await entries(AuditAction.CONFIRM)) == 2


async def test_a_code_is_not_used_up_by_a_session_that_has_ended(cast: Cast) -> None:
    app = await with_app(cast.sam)
    ended, sam = await grown_old_with_app(cast), await grown_old_with_app(cast)
    await sessions.end([ended.session_id])
    with pytest.raises(NotFound):
        await confirming.confirm(ended, app.recovery[0])
    await confirming.confirm(sam, app.recovery[0])


async def grown_old_with_app(cast: Cast) -> Actor:
    """As `grown_old`, past the second step of signing in."""
    sam = await opened(cast.sam)
    await Session.filter(id=sam.session_id).update(confirmed_at=now() - timedelta(hours=1))
    return sam
