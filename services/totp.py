"""The authenticator app: a secret shared with it, and the code that it shows for 30 seconds."""

import hmac
import logging
from dataclasses import dataclass, field

import pyotp
from pyotp.totp import TOTP

from models import Authenticator
from models.enums import AccountChange, AuditAction
from services import factor_changes, recovery, redaction, secrets_at_rest, step_up
from services.actor import Actor
from services.database import fetch, is_postgres, unit_of_work
from services.errors import Invalid, NotFound
from services.vault import SealBroken
from services.zones import now

log = logging.getLogger(__name__)

DIGITS = 6
SECONDS = 30
WINDOW = (0, -1, 1)  # clocks of phones differ, and typing takes a moment
PURPOSE = "totp"
SEALED = "SELECT id, user_id, sealed FROM authenticator{} ORDER BY id"
BYTES = " WHERE typeof(sealed) = 'blob'"  # SQLite stores text there too, if somebody tampers
ISSUER = "Tallystick"
WRONG = "That is not the code that the app shows now. Enter the newest one."
NONE = "You have no authenticator app here any more."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A secret that no account has yet; `address` is what its QR code says."""

    secret: str = field(repr=False)
    address: str = field(repr=False)

    @property
    def groups(self) -> str:
        """The secret as somebody types it into an app."""
        parts = range(0, len(self.secret), 4)
        return " ".join(self.secret[start : start + 4] for start in parts)


async def begin(actor: Actor) -> Proposal:
    """A secret to be put into an app. It stays with who asked until `add` has seen a code."""
    await step_up.require(actor)
    secret = pyotp.random_base32()
    address = TOTP(secret).provisioning_uri(name=actor.email, issuer_name=ISSUER)
    return Proposal(secret, address)


async def add(actor: Actor, proposal: Proposal, code: str) -> list[str]:
    """From now on that app counts, instead of the one before; returns new recovery codes.

    Raises Invalid(code), ConfirmationDue.
    """
    await step_up.require(actor)
    redaction.hide(code, proposal.secret)
    step = _step_of(proposal.secret, digits(code), after=0)
    if step is None:
        raise Invalid({"code": WRONG if code.strip() else "Enter the code that the app shows."})
    sealed = secrets_at_rest.seal(proposal.secret, purpose=PURPOSE, user_id=actor.user_id)
    return await _add(actor, sealed, step)


@unit_of_work
async def _add(actor: Actor, sealed: bytes, step: int) -> list[str]:
    user = await factor_changes.hold(actor.user_id, session=actor.session_id)
    # a new row each time: who stands between password and code starts again
    await Authenticator.filter(user_id=user.id).delete()
    await Authenticator.create(user_id=user.id, sealed=sealed, confirmed_at=now(), last_step=step)
    made = await recovery.replace(user.id)
    await factor_changes.tell(
        AuditAction.ADD, user, AccountChange.APP_ADDED, by=actor, kind="authenticator app"
    )
    return made


async def remove(actor: Actor) -> None:
    """Raises NotFound where there is none, Conflict where it is the last and one is demanded."""
    await step_up.require(actor)
    await _remove(actor)


@unit_of_work
async def _remove(actor: Actor) -> None:
    user = await factor_changes.hold(actor.user_id)
    if not await Authenticator.filter(user_id=user.id).delete():
        raise NotFound(NONE)
    await factor_changes.after_removal(user)
    await factor_changes.tell(
        AuditAction.REMOVE, user, AccountChange.APP_REMOVED, by=actor, kind="authenticator app"
    )


def digits(typed: str) -> str:
    """A code as the app shows it, without the gaps that people type; else nothing."""
    plain = "".join(typed.split()).replace("-", "")
    return plain if len(plain) == DIGITS and plain.isascii() and plain.isdigit() else ""


async def take(user_id: int, code: str) -> bool:
    """Whether that app shows this code, which then works no more. Call inside a unit of work."""
    app = await Authenticator.get_or_none(user_id=user_id, confirmed_at__isnull=False)
    if app is None:
        return False
    try:
        secret = secrets_at_rest.unseal(bytes(app.sealed), purpose=PURPOSE, user_id=user_id)
    except SealBroken:
        log.error("The secret of an authenticator app cannot be read (account %d).", user_id)
        return False
    step = _step_of(secret, code, after=app.last_step)
    if step is None:
        return False
    # of two at once with the same code one changes the row
    fresh = Authenticator.filter(id=app.id, last_step__lt=step)
    return bool(await fresh.update(last_step=step))


@unit_of_work
async def seal_anew(number: int) -> int:
    """Secrets that the key of this number sealed, by the newest one; returns how many it keeps."""
    kept = 0
    for row in await fetch(SEALED.format("" if is_postgres() else BYTES)):
        sealed, user_id = bytes(row["sealed"]), row["user_id"]
        if sealed[:1] != bytes((number,)):
            continue
        try:
            anew = secrets_at_rest.anew(sealed, purpose=PURPOSE, user_id=user_id)
        except SealBroken:
            log.error("The secret of an authenticator app cannot be read (account %d).", user_id)
            kept += 1
            continue
        await Authenticator.filter(id=row["id"], sealed=sealed).update(sealed=anew)
    return kept


def step_of_now() -> int:
    return int(now().timestamp()) // SECONDS


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The step of time whose code this is, of those that may still be used."""
    today, otp = step_of_now(), TOTP(secret)
    found = None
    for step in (today + offset for offset in WINDOW):
        is_it = hmac.compare_digest(otp.generate_otp(step), code)
        if is_it and step > after and found is None:
            found = step
    return found
