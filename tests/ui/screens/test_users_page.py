"""The owner's list of users, and what it does to each of them, at once."""

from dataclasses import replace

import pytest

from models import Invitation, User
from models.enums import Role
from services import accounts, invitations, sessions, users, workspaces
from services.actor import Actor
from services.sessions import SignIn
from tests.cast import PASSWORD
from tests.ui.screens.visit import (
    House,
    button,
    emit,
    enter,
    press,
    rows,
    sees,
    until,
    words,
)
from ui import routes


def of(house: House, name: str) -> int:
    return getattr(house.cast, name).user_id


async def test_everybody_is_listed_with_their_roles(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    ada = rows(user)[0]
    assert (ada["name"], ada["state"], ada["owner"]) == ("Ada Admin", "ACTIVE", False)
    assert ada["seats"] == [
        {"workspace": "Acme Devices", "role": "Workspace Admin"},
        {"workspace": "Northwind Academy", "role": "Workspace Admin"},
    ]
    assert set(ada) == {
        *("id", "name", "email", "you", "owner", "seats", "state", "tone", "seen", "exact"),
        *("menu", "factor"),
    }
    assert [each["event"] for each in rows(user)[3]["menu"]] == ["sign_out", "remove_owner"]


async def test_a_disabled_person_is_signed_out_and_the_row_says_so(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    sam = SignIn(email="sam@example.org", password=PASSWORD, address="192.0.2.1")
    token = await sessions.sign_in(sam)
    await until(lambda: len(rows(user)) == 5)
    await emit(user, "disable", of(house, "sam"))
    await sees(user, "Disable Sam Sales?", "sam@example.org is signed out everywhere at once")
    assert await sessions.find(token)
    await press(user, "Disable")
    await until(lambda: rows(user)[4]["state"] == "DISABLED")
    assert await sessions.find(token) is None
    await emit(user, "enable", of(house, "sam"))
    await until(lambda: rows(user)[4]["state"] == "ACTIVE")


async def test_two_owners_see_what_the_other_does(house: House) -> None:
    await users.make_owner(house.cast.olga, of(house, "ada"))
    olga = await house.visit(house.cast.olga, routes.USERS)
    ada = await house.visit(house.cast.ada, routes.USERS)
    await until(lambda: len(rows(ada)) == len(rows(olga)) == 5)
    await emit(ada, "make_owner", of(house, "eve"))
    await sees(ada, "Make Eve Evaluator an owner?")
    await press(ada, "Make owner")
    await until(lambda: rows(olga)[1]["owner"])
    await accounts.rename(house.cast.sam, "Aaron Sales")
    await until(lambda: rows(olga)[0]["name"] == "Aaron Sales")


async def test_the_last_owner_is_told_why_they_stay_one(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    await emit(user, "remove_owner", of(house, "olga"))
    await sees(user, "Remove Olga Owner as an owner?")
    await press(user, "Remove as owner")
    await sees(user, "This is the last owner who can sign in.")
    assert await User.filter(is_owner=True).count() == 1


async def test_an_erased_person_leaves_the_list(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    await emit(user, "erase", of(house, "sam"))
    await sees(user, "Erase sam@example.org?", "This cannot be undone.")
    await press(user, "Erase this person")
    await until(lambda: len(rows(user)) == 4)
    assert "Sam Sales" not in str(rows(user))


async def test_an_owner_is_invited_and_the_invitation_can_be_withdrawn(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    await press(user, "Invite owner")
    await sees(user, "Invite an owner")
    enter(user, "E-mail", "grace@example.org")
    await press(user, "Invite")
    await sees(user, "Copy invitation link", "1 open invitation")
    [invitation] = await Invitation.all()
    assert (invitation.workspace_id, invitation.role) == (None, Role.OWNER)
    await invitations.withdraw(in_no_workspace(house.cast.olga), invitation.id)
    await until(lambda: "1 open invitation" not in words(user))


def in_no_workspace(actor: Actor) -> Actor:
    return replace(actor, workspace_id=None, workspace_slug=None, workspace_name=None, role=None)


async def test_it_is_searched_and_filtered(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    enter(user, "Everybody", "OWNERS")
    await until(lambda: [row["name"] for row in rows(user)] == ["Olga Owner"])
    enter(user, "Everybody", "DISABLED")
    await sees(user, "Nobody matches")


async def test_an_owner_who_lost_that_changes_nobody_any_more(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    await emit(user, "disable", of(house, "sam"))
    await sees(user, "Disable Sam Sales?")
    await User.filter(id=of(house, "olga")).update(is_owner=False)
    await press(user, "Disable")
    await sees(user, "This page does not exist, or not for you.")
    for event, forged in (("enable", 10**6), ("sign_out", -1), ("disable", of(house, "ada"))):
        await emit(user, event, forged)
    assert not await User.exists(disabled_at__not_isnull=True)


@pytest.mark.parametrize("who", ["ada", "sam", "eve"])
@pytest.mark.parametrize("path", [routes.USERS, routes.INSTANCE_WORKSPACES])
async def test_nobody_else_finds_the_pages_of_the_installation(
    house: House, who: str, path: str
) -> None:
    user = await house.visit(getattr(house.cast, who), path)
    await sees(user, "Page not found")
    assert "Users" not in words(user).splitlines()


async def test_workspaces_are_listed_and_a_new_one_appears(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.INSTANCE_WORKSPACES)
    await until(lambda: len(rows(user)) == 3)
    assert [row["name"] for row in rows(user)] == [
        "Acme Devices",
        "Elsewhere",
        "Northwind Academy",
    ]
    assert button(user, "New workspace")
    new = {"name": "Harbour <School>", "slug": "harbour", "time_zone": "UTC"}
    await workspaces.create(house.cast.olga, **new)
    await until(lambda: len(rows(user)) == 4)
    added = rows(user)[2]
    assert (added["name"], added["path"]) == ("Harbour <School>", routes.workspace("harbour"))
