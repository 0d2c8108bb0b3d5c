"""Which second factors a person has, and whether the installation demands one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from models import Authenticator, Installation, Membership, Passkey, RecoveryCode, User
from models.enums import Demand, Role
from services.actor import Actor
from services.database import reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """`recovery` is how many recovery codes are left."""

    totp: bool
    passkeys: int
    recovery: int

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFactors:
    """As one's own account shows them; `used_at` is when the last recovery code was used."""

    app_since: datetime | None
    passkeys: int
    recovery: int
    used_at: datetime | None
    is_demanded: bool

    @property
    def any(self) -> bool:
        return self.app_since is not None or self.passkeys > 0


async def of(user_id: int) -> Factors:
    """What is set up; an app counts once a code of it was typed."""
    return Factors(
        totp=await Authenticator.exists(user_id=user_id, confirmed_at__isnull=False),
        passkeys=await Passkey.filter(user_id=user_id).count(),
        recovery=await RecoveryCode.filter(user_id=user_id, used_at=None).count(),
    )


async def mine(actor: Actor) -> OwnFactors:
    user_id = actor.user_id
    app = await Authenticator.get_or_none(user_id=user_id, confirmed_at__isnull=False)
    used = RecoveryCode.filter(user_id=user_id, used_at__isnull=False).order_by("-used_at")
    last, have = await used.first(), await of(user_id)
    return OwnFactors(
        app_since=app.confirmed_at if app else None,
        passkeys=have.passkeys,
        recovery=have.recovery,
        used_at=last.used_at if last else None,
        is_demanded=await is_demanded_of(await User.get(id=user_id)),
    )


async def holders(user_ids: Sequence[int]) -> dict[int, list[str]]:
    """What each of them has, for a list: app, passkey."""
    ids = list(user_ids)
    found: dict[int, list[str]] = {}
    apps = Authenticator.filter(user_id__in=ids, confirmed_at__isnull=False).using_db(reader())
    for row in await apps:
        found.setdefault(row.user_id, []).append("app")
    for row in await Passkey.filter(user_id__in=ids).using_db(reader()).only("id", "user_id"):
        if "passkey" not in found.setdefault(row.user_id, []):
            found[row.user_id].append("passkey")
    return found


async def demand() -> Demand:
    """Of whom the owner demands a second factor; nobody before set-up."""
    installation = await Installation.first()
    return installation.second_factor if installation else Demand.NOBODY


async def is_demanded_of(user: User) -> bool:
    """Of owners, and of who is an admin of any workspace, where the owner chose so."""
    if await demand() is Demand.NOBODY:
        return False
    return user.is_owner or await Membership.exists(user_id=user.id, role=Role.ADMIN)


async def is_due(user: User) -> bool:
    """Whether they must set one up before they do anything else."""
    return await is_demanded_of(user) and not (await of(user.id)).any


async def concerned() -> list[int]:
    """The users a demand would fall on."""
    admins = await Membership.filter(role=Role.ADMIN).values_list("user_id", flat=True)
    users = User.filter(Q(is_owner=True) | Q(id__in=list(admins)), disabled_at=None)
    return [user.id for user in await users.only("id")]
