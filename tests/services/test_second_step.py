"""Signing in with a second factor: password and code, in this order, by the same person."""

import asyncio
from datetime import timedelta

import pytest
from time_machine import Traveller

from models import Authenticator, Message, Session, User
from models.enums import AccountChange, AuditAction, SignInMethod
from services import accounts, password_resets, second_step, sessions, throttling, totp, users
from services.errors import Gone, Invalid, Limited
from services.half_way import HalfWay
from services.second_step import SecondStep
from services.sessions import SecondFactorDue, SignIn
from services.zones import now
from tests.cast import PASSWORD, Cast, entries
from tests.conftest import Configure, forget_process
from tests.second_factors import ADDRESS, half_way_in, signed_in, with_app

NEW = "copper kettle orchard 17"
WRONG = "22222-22222-22222-22222"


async def finish(half: HalfWay, code: str, address: str = ADDRESS) -> str:
    return await second_step.finish(SecondStep(half=half, code=code, address=address))


async def opened() -> int:
    """Sessions of anybody; those that tests needed before were opened with a password."""
    return await Session.exclude(method=SignInMethod.PASSWORD).count()


async def test_the_password_alone_opens_nothing(cast: Cast) -> None:
    await with_app(cast.sam)
    before = await Session.all().count()
    half = await half_way_in(cast.sam)
    assert half.user_id == cast.sam.user_id
    assert await Session.all().count() == before


async def test_a_wrong_password_says_the_same_with_and_without_a_factor(cast: Cast) -> None:
    await with_app(cast.sam)
    for email in ("sam@example.org", "ada@example.org", "nobody@example.org"):
        with pytest.raises(Invalid) as refusal:
            await sessions.sign_in(SignIn(email=email, password="wrong", address=ADDRESS))
        assert refusal.value.fields == {"form": sessions.WRONG}


async def test_a_code_of_the_app_opens_a_session_that_says_so(cast: Cast) -> None:
    app = await with_app(cast.sam)
    token = await finish(await half_way_in(cast.sam), app.code())
    found = await sessions.find(token)
    assert found and found.user_id == cast.sam.user_id
    row = await Session.get(id=found.session_id)
    assert (row.method, row.confirmed_at is not None) == (SignInMethod.TOTP, True)
    assert (await entries(AuditAction.LOGIN))[-1].detail == {
        "session": found.session_id,
        "method": "TOTP",
    }


async def test_a_recovery_code_opens_one_is_told_by_mail_and_works_once(cast: Cast) -> None:
    app = await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    found = await sessions.find(await finish(half, app.recovery[0].lower()))
    assert found
    assert (await Session.get(id=found.session_id)).method is SignInMethod.RECOVERY
    assert (await entries(AuditAction.LOGIN))[-1].detail["method"] == "RECOVERY"
    mail = await Message.filter().order_by("-id").first()
    assert mail and (mail.change, mail.user_id) == (AccountChange.RECOVERY_USED, cast.sam.user_id)
    with pytest.raises(Invalid):
        await finish(half, app.recovery[0])


@pytest.mark.parametrize("code", ["", " ", "000000", WRONG, "١٢٣٤٥٦", "\0", "x" * 5000])
async def test_anything_else_opens_nothing(cast: Cast, code: str) -> None:
    await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    with pytest.raises(Invalid) as refusal:
        await finish(half, code)
    assert set(refusal.value.fields) == {"code"}
    assert await opened() == 0


async def test_of_many_at_once_with_the_same_code_one_gets_in(
    cast: Cast, configure: Configure
) -> None:
    app = await with_app(cast.sam)
    half, code = await half_way_in(cast.sam), app.code()
    answers = await asyncio.gather(*(finish(half, code) for _ in range(5)), return_exceptions=True)
    assert len([answer for answer in answers if isinstance(answer, str)]) == 1
    assert await opened() == 1


async def test_five_tries_a_minute_however_many_at_once(
    clock: Traveller, cast: Cast, configure: Configure
) -> None:
    configure(wait_after_failures=1000)
    app = await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    tries = (finish(half, WRONG, f"198.51.100.{n}") for n in range(20))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert len([each for each in answers if isinstance(each, Invalid)]) == 5
    assert len([each for each in answers if isinstance(each, Limited)]) == 15
    with pytest.raises(Limited):
        await finish(half, app.code(1))
    clock.shift(timedelta(seconds=61))
    assert await finish(half, app.code())


async def test_ninety_six_tries_a_day_and_no_success_gives_one_back(
    clock: Traveller, cast: Cast, configure: Configure
) -> None:
    configure(wait_after_failures=1000)
    app = await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    judged = 0
    for minute in range(25):
        clock.shift(timedelta(seconds=61))
        if minute == 10:
            await finish(half, app.code())  # counts, and resets nothing
            judged += 1
        for number in range(5):
            try:
                await finish(half, WRONG, f"198.51.{minute}.{number}")
            except Invalid:
                judged += 1
            except Limited:
                pass
    assert judged == 96
    with pytest.raises(Limited):
        await finish(half, app.recovery[0])
    clock.shift(timedelta(days=1))
    assert await finish(half, app.recovery[0])


async def test_a_restart_forgets_no_try_of_an_account(
    clock: Traveller, cast: Cast, configure: Configure
) -> None:
    configure(wait_after_failures=1000)
    await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    for _ in range(5):
        with pytest.raises(Invalid):
            await finish(half, WRONG)
    forget_process()
    with pytest.raises(Limited):
        await finish(half, WRONG)


