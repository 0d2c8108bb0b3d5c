"""Between the password and the second factor: who stands there, and since which state of things."""

import hashlib
from dataclasses import dataclass

from models import Authenticator, User
from services import factors
from services.database import is_id


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Whose password was right; `state` is another one once password or app are."""

    user_id: int
    state: str


async def of(user: User) -> HalfWay | None:
    """None where the password is enough."""
    if not (await factors.of(user.id)).any:
        return None
    app = await Authenticator.get_or_none(user_id=user.id)
    state = f"{user.password_hash} {app.id if app else 0}"
    return HalfWay(user.id, hashlib.sha256(state.encode()).hexdigest())


async def standing(half: HalfWay) -> User | None:
    """Nobody once the account was disabled, or password or app changed."""
    user = is_id(half.user_id) and await User.get_or_none(
        id=half.user_id, disabled_at=None
    ).select_related("person")
    return user if user and await of(user) == half else None
