"""Recovery codes: ten ways in, each once, for who lost the other factors."""

import hashlib
import hmac
import secrets

from models import RecoveryCode
from models.enums import AccountChange, AuditAction
from services import code_alphabet, factor_changes, factors, step_up
from services.actor import Actor
from services.code_alphabet import ALPHABET
from services.database import unit_of_work
from services.errors import Conflict
from services.zones import now

MANY = 10
LENGTH = 20  # of 28 letters: 96 bits
GROUP = 5
NO_FACTOR = "Recovery codes stand in for a second factor. Set one up first."


async def renew(actor: Actor) -> list[str]:
    """Ten new ones; the earlier ones work no more. Raises Conflict, ConfirmationDue."""
    await step_up.require(actor)
    return await _renew(actor)


@unit_of_work
async def _renew(actor: Actor) -> list[str]:
    user = await factor_changes.hold(actor.user_id, session=actor.session_id)
    if not (await factors.of(user.id)).any:
        raise Conflict(NO_FACTOR)
    made = await replace(user.id)
    await factor_changes.tell(
        AuditAction.RESET, user, AccountChange.RECOVERY_RENEWED, by=actor, kind="recovery codes"
    )
    return made


async def replace(user_id: int) -> list[str]:
    """A new set instead of the old one, as it is shown once. Call inside a unit of work."""
    await RecoveryCode.filter(user_id=user_id).delete()
    made = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(MANY)]
    await RecoveryCode.bulk_create([_row(user_id, code) for code in made])
    return [_shown(code) for code in made]


def _row(user_id: int, code: str) -> RecoveryCode:
    salt = secrets.token_hex(16)
    return RecoveryCode(user_id=user_id, salt=salt, digest=_digest(salt, code))


def _digest(salt: str, code: str) -> str:
    """Drawn at random, it needs no slow hash."""
    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()


def _shown(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def letters(typed: str) -> str:
    """A recovery code as it is kept, forgiving case, spaces and dashes; else nothing."""
    if len(typed) > code_alphabet.RAW_MAX:
        return ""
    plain = code_alphabet.clean(typed)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""


async def take(user_id: int, code: str) -> bool:
    """Whether it is one of theirs that was not used yet; then it is. Call inside a unit of work."""
    left = await RecoveryCode.filter(user_id=user_id, used_at=None)
    found = [row for row in left if hmac.compare_digest(_digest(row.salt, code), row.digest)]
    # of two at once with the same code one changes the row
    return any(
        [await RecoveryCode.filter(id=row.id, used_at=None).update(used_at=now()) for row in found]
    )
