"""What a mail of the installation says, and when it has nothing to say any more."""

from datetime import timedelta

import pytest

from models import AuditHead, Invitation, Message, PasswordReset, User
from models.enums import MessageKind, MessageState, Role
from services import account_letters, letters, links, mailing, outbox
from services.account_letters import HeadLetter, InvitationLetter, ResetLetter, WarningLetter
from services.database import unit_of_work
from services.errors import NotFound
from services.letters import Letter, Mail, Pointless
from services.links import Purpose
from services.outbox import Draft
from services.zones import now
from tests.cast import Cast
from tests.mail_server import Box
from tests.outgoing import queue

GRACE = "grace@example.org"
SOON = timedelta(hours=1)


@unit_of_work
async def put(kind: MessageKind, **about: int) -> int:
    draft = Draft(kind=kind, workspace_id=None, recipient=GRACE, name="Grace Hopper", **about)
    [message_id] = await outbox.put([draft])
    return message_id


async def invited(cast: Cast, *, workspace_id: int | None) -> tuple[Invitation, int]:
    row = await Invitation.create(
        workspace_id=workspace_id,
        email=GRACE,
        email_key=GRACE,
        role=Role.SALES if workspace_id else Role.OWNER,
        invited_by_id=(cast.ada if workspace_id else cast.olga).person_id,
        expires_at=now() + SOON,
    )
    return row, await put(MessageKind.INVITATION, invitation_id=row.id)


async def asked(cast: Cast) -> tuple[PasswordReset, int]:
    row = await PasswordReset.create(user_id=cast.sam.user_id, expires_at=now() + SOON)
    return row, await put(MessageKind.RESET, reset_id=row.id)


async def test_an_invitation_names_the_workspace_the_role_and_who_invites(cast: Cast) -> None:
    row, message_id = await invited(cast, workspace_id=cast.northwind.id)
    letter = await account_letters.read(message_id)
    assert isinstance(letter, InvitationLetter)
    assert (letter.workspace, letter.role, letter.inviter, letter.zone) == (
        "Northwind Academy",
        Role.SALES,
        "Ada Admin",
        "Europe/Berlin",
    )
    assert letter.token == links.make(Purpose.INVITE, row.id)
    assert letter.until == row.expires_at


async def test_the_link_has_the_version_that_the_invitation_has_now(cast: Cast) -> None:
    row, message_id = await invited(cast, workspace_id=cast.northwind.id)
    await Invitation.filter(id=row.id).update(version=3)
    letter = await account_letters.read(message_id)
    assert isinstance(letter, InvitationLetter)
    assert letter.token == links.make(Purpose.INVITE, row.id, 3)


async def test_an_owner_is_invited_into_no_workspace(cast: Cast) -> None:
    _, message_id = await invited(cast, workspace_id=None)
    letter = await account_letters.read(message_id)
    assert isinstance(letter, InvitationLetter)
    assert (letter.workspace, letter.zone) == (None, "UTC")


@pytest.mark.parametrize(
    "column", ["accepted_at", "withdrawn_at", "expires_at"], ids=["used", "withdrawn", "expired"]
)
async def test_an_invitation_that_ended_is_not_sent(cast: Cast, column: str) -> None:
    row, message_id = await invited(cast, workspace_id=cast.northwind.id)
    await Invitation.filter(id=row.id).update(**{column: now()})
    with pytest.raises(Pointless):
        await account_letters.read(message_id)


async def test_an_invitation_ends_with_the_right_of_who_sent_it(cast: Cast) -> None:
    _, message_id = await invited(cast, workspace_id=cast.northwind.id)
    await User.filter(id=cast.ada.user_id).update(disabled_at=now())
    with pytest.raises(Pointless):
        await account_letters.read(message_id)


async def test_a_reset_has_a_link_until_it_is_used_or_over(cast: Cast) -> None:
    row, message_id = await asked(cast)
    letter = await account_letters.read(message_id)
    assert isinstance(letter, ResetLetter)
    assert (letter.token, letter.until) == (links.make(Purpose.RESET, row.id), row.expires_at)
    for column in ("used_at", "expires_at"):
        row, message_id = await asked(cast)
        await PasswordReset.filter(id=row.id).update(**{column: now()})
        with pytest.raises(Pointless):
            await account_letters.read(message_id)


async def test_a_disabled_account_gets_no_reset(cast: Cast) -> None:
    _, message_id = await asked(cast)
    await User.filter(id=cast.sam.user_id).update(disabled_at=now())
    with pytest.raises(Pointless):
        await account_letters.read(message_id)


async def test_a_warning_says_when(cast: Cast) -> None:
    message_id = await put(MessageKind.WARNING, user_id=cast.sam.user_id)
    letter = await account_letters.read(message_id)
    assert isinstance(letter, WarningLetter)
    assert letter.at == (await Message.get(id=message_id)).created_at


async def test_a_head_is_as_it_was_signed(cast: Cast) -> None:
    head = await AuditHead.create(
        at=now(), seq=1234, digest="d" * 64, public_key="k" * 64, signature="s" * 128
    )
    message_id = await put(MessageKind.HEAD, head_id=head.id)
    letter = await account_letters.read(message_id)
    assert isinstance(letter, HeadLetter)
    assert (letter.seq, letter.at, letter.digest) == (1234, head.at, "d" * 64)
    assert (letter.public_key, letter.signature) == ("k" * 64, "s" * 128)


async def test_a_head_that_is_gone_is_not_sent(cast: Cast) -> None:
    with pytest.raises(Pointless):
        await account_letters.read(await put(MessageKind.HEAD, head_id=99))


async def test_masked_it_has_no_link(cast: Cast) -> None:
    for _, message_id in (await invited(cast, workspace_id=cast.northwind.id), await asked(cast)):
        letter = await account_letters.read(message_id, masked=True)
        assert isinstance(letter, InvitationLetter | ResetLetter)
        assert letter.token is None


async def test_mails_of_workspaces_and_of_the_installation_are_read_apart(cast: Cast) -> None:
    _, of_installation = await invited(cast, workspace_id=cast.northwind.id)
    [of_workspace] = await queue(cast, GRACE)
    with pytest.raises(NotFound):
        await letters.read(of_installation)
    for message_id in (of_workspace, 0, -1, 2**70):
        with pytest.raises(NotFound):
            await account_letters.read(message_id)


@pytest.mark.usefixtures("fresh_sender")
async def test_it_goes_out_with_its_link(cast: Cast, box: Box, server: int) -> None:
    row, _ = await invited(cast, workspace_id=cast.northwind.id)
    await mailing.drain(_say)
    [accepted] = box.accepted
    assert links.make(Purpose.INVITE, row.id) in accepted.message.get_content()


@pytest.mark.usefixtures("fresh_sender")
async def test_what_was_withdrawn_before_it_went_never_goes(
    cast: Cast, box: Box, server: int
) -> None:
    row, message_id = await invited(cast, workspace_id=cast.northwind.id)
    await Invitation.filter(id=row.id).update(withdrawn_at=now())
    await mailing.drain(_say)
    message = await Message.get(id=message_id)
    assert (box.accepted, message.state) == ([], MessageState.FAILED)
    assert message.last_answer == "This invitation was withdrawn."


def _say(letter: Letter) -> Mail:
    return Mail(subject="Hello", text=repr(letter)[:400], html="")
