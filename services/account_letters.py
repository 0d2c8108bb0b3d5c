"""What the mails of the installation say, as data: a way in, a way back in, a change, a head."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from models import AuditHead, Message
from models.enums import AccountChange, MessageKind, Role
from services import inviters, links
from services.database import is_id
from services.errors import NotFound
from services.letters import Letter, Pointless
from services.links import Purpose
from services.zones import now

ABOUT = ("invitation__workspace", "invitation__invited_by", "reset__user", "user")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLetter(Letter):
    """From the installation, not from a workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLetter(AccountLetter):
    """Into a workspace, whose zone `zone` is; or without one, as an owner of the installation."""

    workspace: str | None
    role: Role
    inviter: str
    token: str | None
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetLetter(AccountLetter):
    token: str | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningLetter(AccountLetter):
    """That changed then about how the recipient signs in."""

    at: datetime
    change: AccountChange = AccountChange.PASSWORD


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLetter(AccountLetter):
    """The newest signed head of the log, to be kept where the program cannot reach it."""

    seq: int
    at: datetime
    digest: str
    public_key: str
    signature: str


async def read(message_id: int, *, masked: bool = False) -> AccountLetter:
    """What a message of the installation says now, without its link where masked.

    Raises Pointless, NotFound.
    """
    message = is_id(message_id) and await Message.get_or_none(
        id=message_id, workspace_id=None
    ).select_related(*ABOUT)
    if not message or message.kind not in READERS:
        raise NotFound("There is no such message of the installation.")
    return await READERS[message.kind](message, masked)


async def _invitation(message: Message, masked: bool) -> AccountLetter:
    invitation = message.invitation
    assert invitation, "it is about an invitation"
    if invitation.accepted_at:
        raise Pointless("This invitation was accepted already.")
    if invitation.withdrawn_at:
        raise Pointless("This invitation was withdrawn.")
    if invitation.expires_at <= now():
        raise Pointless("This invitation has expired.")
    if invitation.invited_by_id not in await inviters.standing(
        invitation.workspace_id, [invitation.invited_by_id]
    ):
        raise Pointless("Whoever sent this invitation may not invite any more.")
    workspace = invitation.workspace
    token = links.make(Purpose.INVITE, invitation.id, invitation.version)
    return InvitationLetter(
        recipient=message.recipient,
        workspace=workspace.name if workspace else None,
        role=invitation.role,
        inviter=invitation.invited_by.name,
        token=None if masked else token,
        until=invitation.expires_at,
        zone=workspace.time_zone if workspace else "UTC",
    )


async def _reset(message: Message, masked: bool) -> AccountLetter:
    reset = message.reset
    assert reset, "it is about a reset"
    if reset.used_at:
        raise Pointless("This link was used already, or a newer one was asked for.")
    if reset.expires_at <= now():
        raise Pointless("The link of this mail has expired.")
    if reset.user.disabled_at:
        raise Pointless("This account is disabled.")
    return ResetLetter(
        recipient=message.recipient,
        name=message.recipient_name,
        token=None if masked else links.make(Purpose.RESET, reset.id),
        until=reset.expires_at,
    )


async def _warning(message: Message, _: bool) -> AccountLetter:
    return WarningLetter(
        recipient=message.recipient,
        name=message.recipient_name,
        at=message.created_at,
        change=message.change or AccountChange.PASSWORD,
    )


async def _head(message: Message, _: bool) -> AccountLetter:
    head = await AuditHead.get_or_none(id=message.head_id)
    if head is None:
        raise Pointless("The head that this mail is about is not there.")
    return HeadLetter(
        recipient=message.recipient,
        seq=head.seq,
        at=head.at,
        digest=head.digest,
        public_key=head.public_key,
        signature=head.signature,
    )


READERS: dict[MessageKind, Callable[[Message, bool], Awaitable[AccountLetter]]] = {
    MessageKind.INVITATION: _invitation,
    MessageKind.RESET: _reset,
    MessageKind.WARNING: _warning,
    MessageKind.HEAD: _head,
}
