"""Signing in and out, how long a session lives, and how often one may guess."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from models import Membership, Session, User
from models.enums import AuditAction, Role
from services import database, passwords, sessions, signals
from services.errors import Invalid, Limited, NotFound
from services.sessions import SignIn
from services.settings import Settings
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import PASSWORD, Cast, entries
from tests.conftest import Configure, forget_process
from tests.hearing import but_the_log

HERE = "192.0.2.1"


async def sign_in(email: str = "sam@example.org", password: str = PASSWORD, **more: str) -> str:
    return await sessions.sign_in(
        SignIn(**{"email": email, "password": password, "address": HERE} | more)
    )


async def guess(times: int, **more: str) -> None:
    for _ in range(times):
        with pytest.raises(Invalid):
            await sign_in(password="a wrong password", **more)


async def test_a_token_names_the_person_who_signed_in(cast: Cast) -> None:
    actor = await sessions.find(await sign_in())
    assert actor
    assert (actor.name, actor.user_id) == ("Sam Sales", cast.sam.user_id)
    assert (actor.workspace_id, actor.role, actor.is_owner) == (None, None, False)


async def test_the_address_is_taken_without_case_and_blanks(cast: Cast) -> None:
    assert await sessions.find(await sign_in(" SAM@Example.ORG "))


async def test_each_sign_in_gives_another_token_and_only_digests_are_stored(cast: Cast) -> None:
    tokens = [await sign_in(), await sign_in()]
    assert len(set(tokens)) == 2
    stored = {session.token_digest for session in await Session.all()}
    assert stored == {sessions.digest(token) for token in tokens}


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("sam@example.org", "harbour lantern violet 43"),
        ("sam@example.org", PASSWORD.upper()),
        ("nobody@example.org", PASSWORD),
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    cast: Cast, email: str, password: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        await sign_in(email, password)
    assert wrong.value.fields == {"form": "The e-mail address or the password is wrong."}
    assert not await Session.exists()


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("sam@example.org", "", "password"),
        ("", PASSWORD, "email"),
        ("sam@", PASSWORD, "email"),
        ("sam@example.org\r\nBcc: all@example.org", PASSWORD, "email"),
        (f"{'s' * 300}@example.org", PASSWORD, "email"),
    ],
)
async def test_a_form_that_is_not_filled_in_is_told_by_field(
    cast: Cast, email: str, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        await sign_in(email, password)
    assert set(wrong.value.fields) == {field}


async def test_a_disabled_person_cannot_sign_in_and_is_told_nothing_of_it(cast: Cast) -> None:
    await User.filter(id=cast.sam.user_id).update(disabled_at=sessions.now())
    with pytest.raises(Invalid, match="is wrong"):
        await sign_in()


async def test_disabling_a_person_ends_their_sessions_at_once(cast: Cast) -> None:
    token = await sign_in()
    await User.filter(id=cast.sam.user_id).update(disabled_at=sessions.now())
    assert await sessions.find(token) is None


@pytest.mark.parametrize("change", [{"password_hash": "another"}, {"disabled_at": now()}])
async def test_an_account_that_changes_while_its_password_is_looked_at_opens_no_session(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    matches = passwords.matches

    async def slowly(password: str, hashed: str | None) -> bool:
        found = await matches(password, hashed)
        await User.filter(id=cast.sam.user_id).update(**change)
        return found

    monkeypatch.setattr(passwords, "matches", slowly)
    with pytest.raises(Invalid) as refused:
        await sign_in()
    assert refused.value.fields == {"form": sessions.CHANGED}
    assert not await Session.filter(user_id=cast.sam.user_id).exists()
    assert await entries(AuditAction.LOGIN) == []


@pytest.mark.parametrize("token", ["", "junk", "ü", "\x00", "x" * 100_000])
async def test_a_token_nobody_was_given_is_nobodys(cast: Cast, token: str) -> None:
    assert await sessions.find(token) is None


async def test_an_account_is_guessed_ten_times_an_hour_and_no_more(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(sign_in_tries_per_address=1000, wait_after_failures=1000)
    await guess(10)
    clock.shift(timedelta(minutes=15))
    with pytest.raises(Limited, match=r"Try again in 45 minutes\.") as limited:
        await sign_in()
    assert limited.value.minutes == 45
    clock.shift(timedelta(minutes=45))
    assert await sign_in()


async def test_an_address_guesses_twenty_times_an_hour_whatever_the_account(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    for number in range(20):
        await guess(1, email=f"somebody{number}@example.org")
    with pytest.raises(Limited):
        await sign_in()
    assert await sign_in(address="192.0.2.2")
    clock.shift(timedelta(hours=1))
    assert await sign_in()


async def test_all_of_an_ipv6_customers_addresses_count_as_one(cast: Cast) -> None:
    for number in range(20):
        await guess(1, email=f"somebody{number}@example.org", address=f"2001:db8::{number:x}")
    with pytest.raises(Limited):
        await sign_in(address="2001:db8::ffff")
    assert await sign_in(address="2001:db8:0:1::1")


async def test_the_right_password_uses_no_try_up(cast: Cast, configure: Configure) -> None:
    configure(sign_in_tries_per_account=2, sign_in_tries_per_address=2)
    for _ in range(5):
        await sign_in()
    await guess(1)
    assert await sign_in()
    await guess(1)
    with pytest.raises(Limited):  # a success clears no failure of somebody else
        await sign_in()


async def test_guesses_made_at_once_count_each(cast: Cast, configure: Configure) -> None:
    configure(wait_after_failures=1000)

    def attempt(number: int) -> asyncio.Task[str]:
        return asyncio.create_task(sign_in(password="wrong wrong", address=f"198.51.100.{number}"))

    answers = await asyncio.gather(*map(attempt, range(30)), return_exceptions=True)
    kinds = [type(answer) for answer in answers]
    assert (kinds.count(Invalid), kinds.count(Limited)) == (10, 20)


async def test_what_an_account_spent_survives_a_restart(
    cast: Cast, settings: Settings, configure: Configure
) -> None:
    configure(wait_after_failures=1000)
    await guess(10)
    await database.disconnect()
    await database.connect(settings)
    forget_process()
    with pytest.raises(Limited):
        await sign_in()


async def test_a_session_that_nobody_uses_ends_after_twelve_hours(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    token = await sign_in()
    clock.shift(timedelta(hours=12, seconds=-1))
    assert await sessions.find(token)
    clock.shift(timedelta(seconds=1))
    assert await sessions.find(token) is None


async def test_looking_keeps_no_session_alive_and_a_click_does(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    looked_at, clicked = await sign_in(), await sign_in()
    for _ in range(2):
        clock.shift(timedelta(hours=8))
        await sessions.touch(clicked)
        await sessions.find(looked_at)
    assert await sessions.find(clicked)
    assert await sessions.find(looked_at) is None


async def test_a_session_of_a_clock_that_was_far_ahead_is_none(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    clock.shift(timedelta(days=30))
    far = await sign_in()
    session = (await Session.all().order_by("-id"))[0]
    clock.shift(timedelta(days=-30))
    assert await sessions.find(far) is None
    assert await sessions.time_left({session.id}) == {session.id: timedelta()}
    clock.shift(timedelta(hours=1))
    near = await sign_in()
    clock.shift(timedelta(hours=-1))
    assert await sessions.find(near)


async def test_no_click_keeps_a_session_longer_than_seven_days(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    token = await sign_in()
    for _ in range(7 * 24 - 1):
        clock.shift(timedelta(hours=1))
        await sessions.touch(token)
    assert await sessions.find(token)
    clock.shift(timedelta(hours=1))
    assert await sessions.find(token) is None


async def test_clicks_are_written_once_a_minute(clock: time_machine.Traveller, cast: Cast) -> None:
    token = await sign_in()
    clock.shift(timedelta(seconds=60))
    await sessions.touch(token)
    assert (await Session.get()).seen_at == datetime(2026, 3, 10, 12, tzinfo=UTC)
    clock.shift(timedelta(seconds=1))
    await sessions.touch(token)
    assert (await Session.get()).seen_at == datetime(2026, 3, 10, 12, 1, 1, tzinfo=UTC)


async def test_signing_out_ends_that_session_only_and_says_which(cast: Cast) -> None:
    heard: list[Changed] = []
    token, other = await sign_in(), await sign_in()
    session = await Session.get(token_digest=sessions.digest(token))
    stop = signals.subscribe(but_the_log(heard))
    await sessions.sign_out(token)
    stop()
    assert await sessions.find(token) is None
    assert await sessions.find(other)
    assert heard == [Changed(None, Topic.SESSIONS, (session.id,))]


async def test_signing_out_twice_is_recorded_once(cast: Cast) -> None:
    token = await sign_in()
    await sessions.sign_out(token)
    await sessions.sign_out(token)
    assert [entry.person_id for entry in await entries(AuditAction.LOGOUT)] == [cast.sam.person_id]


async def test_a_click_does_not_revive_a_session_that_ended(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    token = await sign_in()
    await sessions.sign_out(token)
    clock.shift(timedelta(minutes=2))
    await sessions.touch(token)
    assert await sessions.find(token) is None


async def test_all_sessions_of_a_person_end_and_nobody_elses(cast: Cast) -> None:
    tokens = [await sign_in(), await sign_in()]
    others = await sign_in("ada@example.org")
    await sessions.end_all_of(cast.sam.user_id)
    assert [await sessions.find(token) for token in tokens] == [None, None]
    assert await sessions.find(others)


async def test_signing_in_is_recorded_by_person(cast: Cast) -> None:
    await sign_in()
    [entry] = await entries(AuditAction.LOGIN)
    assert (entry.person_id, entry.target_id) == (cast.sam.person_id, cast.sam.user_id)


async def test_one_enters_a_workspace_with_the_role_one_has_there(cast: Cast) -> None:
    actor = await sessions.enter(await sign_in(), "northwind")
    assert (actor.workspace_id, actor.role) == (cast.northwind.id, Role.SALES)
    assert actor.time_zone == "Europe/Berlin"


async def test_the_owner_enters_every_workspace_as_owner(cast: Cast) -> None:
    token = await sign_in("olga@example.org")
    roles = [(await sessions.enter(token, slug)).role for slug in ("northwind", "elsewhere")]
    assert roles == [Role.OWNER, Role.OWNER]


@pytest.mark.parametrize("slug", ["acme", "elsewhere", "nowhere", "", "../northwind"])
async def test_a_workspace_of_others_does_not_exist(cast: Cast, slug: str) -> None:
    token = await sign_in()
    with pytest.raises(NotFound):
        await sessions.enter(token, slug)


async def test_a_changed_or_lost_role_counts_from_the_next_command_on(cast: Cast) -> None:
    token = await sign_in()
    seat = Membership.filter(user_id=cast.sam.user_id)
    await seat.update(role=Role.EVALUATOR)
    assert (await sessions.enter(token, "northwind")).role is Role.EVALUATOR
    await seat.delete()
    with pytest.raises(NotFound):
        await sessions.enter(token, "northwind")


async def test_a_click_does_not_revive_a_session_that_idled_out(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    token = await sign_in()
    clock.shift(timedelta(hours=12))
    await sessions.touch(token)
    assert await sessions.find(token) is None


async def test_time_left_is_the_shorter_of_both_limits_and_none_once_ended(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    tokens = [await sign_in() for _ in range(3)]
    fresh, clicked, ended = [row.id for row in await Session.all().order_by("id")]
    await sessions.sign_out(tokens[2])
    for _ in range(17):  # to half a day before the seven days are over
        clock.shift(timedelta(hours=9, minutes=30))
        await sessions.touch(tokens[1])
    left = await sessions.time_left({clicked, ended, 10**12})
    assert left == {
        clicked: timedelta(hours=6, minutes=30),
        ended: timedelta(),
        10**12: timedelta(),
    }
    assert (await sessions.time_left({fresh}))[fresh] <= timedelta()
