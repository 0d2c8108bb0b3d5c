"""Mails of the installation: for the owner alone, masked, and never sent elsewhere."""

import pytest

from models import Message
from models.enums import AuditAction, MessageKind, MessageState, Role
from services import (
    account_message_list,
    account_messages,
    invitations,
    message_list,
    messages,
    outbox,
    resending,
)
from services.account_letters import InvitationLetter
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.letters import Pointless
from services.message_list import MessageFilter
from services.outbox import Draft
from services.paging import Slice
from tests.cast import Cast, entries
from tests.outgoing import queue

GRACE = "grace@example.org"


@unit_of_work
async def warned(cast: Cast) -> int:
    draft = Draft(
        kind=MessageKind.WARNING,
        workspace_id=None,
        recipient="sam@example.org",
        name="Sam Sales",
        user_id=cast.sam.user_id,
    )
    [message_id] = await outbox.put([draft])
    return message_id


async def invited(cast: Cast) -> int:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    return (await Message.get(invitation_id=made.id)).id


async def listed(cast: Cast, search: str = "", state: MessageState | None = None) -> list[int]:
    wanted = MessageFilter(search=search, state=state)
    return [each.id for each in (await account_message_list.page(cast.olga, wanted, Slice())).rows]


async def test_the_owner_sees_those_of_the_installation_and_no_other(cast: Cast) -> None:
    [of_workspace] = await queue(cast, GRACE)
    invitation, warning = await invited(cast), await warned(cast)
    assert await listed(cast) == [warning, invitation]
    assert await account_message_list.visible(cast.olga, [of_workspace, warning]) == [warning]
    assert await account_message_list.newest(cast.olga) == warning
    shown = await account_messages.detail(cast.olga, invitation)
    assert (shown.kind, shown.workspace) == (MessageKind.INVITATION, "Northwind Academy")
    with pytest.raises(NotFound):
        await account_messages.detail(cast.olga, of_workspace)


async def test_nobody_else_sees_one_nor_any_workspace(cast: Cast) -> None:
    message_id = await invited(cast)
    for actor in (cast.ada, cast.sam, cast.eve, cast.mallory):
        for refused in (
            account_message_list.page(actor, MessageFilter(), Slice()),
            account_message_list.some(actor, [message_id]),
            account_message_list.visible(actor, [message_id]),
            account_message_list.newest(actor),
            account_messages.detail(actor, message_id),
            account_messages.preview(actor, message_id),
            account_messages.retry(actor, message_id),
        ):
            with pytest.raises(NotFound):
                await refused
    for actor in (cast.ada, cast.olga):
        assert await message_list.visible(actor, [message_id]) == []
        for command in (messages.preview, messages.show, messages.retry, resending.resend):
            with pytest.raises(NotFound):
                await command(actor, message_id)
        with pytest.raises(NotFound):
            await resending.redirect(actor, message_id, "elsewhere@example.org")


async def test_a_preview_never_has_the_link(cast: Cast) -> None:
    letter = await account_messages.preview(cast.olga, await invited(cast))
    assert isinstance(letter, InvitationLetter)
    assert letter.token is None


async def test_what_was_withdrawn_has_nothing_to_preview(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email=GRACE, role=Role.SALES)
    await invitations.withdraw(cast.ada, made.id)
    [message] = await Message.all()
    for command in (account_messages.preview, account_messages.retry):
        with pytest.raises(Pointless):
            await command(cast.olga, message.id)
    assert not (await account_messages.detail(cast.olga, message.id)).may_retry
    assert (await Message.get(id=message.id)).state is MessageState.FAILED


async def test_a_failed_one_is_tried_again(cast: Cast) -> None:
    message_id = await warned(cast)
    with pytest.raises(Conflict):
        await account_messages.retry(cast.olga, message_id)
    await Message.filter(id=message_id).update(state=MessageState.FAILED)
    await account_messages.retry(cast.olga, message_id)
    assert (await Message.get(id=message_id)).state is MessageState.QUEUED
    [entry] = await entries(AuditAction.RETRY)
    assert (entry.resource, entry.target_id) == ("MESSAGE", message_id)


@pytest.mark.parametrize("message_id", [0, -1, 2**70, 99])
async def test_what_is_no_message_is_none(cast: Cast, message_id: int) -> None:
    for command in (account_messages.detail, account_messages.preview, account_messages.retry):
        with pytest.raises(NotFound):
            await command(cast.olga, message_id)


async def test_they_are_searched_by_recipient_and_state(cast: Cast) -> None:
    invitation, warning = await invited(cast), await warned(cast)
    assert await listed(cast, "GRACE@") == [invitation]
    assert await listed(cast, "sam sales") == [warning]
    assert await listed(cast, "%") == []
    assert await listed(cast, state=MessageState.SENT) == []
    assert await listed(cast, state=MessageState.QUEUED) == [warning, invitation]
