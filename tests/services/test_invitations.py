"""Invitations: made, sent again, withdrawn, and never twice for one address."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from models import AuditEntry, Invitation, Membership, Message, User
from models.enums import AuditAction, InvitationState, MessageKind, MessageState, Role
from services import invitations, joining, links
from services.actor import Actor
from services.errors import Conflict, DomainError, Invalid, NotFound
from services.invitations import LASTS, AlreadyInvited, InvitationView
from services.joining import Unusable
from services.links import Purpose
from services.paging import Slice
from services.zones import now
from tests.cast import Cast, entries
from tests.conftest import Configure

GRACE = "grace@example.org"


def outside(cast: Cast) -> Actor:
    """The owner on the pages of the installation."""
    return replace(cast.olga, workspace_id=None, workspace_slug=None, role=None)


def with_mail(configure: Configure) -> None:
    configure(
        smtp_host="127.0.0.1", mail_from="codes@example.org", public_url="https://codes.example.org"
    )


async def listed(actor: Actor) -> list[InvitationView]:
    return (await invitations.page(actor, Slice())).rows


async def test_an_address_is_invited_for_a_week(cast: Cast, configure: Configure) -> None:
    with_mail(configure)
    before = now()
    made = await invitations.invite(cast.ada, email=" Grace@Example.org ", role=Role.SALES)
    row = await Invitation.get(id=made.id)
    assert (row.email, row.email_key, row.role) == ("Grace@example.org", GRACE, Role.SALES)
    assert before + LASTS <= row.expires_at <= now() + LASTS
    assert made.token is None
    message = await Message.get(invitation_id=row.id)
    assert (message.workspace_id, message.kind, message.recipient) == (
        None,
        MessageKind.INVITATION,
        "Grace@example.org",
    )
    [entry] = await entries(AuditAction.INVITE)
    assert (entry.resource, entry.target_id, entry.workspace_id, entry.person_id) == (
        "INVITATION",
        row.id,
        cast.northwind.id,
        cast.ada.person_id,
    )
    assert entry.detail == {"role": "SALES", "link": False}


async def test_without_mail_the_link_is_handed_over_and_that_is_in_the_log(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    assert made.token == links.make(Purpose.INVITE, made.id)
    [entry] = await entries(AuditAction.INVITE)
    assert entry.detail["link"] is True
    assert made.token not in repr([entry.detail for entry in await AuditEntry.all()])
    assert made.token not in repr(await Invitation.all().values())


async def test_who_may_not_administer_invites_nobody(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    for actor in (cast.sam, cast.eve, cast.mallory):
        for refused in (
            invitations.invite(actor, email="new@example.org", role=Role.SALES),
            invitations.invite_owner(actor, email="new@example.org"),
            invitations.resend(actor, made.id),
            invitations.withdraw(actor, made.id),
            invitations.page(actor, Slice()),
        ):
            with pytest.raises(NotFound):
                await refused
    with pytest.raises(NotFound):
        await invitations.invite_owner(cast.ada, email="new@example.org")
    assert await Invitation.all().count() == 1


async def test_an_invitation_of_another_workspace_is_none_here(cast: Cast) -> None:
    made = await invitations.invite(cast.ada_at_acme, email=GRACE, role=Role.SALES)
    of_owner = await invitations.invite_owner(outside(cast), email="new@example.org")
    for invitation_id in (made.id, of_owner.id, 0, -1, 2**70):
        with pytest.raises(NotFound):
            await invitations.resend(cast.ada, invitation_id)
        with pytest.raises(NotFound):
            await invitations.withdraw(cast.ada, invitation_id)
    assert await listed(cast.ada) == []
    assert [each.id for each in await listed(cast.ada_at_acme)] == [made.id]
    assert [each.id for each in await listed(outside(cast))] == [of_owner.id]


@pytest.mark.parametrize("email", ["", "grace", "grace@", "a b@example.org", f"{'x' * 250}@e.org"])
async def test_what_is_no_address_is_refused_at_the_field(cast: Cast, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.ada, email=email, role=Role.SALES)
    assert list(refused.value.fields) == ["email"]
    assert await Invitation.all().count() == 0


async def test_a_workspace_has_no_owner_to_invite(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.olga, email=GRACE, role=Role.OWNER)
    assert refused.value.fields == {"role": "Choose a role."}


@pytest.mark.parametrize("email", ["sam@example.org", "SAM@Example.org"])
async def test_a_member_is_not_invited_again(cast: Cast, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.ada, email=email, role=Role.ADMIN)
    assert refused.value.fields == {"email": invitations.MEMBER}
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.ada, email="olga@example.org", role=Role.ADMIN)
    assert refused.value.fields == {"email": invitations.RUNS_IT}
    await invitations.invite(cast.ada, email="eve@example.org", role=Role.SALES)  # of another one


async def test_an_open_invitation_is_named_so_that_it_can_be_sent_again(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    with pytest.raises(AlreadyInvited) as refused:
        await invitations.invite(cast.ada, email="GRACE@example.org", role=Role.ADMIN)
    assert refused.value.invitation_id == made.id
    await invitations.invite(cast.ada_at_acme, email=GRACE, role=Role.SALES)
    await invitations.invite_owner(outside(cast), email=GRACE)


async def test_of_many_at_once_one_invites(cast: Cast) -> None:
    outcomes = await asyncio.gather(
        *(invitations.invite(cast.ada, email=GRACE, role=Role.SALES) for _ in range(8)),
        return_exceptions=True,
    )
    refused = [each for each in outcomes if isinstance(each, AlreadyInvited)]
    [row] = await Invitation.all()
    assert len(refused) == 7 and {each.invitation_id for each in refused} == {row.id}
    assert await Message.all().count() == len(await entries(AuditAction.INVITE)) == 1


async def test_an_expired_one_gives_way_to_a_new_one(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    old = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    clock.shift(LASTS)
    [shown] = await listed(cast.ada)
    assert (shown.id, shown.state) == (old.id, InvitationState.EXPIRED)
    new = await invitations.invite(cast.ada, email=GRACE, role=Role.EVALUATOR)
    assert [each.id for each in await listed(cast.ada)] == [new.id]


async def test_sent_again_it_is_the_same_link_for_another_week(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    await Message.all().update(state=MessageState.SENT)
    clock.shift(LASTS + timedelta(days=1))
    assert made.token and await joining.open_link(made.token) is Unusable.OVER
    again = await invitations.resend(cast.olga, made.id)
    assert (again.token, again.until) == (made.token, now() + LASTS)
    assert not isinstance(await joining.open_link(made.token), Unusable)
    assert await Message.filter(invitation_id=made.id).count() == 2
    assert (await Invitation.get(id=made.id)).invited_by_id == cast.olga.person_id
    [entry] = await entries(AuditAction.SEND)
    assert (entry.resource, entry.target_id) == ("INVITATION", made.id)


async def test_a_mail_that_waits_is_not_queued_twice(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    await Message.all().update(state=MessageState.RETRYING, next_try_at=now() + timedelta(hours=4))
    await invitations.resend(cast.ada, made.id)
    [message] = await Message.all()
    assert message.state is MessageState.QUEUED and message.next_try_at <= now()


async def test_withdrawn_its_link_is_dead_and_its_mail_stays_here(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    await invitations.withdraw(cast.ada, made.id)
    assert made.token and await joining.open_link(made.token) is Unusable.OVER
    [message] = await Message.all()
    assert (message.state, message.last_answer) == (MessageState.FAILED, invitations.WITHDRAWN)
    assert await entries(AuditAction.FAIL) == []
    [entry] = await entries(AuditAction.WITHDRAW)
    assert (entry.resource, entry.target_id) == ("INVITATION", made.id)
    assert await listed(cast.ada) == []
    for late in (invitations.withdraw(cast.ada, made.id), invitations.resend(cast.ada, made.id)):
        with pytest.raises(Conflict):
            await late
    await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)


@pytest.mark.parametrize("leaves", ["is disabled", "is no admin any more"])
async def test_it_stops_with_the_right_of_who_sent_it(cast: Cast, leaves: str) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.ADMIN)
    if leaves == "is disabled":
        await User.filter(id=cast.ada.user_id).update(disabled_at=now())
    else:
        await Membership.filter(user_id=cast.ada.user_id).update(role=Role.SALES)
    assert made.token and await joining.open_link(made.token) is Unusable.OVER
    [shown] = await listed(cast.olga)
    assert shown.state is InvitationState.STOPPED
    await invitations.resend(cast.olga, made.id)
    [shown] = await listed(cast.olga)
    assert (shown.state, shown.invited_by) == (InvitationState.OPEN, "Olga Owner")


async def test_the_list_says_how_the_mail_stands(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    [shown] = await listed(cast.ada)
    assert (shown.email, shown.role, shown.invited_by) == (GRACE, Role.SALES, "Ada Admin")
    assert (shown.mail, shown.until) == (MessageState.QUEUED, made.until)
    await Message.all().update(state=MessageState.FAILED)
    [shown] = await listed(cast.ada)
    assert shown.mail is MessageState.FAILED


async def test_of_withdrawing_and_sending_again_at_once_the_outcome_is_one(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    outcomes = await asyncio.gather(
        invitations.withdraw(cast.ada, made.id),
        invitations.withdraw(cast.olga, made.id),
        invitations.resend(cast.ada, made.id),
        return_exceptions=True,
    )
    assert sum(isinstance(each, DomainError) for each in outcomes[:2]) == 1
    assert len(await entries(AuditAction.WITHDRAW)) == 1
    assert await listed(cast.ada) == []
