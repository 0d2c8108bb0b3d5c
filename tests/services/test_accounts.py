"""What a person, or an administrator at the machine, changes about an account."""

import asyncio

import pytest

from models import Message, Person, User
from models.enums import AuditAction, MessageKind, Theme
from services import accounts, sessions, signals
from services.errors import Invalid, Limited, NotFound
from services.sessions import SignIn
from services.signals import Changed, Topic
from tests.cast import PASSWORD, Cast, entries
from tests.hearing import but_the_log

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


async def test_a_person_changes_their_own_name_and_the_log_holds_none(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    await accounts.rename(cast.sam, "  Samira   Sales ")
    stop()
    assert (await Person.get(id=cast.sam.person_id)).name == "Samira Sales"
    assert heard == [Changed(None, Topic.ACCOUNTS, (cast.sam.user_id,))]
    [entry] = await entries(AuditAction.UPDATE)
    assert (entry.target_id, entry.detail) == (cast.sam.user_id, {"field": "name"})
    await accounts.rename(cast.sam, "Samira Sales")
    assert len(await entries(AuditAction.UPDATE)) == 1


@pytest.mark.parametrize("name", ["", "  ", "S" * 121, "a\u202eb"])
async def test_a_name_that_nobody_could_read_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await accounts.rename(cast.sam, name)
    assert set(wrong.value.fields) == {"name"}


async def test_a_new_password_ends_every_other_session_and_is_told_by_mail(cast: Cast) -> None:
    this, other = await sign_in(PASSWORD), await sign_in(PASSWORD)
    olga = await sessions.find(this)
    assert olga
    await accounts.change_password(olga, current=PASSWORD, password=NEW)
    assert await sessions.find(this)
    assert await sessions.find(other) is None
    assert await sign_in(NEW)
    [entry] = await entries(AuditAction.UPDATE)
    assert (entry.person_id, entry.detail) == (cast.olga.person_id, {"field": "password"})
    warning = await Message.get()
    assert (warning.kind, warning.recipient) == (MessageKind.WARNING, "olga@example.org")
    assert (warning.workspace_id, warning.user_id) == (None, cast.olga.user_id)


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [("", NEW, "current"), ("wrong", NEW, "current"), (PASSWORD, "short", "password")],
)
async def test_without_the_current_password_nothing_changes(
    cast: Cast, current: str, password: str, field: str
) -> None:
    token = await sign_in(PASSWORD)
    with pytest.raises(Invalid) as wrong:
        await accounts.change_password(cast.olga, current=current, password=password)
    assert set(wrong.value.fields) == {field}
    assert await sessions.find(token)
    assert not await Message.exists()


async def test_the_current_password_is_guessed_ten_times_an_hour(cast: Cast) -> None:
    for _ in range(10):
        with pytest.raises(Invalid):
            await accounts.change_password(cast.olga, current="wrong", password=NEW)
    with pytest.raises(Limited):
        await accounts.change_password(cast.olga, current=PASSWORD, password=NEW)


async def test_of_two_changes_at_once_one_counts(cast: Cast) -> None:
    wanted = [f"copper kettle orchard {number}" for number in range(6)]
    answers = await asyncio.gather(
        *(accounts.change_password(cast.olga, current=PASSWORD, password=new) for new in wanted),
        return_exceptions=True,
    )
    won = [new for new, answer in zip(wanted, answers, strict=True) if answer is None]
    assert len(won) == 1
    assert await sign_in(won[0])
    assert await Message.all().count() == 1
