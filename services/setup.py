"""The first start: the first owner behind a one-time token."""

from dataclasses import dataclass

from models import Installation, Person, User
from models.enums import AuditAction, Resource
from services import audit, emails, passwords, sessions, setup_token, texts
from services.database import unit_of_work
from services.errors import Conflict, Invalid
from services.sessions import digest
from services.zones import now


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOwner:
    token: str
    name: str
    email: str
    password: str
    address: str


async def is_open() -> bool:
    """Whether there is no owner yet."""
    return not await User.exists(is_owner=True)


async def create_owner(request: NewOwner) -> str:
    """Make the first owner and return a session token. Raises Invalid or Conflict."""
    if not await setup_token.is_good(request.token):
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
