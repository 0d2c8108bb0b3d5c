"""The Members page: who is there, who is invited, and what changes while somebody looks."""

from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.testing import User

from models import Invitation, Membership, Message
from models.enums import MessageState, Role
from services import invitations, joining, members
from tests.conftest import Configure
from tests.ui.screens.visit import (
    House,
    buttons,
    enter,
    error_at,
    press,
    sees,
    shown,
    until,
    words,
)
from ui import routes

PAGE = routes.members("northwind")
GRACE = "grace@example.org"


def lists(user: User) -> list[ui.table]:
    return [e for e in user.current_layout.descendants() if isinstance(e, ui.table)]


def names(user: User) -> list[str]:
    return [row["member"] for row in lists(user)[0].rows]


def asked(user: User) -> list[dict[str, Any]]:
    return [row for found in lists(user)[1:] for row in found.rows]


async def opened(house: House, who: str = "ada") -> User:
    user = await house.visit(getattr(house.cast, who), PAGE)
    await until(lambda: len(lists(user)) == 2 and names(user))
    return user


async def emitted(user: User, table: int, event: str, row_id: object) -> None:
    with user:
        target = lists(user)[table]
        for listener in target._event_listeners.values():
            if listener.type == event:
                target._handle_event({"listener_id": listener.id, "args": row_id})


async def test_members_are_listed_without_what_nobody_needs(house: House) -> None:
    user = await opened(house)
    assert names(user) == ["Ada Admin", "Sam Sales"]
    [ada, sam] = lists(user)[0].rows
    assert (sam["email"], sam["role"]) == ("sam@example.org", "Sales")
    assert set(sam) == {"id", "member", "email", "value", "role", "since", "seen", "disabled"}
    assert ada["seen"] != "Not lately"
    await until(lambda: lists(user)[1] not in shown(user, ui.table))


@pytest.mark.parametrize(
    ("who", "slug"), [("sam", "northwind"), ("eve", "acme"), ("mallory", "northwind")]
)
async def test_for_others_there_is_no_such_page(house: House, who: str, slug: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.members(slug))
    await sees(user, "Page not found")


async def test_without_mail_the_link_is_handed_over_once(house: House) -> None:
    user = await opened(house)
    await press(user, "Invite member")
    assert "you get a link to pass on" in words(user)
    enter(user, "E-mail", GRACE)
    enter(user, "Role", Role.EVALUATOR)
    await press(user, "Invite")
    await sees(user, "Pass on this link")
    await press(user, "Copy invitation link")
    [link] = house.copied
    row = await Invitation.get()
    assert row.role is Role.EVALUATOR
    token = link.strip('"').rsplit("/", 1)[1]
    assert isinstance(await joining.open_link(token), joining.Offer)
    await until(lambda: asked(user))
    assert token not in str(asked(user))


async def test_with_mail_the_mail_brings_it(house: House, configure: Configure) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    user = await opened(house)
    await press(user, "Invite member")
    enter(user, "E-mail", GRACE)
    await press(user, "Invite")
    await sees(user, f"An invitation is on its way to {GRACE}.")
    assert "Copy invitation link" not in buttons(user)


async def test_an_open_invitation_is_offered_to_be_sent_again(house: House) -> None:
    await invitations.invite(house.cast.ada, email=GRACE, role=Role.SALES)
    user = await opened(house)
    await press(user, "Invite member")
    assert "Resend invitation" not in buttons(user)
    enter(user, "E-mail", GRACE)
    await press(user, "Invite")
    assert error_at(user, "E-mail").startswith("This address is invited already")
    await press(user, "Resend invitation")
    await sees(user, "Pass on this link")
    assert await Invitation.all().count() == 1


async def test_a_member_and_what_is_no_address_are_refused_at_the_field(house: House) -> None:
    user = await opened(house)
    await press(user, "Invite member")
    for entered, sentence in (("sam@example.org", invitations.MEMBER), ("sam", "This is not an")):
        enter(user, "E-mail", entered)
        await press(user, "Invite")
        assert error_at(user, "E-mail").startswith(sentence)


async def test_who_joins_and_leaves_is_seen_at_once(house: House) -> None:
    cast = house.cast
    user = await opened(house)
    made = await invitations.invite(cast.olga, email="eve@example.org", role=Role.SALES)
    await until(lambda: [row["email"] for row in asked(user)] == ["eve@example.org"])
    assert made.token
    await joining.join(cast.eve, made.token)
    await until(lambda: names(user) == ["Ada Admin", "Eve Evaluator", "Sam Sales"])
    await until(lambda: not asked(user))
    await members.change_role(cast.olga, cast.eve.user_id, Role.ADMIN)
    await until(lambda: lists(user)[0].rows[1]["role"] == "Workspace Admin")
    await members.remove(cast.olga, cast.eve.user_id)
    await until(lambda: names(user) == ["Ada Admin", "Sam Sales"])


