"""What an invitation's link does: opened it only says what it is; accepted it is used up."""

from dataclasses import dataclass
from enum import StrEnum

from tortoise.exceptions import IntegrityError

from models import Invitation, Membership, User
from models.enums import AuditAction, Resource, Role
from services import (
    audit,
    emails,
    inviters,
    links,
    passwords,
    pointless_mails,
    sessions,
    setup,
    signals,
    texts,
)
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, Gone
from services.links import Link, Purpose
from services.permissions import require_factor
from services.signals import Changed, Topic
from services.zones import now

USED = "This invitation was used already. Sign in instead."
OVER = "This invitation was withdrawn or has expired. Ask whoever sent it for a new one."
HAS_ACCOUNT = "This address has an account by now. Sign in, and open the link once more."
OF_ANOTHER = "This invitation is for another address than the one you are signed in with."
MEMBER = "You are a member of this workspace already."
ACCEPTED = "The invitation was accepted."


class Unusable(StrEnum):
    """Why a link of an invitation offers nothing."""

    USED = "used"
    OVER = "withdrawn, expired, or from somebody who may not invite any more"
    UNKNOWN = "not made by this installation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the page of a link says. Without a workspace it is to be an owner."""

    workspace: str | None
    role: Role
    inviter: str
    email: str
    has_account: bool

    def is_for(self, actor: Actor) -> bool:
        return emails.key(actor.email) == emails.key(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """Who accepts: a name and a password for the address that was invited."""

    token: str
    name: str
    password: str
    address: str
    browser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The workspace that was joined, if one; `session` is the token of a new account's session."""

    slug: str | None
    session: str = ""


async def open_link(token: str) -> Offer | Unusable:
    """Only reads, however often it is asked."""
    link = links.read(Purpose.INVITE, token)
    row = link and await Invitation.get_or_none(id=link.row_id).select_related(
        "workspace", "invited_by"
    )
    if not link or not row:
        return Unusable.UNKNOWN
    if row.accepted_at:
        return Unusable.USED
    if row.version != link.version or row.withdrawn_at or row.expires_at <= now():
        return Unusable.OVER
    if not await _stands(row):
        return Unusable.OVER
    return Offer(
        workspace=row.workspace.name if row.workspace else None,
        role=row.role,
        inviter=row.invited_by.name,
        email=row.email,
        has_account=await User.exists(email_key=row.email_key),
    )


async def _stands(row: Invitation) -> bool:
    return row.invited_by_id in await inviters.standing(row.workspace_id, [row.invited_by_id])


async def with_new_account(wanted: NewAccount) -> Joined:
    """Make the account, its membership and a session. Raises Invalid, Gone, Conflict."""
    offer = await open_link(wanted.token)
    if isinstance(offer, Unusable):
        raise Gone(USED if offer is Unusable.USED else OVER)
    if offer.has_account:
        raise Conflict(HAS_ACCOUNT)
    name = texts.line(wanted.name, field="name", what="your name", longest=120)
    await passwords.check_strength(wanted.password, known=(name, offer.email))
    password_hash = await passwords.hash_password(wanted.password)
    try:
        return await _create(wanted, name, password_hash)
    except IntegrityError:  # by another invitation, at the same moment
        raise Conflict(HAS_ACCOUNT) from None


@unit_of_work
async def _create(wanted: NewAccount, name: str, password_hash: str) -> Joined:
    row = await _claim(wanted.token)
    user = await setup.new_user(name, row.email, password_hash)
    slug = await _seat(row, user)
    session = await sessions.open_session(user, address=wanted.address, browser=wanted.browser)
    return Joined(slug=slug, session=session)


@unit_of_work
async def join(actor: Actor, token: str) -> Joined:
    """Somebody who has an account takes the invitation of their address. Raises Gone, Conflict."""
    require_factor(actor)
    row = await _claim(token)
    user = await User.get(id=actor.user_id)
    if user.email_key != row.email_key:
        raise Conflict(OF_ANOTHER)
    return Joined(slug=await _seat(row, user))


async def _claim(token: str) -> Invitation:
    """Use the link up: of two at once one changes the row."""
    link, at = links.read(Purpose.INVITE, token) or Link(0, 0), now()
    mine = Invitation.filter(
        id=link.row_id,
        version=link.version,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=at,
    )
    claimed = await mine.update(accepted_at=at)
    row = await Invitation.get_or_none(id=link.row_id).select_related("workspace")
    if not claimed or not row:
        raise Gone(USED if row and row.accepted_at else OVER)
    if not await _stands(row):
        raise Gone(OVER)
    await pointless_mails.end(ACCEPTED, invitation_id=row.id)
    return row


async def _seat(row: Invitation, user: User) -> str | None:
    """The role the invitation gives; returns the workspace's slug, if it is for one."""
    workspace = row.workspace
    if workspace is None:
        await User.filter(id=user.id).update(is_owner=True)
    elif await Membership.exists(workspace_id=workspace.id, user_id=user.id):
        raise Conflict(MEMBER)
    else:
        await Membership.create(workspace_id=workspace.id, user_id=user.id, role=row.role)
    await audit.record(
        AuditAction.ACCEPT,
        Resource.INVITATION,
        row.id,
        by=None,
        workspace_id=row.workspace_id,
        person_id=user.person_id,
        user=user.id,
        role=row.role.value,
    )
    signals.emit(Changed(row.workspace_id, Topic.INVITATIONS, (row.id,)))
    signals.emit(Changed(row.workspace_id, Topic.MEMBERS, (user.id,)))
    if workspace:
        signals.emit(Changed(workspace.id, Topic.WORKSPACES, (workspace.id,)))
    return workspace.slug if workspace else None
