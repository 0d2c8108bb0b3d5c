"""What every change of somebody's second factor has in common: one at a time, told to all."""

from typing import Any

from models import Authenticator, Passkey, PasskeyChallenge, RecoveryCode, Session, User
from models.enums import AccountChange, AuditAction, Resource
from services import accounts, audit, factors, signals
from services.actor import Actor
from services.database import lock
from services.errors import Conflict, NotFound
from services.signals import Changed, Topic

LAST = (
    "This installation requires a second factor of you, and this is your last one. "
    "Set up another one first."
)


async def hold(user_id: int, *, session: int | None = None) -> User:
    """The user, while nobody else changes factors or who needs one. Call inside a unit of work.

    Raises NotFound where that session ended since it was read.
    """
    await lock("factors")
    if session and not await Session.exists(id=session, user_id=user_id, ended_at=None):
        raise NotFound("You are signed out.")
    return await User.get(id=user_id).select_related("person")


async def tell(
    action: AuditAction,
    user: User,
    change: AccountChange,
    *,
    by: Actor | None,
    kind: str,
    **detail: Any,
) -> None:
    """The entry of the log, the mail, and the open tabs."""
    await audit.record(action, Resource.FACTOR, user.id, by=by, kind=kind, **detail)
    await accounts.warn(user, change)
    accounts.announce(user.id)
    signals.emit(Changed(None, Topic.MEMBERS, (user.id,)))


async def after_removal(user: User) -> None:
    """Raises Conflict where one is demanded and none is left; recovery codes go with the last."""
    if (await factors.of(user.id)).any:
        return
    if await factors.is_demanded_of(user):
        raise Conflict(LAST)
    await RecoveryCode.filter(user_id=user.id).delete()


async def forget(user_id: int) -> bool:
    """Whatever they have goes; False where there was no factor. Call inside a unit of work."""
    apps = await Authenticator.filter(user_id=user_id).delete()
    passkeys = await Passkey.filter(user_id=user_id).delete()
    await PasskeyChallenge.filter(user_id=user_id).delete()
    await RecoveryCode.filter(user_id=user_id).delete()
    return apps + passkeys > 0
