"""A forgotten password: a link by mail, good once and for an hour, sets a new one."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from models import PasswordReset, User
from models.enums import AuditAction, MessageKind, Resource
from services import accounts, audit, budgets, emails, links, sessions, sign_in_limits, throttling
from services.accounts import NewPassword
from services.database import is_id, lock, unit_of_work
from services.errors import Conflict, Gone
from services.links import Purpose
from services.settings import get_settings
from services.throttling import Kind
from services.zones import now

LASTS = timedelta(hours=1)
HOUR = timedelta(hours=1)
ANSWER_AFTER = 0.3  # seconds; longer than the work, so that nobody sees whether there was any
NO_MAIL = "No mail leaves this installation yet. Ask the owner for a new password."
OVER = "This link was used already, or is older than an hour. Ask for a new one."


@dataclass(frozen=True, slots=True)
class ResetPage:
    """Whose password a link sets; a browser keeps both together."""

    email: str


@lru_cache
def by_address() -> budgets.AddressLimit:
    return budgets.AddressLimit(get_settings().reset_tries_per_address, HOUR)


def is_possible() -> bool:
    """Whether a link can be mailed at all."""
    return not get_settings().mail_held_because


async def ask(email: str, *, address: str) -> None:
    """Mail a link where somebody has an account with that address; the answer never tells.

    Raises Invalid(email), Limited, and Conflict where no mail leaves.
    """
    recipient = emails.read(email)
    if not is_possible():
        raise Conflict(NO_MAIL)
    if minutes := by_address().book(address):
        raise throttling.refuse(Kind.RESET, minutes=minutes)
    key = emails.key(recipient)
    limit = budgets.Limit(
        f"reset:{sign_in_limits.fingerprint(key)}", get_settings().reset_tries_per_account, HOUR
    )
    if minutes := await sessions.book(limit):
        raise throttling.refuse(Kind.RESET, minutes=minutes)
    await asyncio.gather(asyncio.sleep(ANSWER_AFTER), _queue(key))


@unit_of_work
async def _queue(email_key: str) -> None:
    user = await User.get_or_none(email_key=email_key, disabled_at=None).select_related("person")
    if user is None:
        return
    await lock(f"reset {user.id}")
    await accounts.forget_resets(user.id)
    reset = await PasswordReset.create(user_id=user.id, expires_at=now() + LASTS)
    await accounts.mail(user, MessageKind.RESET, reset_id=reset.id)
    await audit.record(AuditAction.SEND, Resource.USER, user.id, by=None, what="reset")


async def open_link(token: str) -> ResetPage | None:
    """What a link leads to; only reads. None for whatever opens nothing (any more)."""
    reset = await _usable(token)
    return ResetPage(reset.user.person.email) if reset else None


async def _usable(token: str) -> PasswordReset | None:
    link = links.read(Purpose.RESET, token)
    if link is None or link.version != 1 or not is_id(link.row_id):
        return None
    return (
        await PasswordReset.filter(
            id=link.row_id, used_at=None, expires_at__gt=now(), user__disabled_at=None
        )
        .select_related("user__person")
        .first()
    )


async def use(token: str, password: str) -> None:
    """Set a new password and end every session of that person.

    Raises Invalid(password), and Gone for a link that was used, replaced or is too old.
    """
    reset = await _usable(token)
    if reset is None:
        raise Gone(OVER)
    await _use(reset, await accounts.strong(password, reset.user.person))


@unit_of_work
async def _use(reset: PasswordReset, new: NewPassword) -> None:
    at = now()
    # of two presses at once one changes the row
    used = await PasswordReset.filter(id=reset.id, used_at=None, expires_at__gt=at).update(
        used_at=at
    )
    if not used or not await User.exists(id=reset.user_id, disabled_at=None):
        raise Gone(OVER)
    user = reset.user
    await accounts.set_password(user, new)
    await sign_in_limits.forgive(user.email_key)
    await audit.record(AuditAction.RESET, Resource.USER, user.id, by=None, person_id=user.person_id)
