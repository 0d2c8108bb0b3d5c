"""Accounts of people: their password and their taste."""

from models import User
from models.enums import AuditAction, Resource, Theme
from services import audit, emails, passwords, sessions
from services.actor import Actor
from services.database import unit_of_work
from services.errors import NotFound


@unit_of_work
async def choose_theme(actor: Actor, theme: Theme) -> None:
    await User.filter(id=actor.user_id).update(theme=theme)


async def reset_password(email: str, password: str) -> None:
    """Set a password from the command line and end every session of that person.

    Raises NotFound for an unknown address, Invalid for a weak password.
    """
    user = await User.get_or_none(email_key=emails.key(email)).select_related("person")
    if user is None:
        raise NotFound(f"Nobody has an account with the address {email}.")
    await passwords.check_strength(password, known=(user.person.name, user.person.email))
    await _set_password(user, await passwords.hash_password(password))


@unit_of_work
async def _set_password(user: User, password_hash: str) -> None:
    await User.filter(id=user.id).update(password_hash=password_hash)
    await sessions.end_all_of(user.id)
    await audit.record(AuditAction.UPDATE, Resource.USER, user.id, by=None, field="password")
