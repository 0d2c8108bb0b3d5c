"""Takes away the second factor of somebody who lost it."""

from models import User
from models.enums import AccountChange, AuditAction
from services import emails, factor_changes, sessions, step_up, users
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.permissions import Permission, require

ONESELF = "This is your own. Change it on your Account page."
NONE = "This person has no second factor."


async def remove(actor: Actor, user_id: int) -> None:
    """The password is enough again until they set one up; they are signed out everywhere.

    Raises NotFound, ConfirmationDue; Conflict for oneself and where there is none.
    """
    require(actor, Permission.RUN_INSTALLATION)
    await step_up.require(actor)
    await _remove(actor, user_id)


@unit_of_work
async def _remove(actor: Actor, user_id: int) -> None:
    user = await users.known(actor, user_id)
    if user.id == actor.user_id:
        raise Conflict(ONESELF)
    await _take_away(user, by=actor)


async def remove_by_hand(email: str) -> None:
    """From the command line. Raises NotFound for an unknown address, Conflict for nothing there."""
    user = await User.get_or_none(email_key=emails.key(email))
    if user is None:
        raise NotFound(f"Nobody has an account with the address {email}.")
    await _remove_by_hand(user.id)


@unit_of_work
async def _remove_by_hand(user_id: int) -> None:
    await _take_away(await User.get(id=user_id), by=None)


async def _take_away(user: User, *, by: Actor | None) -> None:
    held = await factor_changes.hold(user.id)
    if not await factor_changes.forget(held.id):
        raise Conflict(NONE)
    await sessions.end_all_of(held.id)
    await factor_changes.tell(
        AuditAction.REMOVE, held, AccountChange.FACTORS_REMOVED, by=by, kind="all"
    )