async def test_one_address_has_the_budget_of_signing_in(cast: Cast, configure: Configure) -> None:
    configure(sign_in_tries_per_address=3)
    for actor in (cast.sam, cast.ada):
        await with_app(actor)
    halves = [await half_way_in(actor) for actor in (cast.sam, cast.ada)]
    for half in (halves[0], halves[0], halves[1]):
        with pytest.raises(Invalid):
            await finish(half, WRONG)
    with pytest.raises(Limited):
        await finish(halves[1], WRONG)


async def test_each_wrong_code_makes_the_next_wait_longer_until_one_is_right(
    clock: Traveller, cast: Cast
) -> None:
    app = await with_app(cast.sam)
    half, waited = await half_way_in(cast.sam), list[int]()
    for _ in range(3):
        with pytest.raises(Invalid):
            await finish(half, WRONG)
    for _ in range(8):
        with pytest.raises(Limited) as refused:
            await finish(half, app.recovery[0])
        waited.append(refused.value.seconds)
        clock.shift(timedelta(seconds=refused.value.seconds))
        with pytest.raises(Invalid):
            await finish(half, WRONG)
    assert waited == [30, 60, 120, 240, 480, 960, 1920, 3600]
    clock.shift(timedelta(hours=1))
    await finish(half, app.recovery[0])
    for _ in range(3):
        with pytest.raises(Invalid):
            await finish(half, WRONG)


async def test_of_many_wrong_ones_at_once_three_are_judged(clock: Traveller, cast: Cast) -> None:
    await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    tries = (finish(half, WRONG, f"198.51.100.{n}") for n in range(20))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    kinds = sorted(type(answer).__name__ for answer in answers)
    assert kinds == ["Invalid"] * 3 + ["Limited"] * 17


async def test_wrong_codes_after_a_right_password_warn_the_person_once_an_hour(
    clock: Traveller, cast: Cast
) -> None:
    await with_app(cast.sam)
    half, known = await half_way_in(cast.sam), Message.filter(change=AccountChange.PASSWORD_KNOWN)
    counted = list[int]()
    for _ in range(7):
        with pytest.raises(Invalid):
            await finish(half, WRONG)
        counted.append(await known.count())
        clock.shift(timedelta(minutes=5))
    assert counted == [0, 0, 0, 0, 1, 1, 1]
    assert (await known.get()).user_id == cast.sam.user_id
    clock.shift(timedelta(hours=1))
    with pytest.raises(Invalid):
        await finish(half, WRONG)
    assert await known.count() == 2


async def test_failing_counts_as_guessing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[None]()
    monkeypatch.setattr(throttling, "failed", lambda: told.append(None))
    await with_app(cast.sam)
    with pytest.raises(Invalid):
        await finish(await half_way_in(cast.sam), WRONG)
    assert len(told) == 1


async def test_a_changed_account_ends_what_was_half_way(cast: Cast) -> None:
    app = await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    await accounts.change_password(await signed_in(cast.sam), current=PASSWORD, password=NEW)
    await gone(half, app.code())
    half = await half_way_in(cast.sam, NEW)
    await users.disable(cast.olga, cast.sam.user_id)
    await gone(half, app.code())
    await users.enable(cast.olga, cast.sam.user_id)
    other = await with_app(cast.sam)
    await gone(half, other.code())
    half = await half_way_in(cast.sam, NEW)
    await totp.remove(await signed_in(cast.sam))
    await gone(half, other.code())


async def gone(half: HalfWay, code: str) -> None:
    assert await second_step.asked(half) is None
    with pytest.raises(Gone):
        await finish(half, code)


async def test_a_forged_state_stands_nowhere(cast: Cast) -> None:
    app = await with_app(cast.sam)
    half = await half_way_in(cast.sam)
    for forged in (
        HalfWay(cast.ada.user_id, half.state),
        HalfWay(half.user_id, ""),
        HalfWay(-1, half.state),
        HalfWay(2**70, half.state),
    ):
        await gone(forged, app.code())


async def test_the_code_of_one_person_opens_nothing_for_another(cast: Cast) -> None:
    app = await with_app(cast.sam)
    await with_app(cast.ada)
    half = await half_way_in(cast.ada)
    for code in (app.code(), app.recovery[0]):
        with pytest.raises(Invalid):
            await finish(half, code)


async def test_a_password_reset_by_mail_does_not_skip_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_app(cast.sam)
    reset = await password_resets.PasswordReset.create(
        user_id=cast.sam.user_id, expires_at=now() + timedelta(hours=1)
    )
    link = password_resets.links.make(password_resets.Purpose.RESET, reset.id)
    await password_resets.use(link, NEW)
    assert not await Session.exists(user_id=cast.sam.user_id, ended_at=None)
    with pytest.raises(SecondFactorDue):
        await sessions.sign_in(SignIn(email="sam@example.org", password=NEW, address=ADDRESS))
    assert await Authenticator.exists(user_id=cast.sam.user_id)


async def test_who_has_none_signs_in_as_before(cast: Cast) -> None:
    await with_app(cast.sam)
    ada = SignIn(email="ada@example.org", password=PASSWORD, address=ADDRESS)
    found = await sessions.find(await sessions.sign_in(ada))
    assert found
    assert (await Session.get(id=found.session_id)).method is SignInMethod.PASSWORD
    assert "method" not in (await entries(AuditAction.LOGIN))[-1].detail
    assert await User.exists(id=found.user_id)
