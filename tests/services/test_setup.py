"""The first owner, behind a token that works once."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from models import User
from models.enums import AuditAction
from services import key_tie, sessions, setup, setup_token
from services.errors import Conflict, Invalid
from services.settings import Settings
from services.setup import NewOwner
from tests.cast import PASSWORD, Cast, entries


@pytest.fixture
async def token(db: Settings, cheap_passwords: None) -> str:
    await key_tie.tie("the check value of some key")
    return await setup_token.issue()


def owner(token: str, **more: str) -> NewOwner:
    entered = {"name": "Olga Owner", "email": "Olga@Example.org", "password": PASSWORD}
    return NewOwner(token=token, address="192.0.2.1", **entered | more)


async def test_the_token_makes_the_first_owner_and_signs_them_in(token: str) -> None:
    actor = await sessions.find(await setup.create_owner(owner(token)))
    assert actor
    assert (actor.name, actor.email, actor.is_owner) == ("Olga Owner", "Olga@example.org", True)


async def test_set_up_is_open_until_there_is_an_owner(token: str) -> None:
    assert await setup.is_open()
    await setup.create_owner(owner(token))
    assert not await setup.is_open()


async def test_making_the_owner_is_recorded(token: str) -> None:
    await setup.create_owner(owner(token))
    [entry] = await entries(AuditAction.CREATE)
    assert (entry.resource, entry.detail) == ("USER", {"role": "OWNER"})


async def test_a_token_works_once(token: str) -> None:
    await setup.create_owner(owner(token))
    with pytest.raises(Invalid) as wrong:
        await setup.create_owner(owner(token, email="second@example.org"))
    assert set(wrong.value.fields) == {"token"}
    assert await User.all().count() == 1


@pytest.mark.parametrize("wrong_token", ["", "wrong", "ü", " "])
async def test_another_token_makes_nobody(token: str, wrong_token: str) -> None:
    with pytest.raises(Invalid, match="wrong or older than an hour"):
        await setup.create_owner(owner(wrong_token))
    assert await setup.is_open()


async def test_a_token_is_good_for_an_hour(clock: time_machine.Traveller, token: str) -> None:
    clock.shift(timedelta(hours=1, seconds=-1))
    assert await setup_token.is_good(token)
    clock.shift(timedelta(seconds=1))
    with pytest.raises(Invalid, match="older than an hour"):
        await setup.create_owner(owner(token))


async def test_a_new_token_voids_the_one_before(token: str) -> None:
    newer = await setup_token.issue()
    assert (await setup_token.is_good(token), await setup_token.is_good(newer)) == (False, True)


async def test_no_token_makes_a_second_owner(cast: Cast) -> None:
    with pytest.raises(Conflict, match="An owner exists already"):
        await setup.create_owner(owner(await setup_token.issue(), email="second@example.org"))
    assert await User.filter(is_owner=True).count() == 1


async def test_two_submissions_at_once_make_one_owner(token: str) -> None:
    answers = await asyncio.gather(
        *(setup.create_owner(owner(token, email=f"{n}@example.org")) for n in range(5)),
        return_exceptions=True,
    )
    assert [isinstance(answer, str) for answer in answers].count(True) == 1
    assert await User.all().count() == 1


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "O" * 121}, "name"),
        ({"name": "Olga\x00"}, "name"),
        ({"email": "olga@"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "Olga Owner 1234"}, "password"),
    ],
)
async def test_a_wrong_entry_is_told_by_field_and_leaves_the_token_good(
    token: str, entered: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        await setup.create_owner(owner(token, **entered))
    assert set(wrong.value.fields) == {field}
    assert await setup_token.is_good(token)
