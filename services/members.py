"""Members of a workspace: their role, and taking them out."""

from models import Membership
from models.enums import AuditAction, Resource, Role
from services import audit, signals, step_up
from services.actor import Actor
from services.database import is_id, lock, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.invitations import OF_WORKSPACE
from services.permissions import MISSING, Permission, require
from services.signals import Changed, Topic

LAST_ADMIN = "This is the last admin of the workspace. Make somebody else an admin first."


@unit_of_work
async def change_role(actor: Actor, user_id: int, role: Role) -> None:
    """Raises NotFound, Invalid(role), ConfirmationDue, and Conflict for the last admin."""
    if role not in OF_WORKSPACE:
        raise Invalid({"role": "Choose a role."})
    seat = await _in_hand(actor, user_id)
    if seat.role is role:
        return
    await _refuse_last_admin(seat)
    await Membership.filter(id=seat.id).update(role=role)
    await audit.record(
        AuditAction.UPDATE,
        Resource.MEMBER,
        user_id,
        by=actor,
        role=role.value,
        was=seat.role.value,
    )
    _changed(seat)


@unit_of_work
async def remove(actor: Actor, user_id: int) -> None:
    """Raises NotFound, ConfirmationDue, and Conflict for the last admin."""
    seat = await _in_hand(actor, user_id)
    await _refuse_last_admin(seat)
    await Membership.filter(id=seat.id).delete()
    await audit.record(AuditAction.REMOVE, Resource.MEMBER, user_id, by=actor, role=seat.role.value)
    _changed(seat)


async def _in_hand(actor: Actor, user_id: int) -> Membership:
    """The seat, while nobody else changes one of this workspace."""
    require(actor, Permission.ADMINISTER_WORKSPACE)
    await lock(f"members:{actor.workspace}")
    await _refuse_removed(actor)
    seat = is_id(user_id) and await Membership.get_or_none(
        workspace_id=actor.workspace, user_id=user_id
    )
    if not seat:
        raise NotFound("This person is not a member of this workspace any more.")
    await step_up.require(actor)
    return seat


async def _refuse_removed(actor: Actor) -> None:
    # two who remove each other at the same moment: the second one is no admin any more
    mine = Membership.filter(workspace_id=actor.workspace, user_id=actor.user_id, role=Role.ADMIN)
    if not actor.is_owner and not await mine.exists():
        raise NotFound(MISSING)


async def _refuse_last_admin(seat: Membership) -> None:
    """Admins whose account is disabled count as none."""
    others = Membership.filter(
        workspace_id=seat.workspace_id, role=Role.ADMIN, user__disabled_at=None
    ).exclude(id=seat.id)
    if seat.role is Role.ADMIN and not await others.exists():
        raise Conflict(LAST_ADMIN)


def _changed(seat: Membership) -> None:
    signals.emit(Changed(seat.workspace_id, Topic.MEMBERS, (seat.user_id,)))
    signals.emit(Changed(seat.workspace_id, Topic.WORKSPACES, (seat.workspace_id,)))
