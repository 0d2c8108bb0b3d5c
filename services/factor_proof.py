"""Proves by a code that somebody is that person: of the app, or a recovery code."""

from models import User
from models.enums import AccountChange, SignInMethod
from services import accounts, recovery, totp

WRONG = "That code is wrong, was used already, or is too old."
NOTHING = "Enter the code that your app shows, or a recovery code."


async def take(user: User, typed: str) -> SignInMethod | None:
    """Which factor of theirs it proves, used up with that; a recovery code is told by mail.

    `user` comes with its person. Book a try before; call inside a unit of work.
    """
    code = totp.digits(typed)
    if code and await totp.take(user.id, code):
        return SignInMethod.TOTP
    code = recovery.letters(typed)
    if code and await recovery.take(user.id, code):
        await accounts.warn(user, AccountChange.RECOVERY_USED)
        accounts.announce(user.id)
        return SignInMethod.RECOVERY
    return None
