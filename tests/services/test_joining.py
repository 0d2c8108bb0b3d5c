"""An invitation's link: opened it changes nothing, accepted it works once."""

import asyncio
from dataclasses import replace

import pytest
import time_machine

from models import Invitation, Membership, Message, Person, Session, User
from models.enums import AuditAction, MessageState, Role
from services import invitations, joining, links, members, sessions
from services.errors import Conflict, DomainError, Gone, Invalid
from services.invitations import LASTS
from services.joining import Joined, NewAccount, Offer, Unusable
from services.links import Purpose
from services.zones import now
from tests.cast import PASSWORD, Cast, entries, every_row

GRACE = "grace@example.org"


async def link(cast: Cast, email: str = GRACE, role: Role = Role.SALES) -> str:
    made = await invitations.invite(cast.ada, email=email, role=role)
    assert made.token
    return made.token


def account(token: str, **more: str) -> NewAccount:
    entered = {"name": "Grace Hopper", "password": PASSWORD, "address": "192.0.2.7"}
    return NewAccount(token=token, **entered | more)


async def test_the_link_says_where_as_what_and_by_whom(cast: Cast) -> None:
    assert await joining.open_link(await link(cast)) == Offer(
        workspace="Northwind Academy",
        role=Role.SALES,
        inviter="Ada Admin",
        email=GRACE,
        has_account=False,
    )
    offer = await joining.open_link(await link(cast, "Eve@example.org"))
    assert isinstance(offer, Offer) and offer.has_account
    assert offer.is_for(cast.eve) and not offer.is_for(cast.sam)


async def test_opening_it_a_thousand_times_changes_nothing(cast: Cast) -> None:
    token = await link(cast)
    before = await every_row()
    for _ in range(1000):
        await joining.open_link(token)
    assert await every_row() == before


@pytest.mark.parametrize("token", ["", "x", "A" * 35, "é" * 35, "A" * 300])
async def test_junk_is_no_invitation(cast: Cast, token: str) -> None:
    await link(cast)
    assert await joining.open_link(token) is Unusable.UNKNOWN
    with pytest.raises(Gone):
        await joining.with_new_account(account(token))
    with pytest.raises(Gone):
        await joining.join(cast.eve, token)


async def test_a_link_of_another_purpose_is_no_invitation(cast: Cast) -> None:
    await link(cast)
    [row] = await Invitation.all()
    assert await joining.open_link(links.make(Purpose.RESET, row.id)) is Unusable.UNKNOWN
    assert await joining.open_link(links.make(Purpose.INVITE, row.id, 2)) is Unusable.OVER
    assert await joining.open_link(links.make(Purpose.INVITE, 99)) is Unusable.UNKNOWN


async def test_a_new_person_gets_an_account_a_role_and_a_session(cast: Cast) -> None:
    token = await link(cast)
    joined = await joining.with_new_account(account(token, name="  Grace   Hopper "))
    actor = await sessions.enter(joined.session, "northwind")
    assert (actor.name, actor.email, actor.role) == ("Grace Hopper", GRACE, Role.SALES)
    assert joined.slug == "northwind"
    [entry] = await entries(AuditAction.ACCEPT)
    [row] = await Invitation.all()
    assert (entry.resource, entry.target_id, entry.workspace_id, entry.person_id) == (
        "INVITATION",
        row.id,
        cast.northwind.id,
        actor.person_id,
    )
    assert entry.detail == {"user": actor.user_id, "role": "SALES"}
    assert await joining.open_link(token) is Unusable.USED
    with pytest.raises(Gone) as used:
        await joining.with_new_account(account(token))
    assert used.value.message == joining.USED


async def test_the_mail_that_still_waits_is_not_sent_after_it(cast: Cast) -> None:
    await joining.with_new_account(account(await link(cast)))
    [message] = await Message.all()
    assert (message.state, message.last_answer) == (MessageState.FAILED, joining.ACCEPTED)
    assert await entries(AuditAction.FAIL) == []


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "grace@example.org"}, "password"),
        ({"password": "x" * 257}, "password"),
    ],
)
async def test_a_bad_name_or_password_uses_nothing_up(
    cast: Cast, entered: dict[str, str], field: str
) -> None:
    token = await link(cast)
    with pytest.raises(Invalid) as refused:
        await joining.with_new_account(account(token, **entered))
    assert list(refused.value.fields) == [field]
    assert isinstance(await joining.open_link(token), Offer)


