"""Where a person is signed in, as that person sees and ends it."""

from datetime import timedelta

import pytest
import time_machine

from models import Session
from models.enums import AuditAction
from services import own_sessions, sessions, signals
from services.actor import Actor
from services.errors import NotFound
from services.sessions import SignIn
from services.signals import Changed, Topic
from tests.cast import PASSWORD, Cast, entries
from tests.hearing import but_the_log

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def sign_in(email: str = "sam@example.org", browser: str = FIREFOX) -> str:
    return await sessions.sign_in(
        SignIn(email=email, password=PASSWORD, address="192.0.2.1", browser=browser)
    )


async def actor_of(token: str) -> Actor:
    found = await sessions.find(token)
    assert found
    return found


async def test_this_one_is_first_and_then_the_last_seen(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    sam = await actor_of(await sign_in(browser="this"))
    for browser in ("older", "newer"):
        clock.shift(timedelta(minutes=5))
        await sign_in(browser=browser)
    await sign_in("ada@example.org", browser="another person's")
    found = await own_sessions.of(sam)
    assert [(each.browser, each.is_this) for each in found] == [
        ("this", True),
        ("newer", False),
        ("older", False),
    ]
    assert {each.address for each in found} == {"192.0.2.1"}


async def test_what_ended_or_idled_out_is_not_listed(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await sign_in()
    clock.shift(timedelta(hours=11))
    await sessions.sign_out(await sign_in())
    sam = await actor_of(await sign_in())
    clock.shift(timedelta(hours=2))
    assert [each.id for each in await own_sessions.of(sam)] == [sam.session_id]


async def test_one_session_is_ended_and_its_tabs_hear_of_it(cast: Cast) -> None:
    other = await actor_of(await sign_in())
    token = await sign_in()
    sam = await actor_of(token)
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    await own_sessions.end(sam, other.session_id)
    stop()
    assert heard == [Changed(None, Topic.SESSIONS, (other.session_id,))]
    assert [each.id for each in await own_sessions.of(sam)] == [sam.session_id]
    assert await sessions.find(token)
    [entry] = await entries(AuditAction.LOGOUT)
    assert (entry.resource, entry.target_id) == ("SESSION", other.session_id)
    with pytest.raises(NotFound):
        await own_sessions.end(sam, other.session_id)


async def test_nobody_ends_a_session_of_somebody_else(cast: Cast) -> None:
    theirs = await actor_of(await sign_in("olga@example.org"))
    sam = await actor_of(await sign_in())
    for session_id in (theirs.session_id, 0, -1, 2**70, 10**6):
        with pytest.raises(NotFound):
            await own_sessions.end(sam, session_id)
    assert await Session.filter(ended_at=None).count() == 2


async def test_all_others_end_and_this_one_stays(cast: Cast) -> None:
    tokens = [await sign_in() for _ in range(3)]
    theirs = await sign_in("ada@example.org")
    sam = await actor_of(tokens[1])
    assert await own_sessions.end_others(sam) == 2
    assert [bool(await sessions.find(token)) for token in [*tokens, theirs]] == [
        False,
        True,
        False,
        True,
    ]
    assert await own_sessions.end_others(sam) == 0
    assert [entry.detail for entry in await entries(AuditAction.LOGOUT)] == [{"sessions": 2}]
