"""Everybody with an account: who may own the installation, who may sign in at all."""

from typing import Any

from models import User
from models.enums import AuditAction, Resource
from services import accounts, audit, sessions, signals, step_up
from services.actor import Actor
from services.database import is_id, lock, unit_of_work
from services.errors import Conflict, NotFound
from services.permissions import MISSING, Permission, require
from services.signals import Changed, Topic
from services.zones import now

ONESELF = "You cannot disable your own account. Another owner can."
LAST_OWNER = "This is the last owner who can sign in. Make somebody else an owner first."
IS_DISABLED = "This account is disabled. Enable it first."


@unit_of_work
async def disable(actor: Actor, user_id: int) -> None:
    """Nobody can sign in with it any more; every session ends at once, the history stays.

    Raises NotFound, ConfirmationDue; Conflict for the last owner, for oneself, and where it is
    disabled.
    """
    user = await _to_change(actor, user_id)
    if user.id == actor.user_id:
        raise Conflict(ONESELF)
    if not await User.filter(id=user.id, disabled_at=None).update(disabled_at=now()):
        raise Conflict("This account is disabled already.")
    await _refuse_no_owner()
    await sessions.end_all_of(user.id)
    await accounts.forget_resets(user.id)
    await _record(AuditAction.DISABLE, actor, user)


@unit_of_work
async def enable(actor: Actor, user_id: int) -> None:
    """They can sign in again, with the password and the roles they had."""
    user = await _to_change(actor, user_id)
    if not await User.filter(id=user.id, disabled_at__not_isnull=True).update(disabled_at=None):
        raise Conflict("This account is not disabled.")
    await _record(AuditAction.ENABLE, actor, user)


@unit_of_work
async def sign_out(actor: Actor, user_id: int) -> int:
    """End every session of that person; returns how many."""
    user = await known(actor, user_id)
    if ended := await sessions.end_all_of(user.id):
        await _record(AuditAction.LOGOUT, actor, user, sessions=ended)
    return ended


@unit_of_work
async def make_owner(actor: Actor, user_id: int) -> None:
    """From now on they may do everything. Raises NotFound, Conflict."""
    user = await _to_change(actor, user_id)
    if user.disabled_at:
        raise Conflict(IS_DISABLED)
    if not await User.filter(id=user.id, is_owner=False).update(is_owner=True):
        raise Conflict("This person is an owner already.")
    await _record(AuditAction.UPDATE, actor, user, owner=True)
    signals.emit(Changed(None, Topic.MEMBERS, (user.id,)))


@unit_of_work
async def remove_owner(actor: Actor, user_id: int) -> None:
    """Only the roles in workspaces stay. Raises NotFound; Conflict for the last owner."""
    user = await _to_change(actor, user_id)
    if not await User.filter(id=user.id, is_owner=True).update(is_owner=False):
        raise Conflict("This person is not an owner any more.")
    await _refuse_no_owner()
    await _record(AuditAction.UPDATE, actor, user, owner=False)
    signals.emit(Changed(None, Topic.MEMBERS, (user.id,)))


async def _to_change(actor: Actor, user_id: int) -> User:
    user = await known(actor, user_id)
    await step_up.require(actor)
    return user


async def known(actor: Actor, user_id: int) -> User:
    """The user, while nobody else changes who owns the installation."""
    await hold_owners(actor)
    user = is_id(user_id) and await User.get_or_none(id=user_id).select_related("person")
    if not user or user.person.erased_at:
        raise NotFound("This person has no account, or not any more.")
    return user


async def hold_owners(actor: Actor) -> None:
    """Nobody else changes who owns the installation before this unit of work ends.

    Raises NotFound for who is no owner (any more).
    """
    require(actor, Permission.RUN_INSTALLATION)
    await lock("owners")
    # two owners may have removed each other: the later one is none any more
    if not await User.exists(id=actor.user_id, is_owner=True, disabled_at=None):
        raise NotFound(MISSING)


async def _refuse_no_owner() -> None:
    if not await User.exists(is_owner=True, disabled_at=None):
        raise Conflict(LAST_OWNER)


async def _record(action: AuditAction, actor: Actor, user: User, **detail: Any) -> None:
    await audit.record(action, Resource.USER, user.id, by=actor, **detail)
    accounts.announce(user.id)