async def test_how_the_mail_stands_is_seen_at_once(house: House) -> None:
    made = await invitations.invite(house.cast.ada, email=GRACE, role=Role.SALES)
    user = await opened(house)
    await until(lambda: asked(user) and asked(user)[0]["mail"].startswith("Mail queued"))
    message = await Message.get(invitation_id=made.id)
    await Message.filter(id=message.id).update(state=MessageState.FAILED)
    await invitations.resend(house.cast.olga, made.id)
    await Message.filter(id=message.id).update(state=MessageState.FAILED)
    await until(lambda: asked(user) and asked(user)[0]["by"] == "Olga Owner")


async def test_an_invitation_is_withdrawn_after_a_question(house: House) -> None:
    made = await invitations.invite(house.cast.ada, email=GRACE, role=Role.SALES)
    user = await opened(house)
    await until(lambda: asked(user))
    await emitted(user, 1, "withdraw", made.id)
    await sees(user, f"The link that {GRACE} was sent stops working at once.")
    await press(user, "Withdraw")
    await until(lambda: not asked(user))
    assert (await Invitation.get()).withdrawn_at


async def test_a_role_is_changed_and_a_member_removed(house: House) -> None:
    sam = house.cast.sam
    user = await opened(house)
    await emitted(user, 0, "role", sam.user_id)
    await sees(user, "Role of Sam Sales")
    enter(user, "Role", Role.EVALUATOR)
    await press(user, "Change role")
    await until(lambda: lists(user)[0].rows[1]["role"] == "Evaluator")
    await emitted(user, 0, "remove", sam.user_id)
    await sees(user, "Remove Sam Sales?")
    assert "Open invitations" not in words(user)
    await press(user, "Remove")
    await until(lambda: names(user) == ["Ada Admin"])


async def test_the_last_admin_is_told_why_not(house: House) -> None:
    user = await opened(house)
    await emitted(user, 0, "remove", house.cast.ada.user_id)
    await sees(user, "Remove yourself?")
    await press(user, "Remove")
    await sees(user, members.LAST_ADMIN)
    assert names(user) == ["Ada Admin", "Sam Sales"]


async def test_a_row_of_another_workspace_is_not_touched(house: House) -> None:
    user = await opened(house)
    for forged in (house.cast.eve.user_id, -1, "x", None):
        await emitted(user, 0, "role", forged)
        await emitted(user, 1, "withdraw", forged)
    await until(lambda: not shown(user, ui.dialog))
    assert await Membership.filter(user_id=house.cast.eve.user_id, role=Role.EVALUATOR).exists()


async def test_tabs_of_somebody_whose_role_changed_load_again(house: House) -> None:
    cast = house.cast
    here = await house.visit(cast.sam, routes.access_codes("northwind"))
    await sees(here, "Access Codes")
    ada = await house.visit(cast.ada, routes.access_codes("northwind"))
    of_sam, of_ada = here.client, ada.client
    assert of_sam and of_ada
    await members.change_role(cast.ada, cast.sam.user_id, Role.EVALUATOR)
    await until(lambda: of_sam.id not in Client.instances)
    assert of_ada.id in Client.instances
    again = await house.visit(cast.sam, routes.access_codes("northwind"))
    await sees(again, "Page not found")


async def test_the_list_of_workspaces_follows_who_joins_and_leaves(house: House) -> None:
    cast = house.cast
    home = await house.visit(cast.eve)
    await sees(home, "Acme Devices")
    await until(lambda: home.client and hasattr(home.client.request.state, "built_for"))
    made = await invitations.invite(cast.ada, email="eve@example.org", role=Role.SALES)
    assert made.token and home.client
    await joining.join(cast.eve, made.token)
    await until(lambda: home.client.id not in Client.instances)


async def test_tabs_elsewhere_stay_as_they_are(house: House) -> None:
    cast = house.cast
    await members.change_role(cast.olga, cast.sam.user_id, Role.ADMIN)
    elsewhere = await house.visit(cast.ada, routes.members("acme"))
    await sees(elsewhere, "Invite member")
    client = elsewhere.client
    assert client
    await members.change_role(cast.olga, cast.ada.user_id, Role.SALES)
    here = await house.visit(cast.ada, PAGE)
    await sees(here, "Page not found")
    assert client.id in Client.instances
