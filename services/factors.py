"""Which second factors a person has."""

from dataclasses import dataclass

from models import Authenticator, Passkey, RecoveryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """`recovery` is how many recovery codes are left."""

    totp: bool
    passkeys: int
    recovery: int

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0


async def of(user_id: int) -> Factors:
    return Factors(
        totp=await Authenticator.exists(user_id=user_id, confirmed_at__isnull=False),
        passkeys=await Passkey.filter(user_id=user_id).count(),
        recovery=await RecoveryCode.filter(user_id=user_id, used_at=None).count(),
    )
