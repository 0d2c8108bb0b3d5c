"""What a person, or an administrator at the machine, changes about an account."""

import pytest

from models import User
from models.enums import AuditAction, Theme
from services import accounts, sessions
from services.errors import Invalid, NotFound
from services.sessions import SignIn
from tests.cast import PASSWORD, Cast, entries

NEW = "copper kettle orchard 17"


async def sign_in(password: str) -> str:
    return await sessions.sign_in(
        SignIn(email="olga@example.org", password=password, address="192.0.2.1")
    )


async def test_a_reset_password_is_the_only_one_that_works(cast: Cast) -> None:
    await accounts.reset_password("OLGA@example.org", NEW)
    assert await sign_in(NEW)
    with pytest.raises(Invalid):
        await sign_in(PASSWORD)


async def test_a_reset_ends_every_session_of_that_person(cast: Cast) -> None:
    token = await sign_in(PASSWORD)
    await accounts.reset_password("olga@example.org", NEW)
    assert await sessions.find(token) is None


async def test_a_reset_is_recorded_without_the_password(cast: Cast) -> None:
    await accounts.reset_password("olga@example.org", NEW)
    [entry] = await entries(AuditAction.UPDATE)
    assert (entry.target_id, entry.detail) == (cast.olga.user_id, {"field": "password"})


async def test_an_unknown_address_has_no_password_to_reset(cast: Cast) -> None:
    with pytest.raises(NotFound, match=r"nobody@example\.org"):
        await accounts.reset_password("nobody@example.org", NEW)


async def test_a_weak_password_is_refused_and_the_old_one_stays(cast: Cast) -> None:
    with pytest.raises(Invalid):
        await accounts.reset_password("olga@example.org", "olga@example.org")
    assert await sign_in(PASSWORD)


async def test_a_chosen_theme_is_of_that_person_only(cast: Cast) -> None:
    await accounts.choose_theme(cast.sam, Theme.DARK)
    dark = await User.filter(theme=Theme.DARK).values_list("id", flat=True)
    assert dark == [cast.sam.user_id]