async def test_of_many_submits_one_makes_the_account(cast: Cast) -> None:
    token = await link(cast)
    outcomes = await asyncio.gather(
        *(joining.with_new_account(account(token)) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, Joined) for each in outcomes) == 1
    assert sum(isinstance(each, DomainError) for each in outcomes) == 5
    assert await User.filter(email_key=GRACE).count() == 1
    assert await Person.filter(email_key=GRACE).count() == 1
    assert await Membership.filter(user__email_key=GRACE).count() == 1
    assert await Session.all().count() == len(await entries(AuditAction.ACCEPT)) == 1


async def test_two_invitations_of_one_address_make_one_account(cast: Cast) -> None:
    here = await link(cast)
    there = await invitations.invite(cast.ada_at_acme, email=GRACE, role=Role.EVALUATOR)
    assert there.token
    outcomes = await asyncio.gather(
        joining.with_new_account(account(here)),
        joining.with_new_account(account(there.token)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Joined) for each in outcomes) == 1
    assert sum(isinstance(each, Conflict) for each in outcomes) == 1
    assert await User.filter(email_key=GRACE).count() == 1
    assert await Invitation.filter(accepted_at=None).count() == 1


async def test_who_has_an_account_joins_with_it(cast: Cast) -> None:
    token = await link(cast, "eve@example.org", Role.ADMIN)
    with pytest.raises(Conflict):
        await joining.with_new_account(account(token))
    assert await joining.join(cast.eve, token) == Joined(slug="northwind")
    seat = await Membership.get(workspace_id=cast.northwind.id, user_id=cast.eve.user_id)
    assert seat.role is Role.ADMIN
    with pytest.raises(Gone):
        await joining.join(cast.eve, token)


async def test_somebody_else_does_not_join_with_it(cast: Cast) -> None:
    token = await link(cast, "eve@example.org")
    for actor in (cast.sam, cast.mallory, cast.olga, cast.ada):
        with pytest.raises(Conflict):
            await joining.join(actor, token)
    assert isinstance(await joining.open_link(token), Offer)
    assert await entries(AuditAction.ACCEPT) == []


async def test_whoever_joins_twice_at_once_is_a_member_once(cast: Cast) -> None:
    token = await link(cast, "eve@example.org")
    outcomes = await asyncio.gather(
        *(joining.join(cast.eve, token) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(each, Joined) for each in outcomes) == 1
    assert (
        await Membership.filter(workspace_id=cast.northwind.id, user_id=cast.eve.user_id).count()
        == 1
    )


async def test_of_withdrawing_and_accepting_at_once_one_wins(cast: Cast) -> None:
    token = await link(cast, "eve@example.org")
    [row] = await Invitation.all()
    accepted, withdrawn = await asyncio.gather(
        joining.join(cast.eve, token),
        invitations.withdraw(cast.ada, row.id),
        return_exceptions=True,
    )
    assert isinstance(accepted, Joined) is isinstance(withdrawn, Conflict)
    is_member = await Membership.exists(workspace_id=cast.northwind.id, user_id=cast.eve.user_id)
    assert is_member is isinstance(accepted, Joined)


async def test_an_expired_link_is_over(clock: time_machine.Traveller, cast: Cast) -> None:
    token = await link(cast, "eve@example.org")
    clock.shift(LASTS)
    assert await joining.open_link(token) is Unusable.OVER
    with pytest.raises(Gone) as over:
        await joining.join(cast.eve, token)
    assert over.value.message == joining.OVER


async def test_whose_inviter_was_disabled_is_over(cast: Cast) -> None:
    token = await link(cast, "eve@example.org")
    await User.filter(id=cast.ada.user_id).update(disabled_at=now())
    with pytest.raises(Gone):
        await joining.join(cast.eve, token)
    assert (await Invitation.get()).accepted_at is None


async def test_an_owner_is_made_by_invitation(cast: Cast) -> None:
    outside = replace(cast.olga, workspace_id=None)
    made = await invitations.invite_owner(outside, email="ada@example.org")
    assert made.token
    assert await joining.join(cast.ada, made.token) == Joined(slug=None)
    assert (await User.get(id=cast.ada.user_id)).is_owner
    made = await invitations.invite_owner(outside, email=GRACE)
    assert made.token
    joined = await joining.with_new_account(account(made.token))
    actor = await sessions.find(joined.session)
    assert actor and actor.is_owner
    assert [entry.workspace_id for entry in await entries(AuditAction.ACCEPT)] == [None, None]


async def test_whoever_was_removed_is_invited_anew(cast: Cast) -> None:
    await members.remove(cast.ada, cast.sam.user_id)
    token = await link(cast, "sam@example.org", Role.EVALUATOR)
    await joining.join(cast.sam, token)
    seat = await Membership.get(workspace_id=cast.northwind.id, user_id=cast.sam.user_id)
    assert seat.role is Role.EVALUATOR
