"""The first start: the key's check value, and the first owner behind a one-time token."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from models import Installation, Person, User
from models.enums import AuditAction, Resource
from services import audit, emails, passwords, sessions, texts
from services.database import unit_of_work
from services.errors import Conflict, Invalid
from services.sessions import digest
from services.zones import now

TOKEN_LIVES = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOwner:
    token: str
    name: str
    email: str
    password: str
    address: str


async def key_check() -> str | None:
    """The check value of the key this database was made with; none in a new one."""
    installation = await Installation.first()
    return installation.key_check if installation else None


@unit_of_work
async def found(check_value: str) -> None:
    """Tie a new database to its key."""
    await Installation.create(key_check=check_value)


async def is_open() -> bool:
    """Whether there is no owner yet."""
    return not await User.exists(is_owner=True)


@unit_of_work
async def issue_token() -> str:
    """A new set-up token, good for an hour; the one before it is void."""
    token = secrets.token_urlsafe(24)
    await Installation.all().update(
        setup_digest=digest(token), setup_expires_at=now() + TOKEN_LIVES
    )
    return token


async def is_token(token: str) -> bool:
    return await Installation.exists(setup_digest=digest(token), setup_expires_at__gt=now())


async def create_owner(request: NewOwner) -> str:
    """Make the first owner and return a session token. Raises Invalid or Conflict."""
    if not await is_token(request.token):
        raise Invalid(
            {"token": "This set-up token is wrong or older than an hour. Restart to get a new one."}
        )
    name = texts.line(request.name, field="name", what="your name", longest=120)
    email = emails.read(request.email)
    await passwords.check_strength(request.password, known=(name, email))
    return await _create(request, name, email, await passwords.hash_password(request.password))


@unit_of_work
async def _create(request: NewOwner, name: str, email: str, password_hash: str) -> str:
    # the token is used up here: of two submissions at once one changes the row
    used = await Installation.filter(
        setup_digest=digest(request.token), setup_expires_at__gt=now()
    ).update(setup_digest=None, setup_expires_at=None)
    if not used or not await is_open():
        raise Conflict("An owner exists already. Sign in instead.")
    owner = await new_user(name, email, password_hash, is_owner=True)
    await audit.record(
        AuditAction.CREATE,
        Resource.USER,
        owner.id,
        by=None,
        person_id=owner.person_id,
        role="OWNER",
    )
    return await sessions.open_session(owner, address=request.address)


async def new_user(name: str, email: str, password_hash: str, *, is_owner: bool = False) -> User:
    """A person with an account. Call inside a unit of work."""
    key = emails.key(email)
    person = await Person.create(name=name, email=email, email_key=key)
    return await User.create(
        person_id=person.id, email_key=key, password_hash=password_hash, is_owner=is_owner
    )
