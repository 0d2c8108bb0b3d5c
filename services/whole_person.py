"""A person in whole, who may be erased: every row with their address, and their account."""

from dataclasses import dataclass

from models import Person, User
from services import emails
from services.actor import Actor
from services.database import is_id
from services.errors import Conflict, NotFound
from services.permissions import Permission, require

ONESELF = "You cannot erase yourself. Another owner can."
LAST_OWNER = "This is the last owner. Make somebody else an owner first."


@dataclass(frozen=True, slots=True)
class Whole:
    """All of one person: `key` is the address without case."""

    key: str
    people: list[Person]
    user: User | None

    @property
    def ids(self) -> list[int]:
        return [person.id for person in self.people]


async def find(actor: Actor, person_id: int) -> Whole:
    """Raises NotFound; Conflict for who was erased already, for oneself, and for the last owner."""
    require(actor, Permission.RUN_INSTALLATION)
    asked = is_id(person_id) and await Person.get_or_none(id=person_id)
    if not asked:
        raise NotFound("This person does not exist.")
    if asked.erased_at:
        raise Conflict("This person was erased already.")
    people = await Person.filter(email_key=asked.email_key).order_by("-id")
    user = await User.get_or_none(person_id__in=[person.id for person in people])
    if (user and user.id == actor.user_id) or asked.email_key == emails.key(actor.email):
        raise Conflict(ONESELF)
    if user and user.is_owner and not await _other_owner(user):
        raise Conflict(LAST_OWNER)
    return Whole(asked.email_key, people, user)


async def _other_owner(user: User) -> bool:
    return await User.filter(is_owner=True, disabled_at=None).exclude(id=user.id).exists()
