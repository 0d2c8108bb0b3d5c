"""Invitations: somebody asked by e-mail into a workspace with a role, or to be an owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from models import Invitation, Membership, Message, User
from models.enums import AuditAction, InvitationState, MessageKind, MessageState, Resource, Role
from services import (
    audit,
    emails,
    invitation_limits,
    invitation_mails,
    inviters,
    links,
    message_states,
    pointless_mails,
    signals,
    step_up,
)
from services.actor import Actor
from services.database import is_id, reader, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.links import Purpose
from services.paging import Page, Slice
from services.permissions import Permission, require
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

LASTS = timedelta(days=7)
OF_WORKSPACE = (Role.ADMIN, Role.SALES, Role.EVALUATOR)
SORTABLE = {"email": "email_key", "role": "role", "until": "expires_at", "sent": "id"}
MEMBER = "This address is a member already. Change the role in the list of members."
RUNS_IT = "This is the address of an owner, who may do everything here already."
WITHDRAWN = "The invitation was withdrawn."
OVER = "This invitation was accepted or withdrawn in the meantime."


class AlreadyInvited(Invalid):
    """There is an open invitation for this address; it can be sent again."""

    def __init__(self, invitation_id: int) -> None:
        super().__init__({"email": "This address is invited already, and has not answered yet."})
        self.invitation_id = invitation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """`token` of the link where no mail brings it: to be handed over now, for it is not stored."""

    id: int
    email: str
    until: datetime
    token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """`mail` is how the newest mail about it stands, since `mail_at`."""

    id: int
    email: str
    role: Role
    state: InvitationState
    invited_by: str
    until: datetime
    mail: MessageState | None
    mail_at: datetime | None


async def invite(actor: Actor, *, email: str, role: Role) -> Invited:
    """Into the workspace that was entered. Raises Invalid(email, role), AlreadyInvited."""
    require(actor, Permission.ADMINISTER_WORKSPACE)
    if role not in OF_WORKSPACE:
        raise Invalid({"role": "Choose a role."})
    return await _invite(actor, actor.workspace, emails.read(email), role)


async def invite_owner(actor: Actor, *, email: str) -> Invited:
    """Into the installation, as another owner. Raises Invalid(email), AlreadyInvited."""
    require(actor, Permission.RUN_INSTALLATION)
    return await _invite(actor, None, emails.read(email), Role.OWNER)


async def _invite(actor: Actor, workspace_id: int | None, address: str, role: Role) -> Invited:
    try:
        return await _write(actor, workspace_id, address, role)
    except IntegrityError:  # two at the same moment
        open_one = await _open(workspace_id).filter(email_key=emails.key(address)).first()
        if open_one is None:
            raise
        raise AlreadyInvited(open_one.id) from None


@unit_of_work
async def _write(actor: Actor, workspace_id: int | None, address: str, role: Role) -> Invited:
    key, at = emails.key(address), now()
    await _refuse_member(workspace_id, key)
    of_address = _open(workspace_id).filter(email_key=key)
    await of_address.filter(expires_at__lte=at).update(withdrawn_at=at)
    if open_one := await of_address.first():
        raise AlreadyInvited(open_one.id)
    await step_up.require(actor)
    row = await Invitation.create(
        workspace_id=workspace_id,
        email=address,
        email_key=key,
        role=role,
        invited_by_id=actor.person_id,
        expires_at=at + LASTS,
    )
    return await _send(actor, row, AuditAction.INVITE)


async def _refuse_member(workspace_id: int | None, key: str) -> None:
    if await User.exists(email_key=key, is_owner=True):
        raise Invalid({"email": RUNS_IT})
    if await Membership.exists(workspace_id=workspace_id, user__email_key=key):
        raise Invalid({"email": MEMBER})


async def _send(actor: Actor, row: Invitation, action: AuditAction) -> Invited:
    """The link is in the mail only; where none goes out, the log says that it was handed over."""
    is_handed_over = bool(get_settings().mail_held_because)
    await invitation_limits.book(actor, row.workspace_id)
    await invitation_mails.queue(row, by=actor.person_id)
    await audit.record(
        action,
        Resource.INVITATION,
        row.id,
        by=actor,
        workspace_id=row.workspace_id,
        role=row.role.value,
        link=is_handed_over,
    )
    signals.emit(Changed(row.workspace_id, Topic.INVITATIONS, (row.id,)))
    return Invited(
        id=row.id,
        email=row.email,
        until=row.expires_at,
        token=links.make(Purpose.INVITE, row.id, row.version) if is_handed_over else None,
    )


@unit_of_work
async def resend(actor: Actor, invitation_id: int) -> Invited:
    """The same link once more, good for another 7 days, in the name of whoever sends it.

    Raises NotFound; Conflict where it was accepted or withdrawn.
    """
    row = await _of(actor, invitation_id)
    await step_up.require(actor)  # the link may be handed over here
    until = now() + LASTS
    renewed = (
        await _open(row.workspace_id)
        .filter(id=row.id)
        .update(expires_at=until, invited_by_id=actor.person_id)
    )
    if not renewed:
        raise Conflict(OVER)
    row.expires_at = until
    return await _send(actor, row, AuditAction.SEND)


@unit_of_work
async def withdraw(actor: Actor, invitation_id: int) -> None:
    """Its link leads nowhere from now on. Raises NotFound; Conflict where it is over already."""
    row = await _of(actor, invitation_id)
    if not await _open(row.workspace_id).filter(id=row.id).update(withdrawn_at=now()):
        raise Conflict(OVER)
    await pointless_mails.end(WITHDRAWN, invitation_id=row.id)
    await audit.record(
        AuditAction.WITHDRAW,
        Resource.INVITATION,
        row.id,
        by=actor,
        workspace_id=row.workspace_id,
        role=row.role.value,
    )
    signals.emit(Changed(row.workspace_id, Topic.INVITATIONS, (row.id,)))


async def _of(actor: Actor, invitation_id: int) -> Invitation:
    """One of the workspace that was entered; outside of all, one to be an owner."""
    _require(actor)
    row = is_id(invitation_id) and await Invitation.get_or_none(
        id=invitation_id, workspace_id=actor.workspace_id
    )
    if not row:
        raise NotFound("This invitation does not exist, or not in this workspace.")
    return row


def _require(actor: Actor) -> None:
    in_workspace = actor.workspace_id is not None
    require(actor, Permission.ADMINISTER_WORKSPACE if in_workspace else Permission.RUN_INSTALLATION)


def _open(workspace_id: int | None) -> QuerySet[Invitation]:
    return Invitation.filter(workspace_id=workspace_id, accepted_at=None, withdrawn_at=None)


async def page(actor: Actor, part: Slice) -> Page[InvitationView]:
    """Those of the entered workspace (outside of all: of owners) that nobody answered yet."""
    _require(actor)
    query = _open(actor.workspace_id).using_db(reader())
    total = await query.count()
    rows = (
        await query.select_related("invited_by")
        .order_by(*part.order(SORTABLE, "sent"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page(await _views(actor.workspace_id, rows), total)


async def _views(workspace_id: int | None, rows: Sequence[Invitation]) -> list[InvitationView]:
    may = await inviters.standing(workspace_id, {row.invited_by_id for row in rows})
    mails = await message_states.newest(
        "invitation_id", [row.id for row in rows], kinds=(MessageKind.INVITATION,)
    )
    return [_view(row, row.invited_by_id in may, mails.get(row.id)) for row in rows]


def _view(row: Invitation, stands: bool, mail: Message | None) -> InvitationView:
    is_over = row.expires_at <= now()
    state = InvitationState.OPEN if stands else InvitationState.STOPPED
    return InvitationView(
        id=row.id,
        email=row.email,
        role=row.role,
        state=InvitationState.EXPIRED if is_over else state,
        invited_by=row.invited_by.name,
        until=row.expires_at,
        mail=mail and mail.state,
        mail_at=mail and (mail.sent_at or mail.created_at),
    )


async def are_brought(actor: Actor, invitation_ids: Sequence[int], *, by: Sequence[int]) -> bool:
    """Whether one of these messages is about one of these invitations, which are of this place."""
    _require(actor)
    mine = Message.filter(invitation__workspace_id=actor.workspace_id)
    mails = mine.filter(id__in=list(by), invitation_id__in=list(invitation_ids))
    return await mails.using_db(reader()).exists()
