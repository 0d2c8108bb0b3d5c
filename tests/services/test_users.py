"""Who has an account, who owns the installation, and who is kept out."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from models import PasswordReset, Session, User
from models.enums import AuditAction, Role
from services import sessions, signals, user_list, users, zones
from services.actor import Actor
from services.errors import Conflict, Invalid, NotFound
from services.paging import Slice
from services.sessions import SignIn
from services.sign_in_limits import HOUR
from services.signals import Changed, Topic
from services.user_list import Seat, Shown, UserFilter
from tests.cast import PASSWORD, Cast, entries, every_row

Command = Callable[[Actor, int], Awaitable[object]]
COMMANDS: list[Command] = [
    users.disable,
    users.enable,
    users.sign_out,
    users.make_owner,
    users.remove_owner,
]


async def sign_in(email: str = "sam@example.org") -> str:
    return await sessions.sign_in(SignIn(email=email, password=PASSWORD, address="192.0.2.1"))


async def second_owner(cast: Cast) -> Actor:
    """Ada, made an owner, as an actor of the next command."""
    await users.make_owner(cast.olga, cast.ada.user_id)
    found = await sessions.find(await sign_in("ada@example.org"))
    assert found
    return found


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_for_everybody_but_an_owner_there_are_no_users(
    cast: Cast, command: Command, who: str
) -> None:
    before = await every_row()
    with pytest.raises(NotFound):
        await command(getattr(cast, who), cast.sam.user_id)
    with pytest.raises(NotFound):
        await user_list.page(getattr(cast, who), UserFilter(), Slice())
    with pytest.raises(NotFound):
        await user_list.some(getattr(cast, who), [cast.sam.user_id])
    assert await every_row() == before


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("user_id", [0, -1, 10**6, 2**70])
async def test_a_user_who_is_not_there_is_not_found(
    cast: Cast, command: Command, user_id: int
) -> None:
    with pytest.raises(NotFound):
        await command(cast.olga, user_id)


async def test_a_disabled_person_is_signed_out_at_once_and_cannot_come_back(cast: Cast) -> None:
    token = await sign_in()
    session = await Session.get()
    await PasswordReset.create(user_id=cast.sam.user_id, expires_at=zones.now() + HOUR)
    heard: list[Changed] = []
    stop = signals.subscribe(heard.append)
    await users.disable(cast.olga, cast.sam.user_id)
    stop()
    assert Changed(None, Topic.SESSIONS, (session.id,)) in heard
    assert Changed(None, Topic.ACCOUNTS, (cast.sam.user_id,)) in heard
    assert await sessions.find(token) is None
    assert not await PasswordReset.exists(expires_at__gt=zones.now())
    with pytest.raises(Invalid):
        await sign_in()
    await users.enable(cast.olga, cast.sam.user_id)
    assert await sign_in()
    assert await sessions.find(token) is None


async def test_every_change_of_a_user_is_one_entry_of_the_log(cast: Cast) -> None:
    await sign_in()
    user_id = cast.sam.user_id
    await users.sign_out(cast.olga, user_id)
    await users.disable(cast.olga, user_id)
    await users.enable(cast.olga, user_id)
    await users.make_owner(cast.olga, user_id)
    await users.remove_owner(cast.olga, user_id)
    found = [
        (entry.action, entry.target_id, entry.person_id, entry.workspace_id, entry.detail)
        for action in (
            AuditAction.LOGOUT,
            AuditAction.DISABLE,
            AuditAction.ENABLE,
            AuditAction.UPDATE,
        )
        for entry in await entries(action)
    ]
    by = (user_id, cast.olga.person_id, cast.olga.workspace_id)
    assert found == [
        ("LOGOUT", *by, {"sessions": 1}),
        ("DISABLE", *by, {}),
        ("ENABLE", *by, {}),
        ("UPDATE", *by, {"owner": True}),
        ("UPDATE", *by, {"owner": False}),
    ]


@pytest.mark.parametrize("command", [users.enable, users.remove_owner])
async def test_what_is_so_already_is_refused(cast: Cast, command: Command) -> None:
    with pytest.raises(Conflict):
        await command(cast.olga, cast.sam.user_id)


async def test_disabling_twice_at_once_is_recorded_once(cast: Cast) -> None:
    answers = await asyncio.gather(
        *(users.disable(cast.olga, cast.sam.user_id) for _ in range(6)), return_exceptions=True
    )
    assert [type(each) for each in answers if each] == [Conflict] * 5
    assert len(await entries(AuditAction.DISABLE)) == 1


async def test_everywhere_means_every_session_of_that_person_only(cast: Cast) -> None:
    theirs = [await sign_in(), await sign_in()]
    others = await sign_in("ada@example.org")
    assert await users.sign_out(cast.olga, cast.sam.user_id) == 2
    assert [await sessions.find(token) for token in theirs] == [None, None]
    assert await sessions.find(others)
    assert await users.sign_out(cast.olga, cast.sam.user_id) == 0
    assert len(await entries(AuditAction.LOGOUT)) == 1


async def test_the_last_owner_stays_one(cast: Cast) -> None:
    with pytest.raises(Conflict, match="the last owner"):
        await users.remove_owner(cast.olga, cast.olga.user_id)
    with pytest.raises(Conflict, match="your own account"):
        await users.disable(cast.olga, cast.olga.user_id)
    ada = await second_owner(cast)
    await users.remove_owner(ada, ada.user_id)
    assert await User.filter(is_owner=True).count() == 1


async def test_an_owner_who_cannot_sign_in_does_not_count(cast: Cast) -> None:
    ada = await second_owner(cast)
    await users.disable(ada, cast.olga.user_id)
    with pytest.raises(Conflict, match="the last owner"):
        await users.remove_owner(ada, ada.user_id)
    with pytest.raises(Conflict, match="Enable it first"):
        await users.make_owner(ada, cast.olga.user_id)


@pytest.mark.parametrize("command", [users.remove_owner, users.disable])
async def test_of_two_owners_who_remove_each_other_one_stays(cast: Cast, command: Command) -> None:
    for _ in range(5):
        ada = await second_owner(cast)
        answers = await asyncio.gather(
            command(cast.olga, ada.user_id),
            command(ada, cast.olga.user_id),
            return_exceptions=True,
        )
        assert sorted(each is None for each in answers) == [False, True]
        [left] = await User.filter(is_owner=True, disabled_at=None)
        assert left.id in (cast.olga.user_id, ada.user_id)
        await User.filter(id=cast.olga.user_id).update(is_owner=True, disabled_at=None)
        await User.filter(id=ada.user_id).update(is_owner=False, disabled_at=None)


async def test_the_list_says_who_may_what_and_was_seen_when(cast: Cast) -> None:
    await sign_in("ada@example.org")
    page = await user_list.page(cast.olga, UserFilter(), Slice(sort="name", descending=False))
    assert [row.name.split()[0] for row in page.rows] == ["Ada", "Eve", "Mallory", "Olga", "Sam"]
    ada, olga = page.rows[0], page.rows[3]
    assert ada.seats == (
        Seat("Acme Devices", Role.ADMIN),
        Seat("Northwind Academy", Role.ADMIN),
    )
    assert (ada.is_owner, ada.is_you, olga.is_owner, olga.is_you) == (False, False, True, True)
    assert ada.seen_at == (await Session.get()).seen_at
    assert olga.seen_at is None


@pytest.mark.parametrize("sort", ["name", "email", "since", "seen", "password_hash", ""])
async def test_it_is_sorted_by_what_it_shows_and_paged(cast: Cast, sort: str) -> None:
    await sign_in("eve@example.org")
    pages = [
        await user_list.page(cast.olga, UserFilter(), Slice(number=number, rows=2, sort=sort))
        for number in (1, 2, 3)
    ]
    found = [row.id for page in pages for row in page.rows]
    assert sorted(found) == sorted(user.id for user in await User.all())
    if sort == "seen":
        assert pages[0].rows[0].name == "Eve Evaluator"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (UserFilter(search="ADA"), {"Ada"}),
        (UserFilter(search="sam@EXAMPLE"), {"Sam"}),
        (UserFilter(search="%"), set()),
        (UserFilter(search="' OR 1=1 --"), set()),
        (UserFilter(shown=Shown.OWNERS), {"Olga"}),
        (UserFilter(shown=Shown.DISABLED), {"Sam"}),
        (UserFilter(shown=Shown.ACTIVE, search="o"), {"Ada", "Eve", "Mallory", "Olga"}),
    ],
)
async def test_it_is_searched_and_filtered(cast: Cast, wanted: UserFilter, names: set[str]) -> None:
    await users.disable(cast.olga, cast.sam.user_id)
    page = await user_list.page(cast.olga, wanted, Slice())
    assert ({row.name.split()[0] for row in page.rows}, page.total) == (names, len(names))
