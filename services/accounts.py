"""Accounts of people: their name, their password and their taste."""

from dataclasses import dataclass
from datetime import timedelta

from models import PasswordReset, Person, User
from models.enums import AccountChange, AuditAction, MessageKind, Resource, Theme
from services import (
    audit,
    budgets,
    emails,
    outbox,
    passwords,
    pointless_mails,
    sessions,
    signals,
    texts,
    throttling,
)
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Invalid, NotFound
from services.outbox import Draft
from services.settings import get_settings
from services.signals import Changed, Topic
from services.throttling import Kind
from services.zones import now

WRONG = "This is not your current password."
REPLACED = "The link in it was replaced or is not needed any more."
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that was found strong enough, as it is kept."""

    hashed: str


@unit_of_work
async def choose_theme(actor: Actor, theme: Theme) -> None:
    await User.filter(id=actor.user_id).update(theme=theme)
    announce(actor.user_id)


async def rename(actor: Actor, name: str) -> None:
    """Change one's own name wherever it is shown. Raises Invalid(name)."""
    await _rename(actor, texts.line(name, field="name", what="your name", longest=120))


@unit_of_work
async def _rename(actor: Actor, name: str) -> None:
    if not await Person.filter(id=actor.person_id).exclude(name=name).update(name=name):
        return
    await audit.record(AuditAction.UPDATE, Resource.USER, actor.user_id, by=actor, field="name")
    announce(actor.user_id)


async def change_password(actor: Actor, *, current: str, password: str) -> None:
    """Set one's own password; every other session ends, and a mail says so.

    Raises Invalid by field, Limited after too many wrong ones.
    """
    if not current:
        raise Invalid({"current": "Enter your current password."})
    user = await User.get(id=actor.user_id).select_related("person")
    new = await strong(password, user.person)
    limit = budgets.Limit(
        f"password:{actor.user_id}", get_settings().sign_in_tries_per_account, HOUR
    )
    if minutes := await sessions.book(limit):
        raise throttling.refuse(Kind.PASSWORD, minutes=minutes)
    if not await passwords.matches(current, user.password_hash):
        throttling.failed()
        raise Invalid({"current": WRONG})
    await _change(actor, user, new, limit)


@unit_of_work
async def _change(actor: Actor, user: User, new: NewPassword, limit: budgets.Limit) -> None:
    await budgets.give_back(limit)
    if not await set_password(user, new, expecting=user.password_hash, but=actor.session_id):
        raise Invalid({"current": WRONG})  # it was changed a moment ago
    await audit.record(AuditAction.UPDATE, Resource.USER, user.id, by=actor, field="password")


async def reset_password(email: str, password: str) -> None:
    """Set a password from the command line and end every session of that person.

    Raises NotFound for an unknown address, Invalid for a weak password.
    """
    user = await User.get_or_none(email_key=emails.key(email)).select_related("person")
    if user is None:
        raise NotFound(f"Nobody has an account with the address {email}.")
    await _reset(user, await strong(password, user.person))


@unit_of_work
async def _reset(user: User, new: NewPassword) -> None:
    await set_password(user, new)
    await audit.record(AuditAction.UPDATE, Resource.USER, user.id, by=None, field="password")


async def strong(password: str, person: Person) -> NewPassword:
    """Raises Invalid(password) for what is too short or easily guessed."""
    await passwords.check_strength(password, known=(person.name, person.email))
    return NewPassword(await passwords.hash_password(password))


async def set_password(
    user: User, new: NewPassword, *, expecting: str = "", but: int | None = None
) -> bool:
    """The new password, no session but one, no open reset, and a mail that says so.

    False where the password is not the one that was expected. Call inside a unit of work.
    """
    rows = User.filter(id=user.id)
    if expecting:
        rows = rows.filter(password_hash=expecting)
    if not await rows.update(password_hash=new.hashed):
        return False
    await sessions.end_all_of(user.id, but=but)
    await forget_resets(user.id)
    await warn(user, AccountChange.PASSWORD)
    return True


async def warn(user: User, change: AccountChange) -> None:
    """Queue a mail that says what changed about signing in. Call inside a unit of work."""
    await mail(user, MessageKind.WARNING, change=change)


async def mail(
    user: User,
    kind: MessageKind,
    *,
    reset_id: int | None = None,
    change: AccountChange | None = None,
) -> None:
    """Queue a mail about an account; it belongs to no workspace. Call inside a unit of work."""
    draft = Draft(
        kind=kind,
        workspace_id=None,
        recipient=user.person.email,
        name=user.person.name,
        user_id=user.id,
        reset_id=reset_id,
        change=change,
    )
    await outbox.put([draft])


async def forget_resets(user_id: int) -> None:
    """Links that were mailed before open nothing any more. Call inside a unit of work."""
    at = now()
    await PasswordReset.filter(user_id=user_id, used_at=None, expires_at__gt=at).update(
        expires_at=at
    )
    await pointless_mails.end(REPLACED, user_id=user_id, kind=MessageKind.RESET)


def announce(user_id: int) -> None:
    """Tell open pages that an account changed."""
    signals.emit(Changed(None, Topic.ACCOUNTS, (user_id,)))
