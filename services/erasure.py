"""Erases a person: name and addresses go, what happened stays with numbers instead of them."""

from dataclasses import dataclass

from models import (
    Budget,
    Invitation,
    Membership,
    Message,
    PasswordReset,
    Person,
    Refusal,
    Session,
    User,
)
from models.enums import AuditAction, MessageState, Resource
from services import audit, emails, holders, sessions, signals, users
from services.actor import Actor
from services.database import is_id, unit_of_work
from services.errors import Conflict, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

NAME = "Erased person"
WAITING = (MessageState.QUEUED, MessageState.RETRYING)
ONESELF = "You cannot erase yourself. Another owner can."
LAST_OWNER = "This is the last owner. Make somebody else an owner first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure comes to. A person is every row with their address, in all workspaces."""

    email: str
    names: tuple[str, ...]
    workspaces: int
    has_account: bool
    messages: int
    waiting: int
    invitations: int


@dataclass(frozen=True, slots=True)
class _Whole:
    """All of one person: `key` is the address without case."""

    key: str
    people: list[Person]
    user: User | None

    @property
    def ids(self) -> list[int]:
        return [person.id for person in self.people]


async def preview(actor: Actor, person_id: int) -> Erasure:
    """What erasing would do. Raises NotFound, Conflict as `erase` does."""
    whole = await _whole(actor, person_id)
    messages = Message.filter(recipient_key=whole.key)
    return Erasure(
        email=whole.people[0].email,
        names=tuple(dict.fromkeys(person.name for person in whole.people if person.name)),
        workspaces=len({person.workspace_id for person in whole.people} - {None}),
        has_account=whole.user is not None,
        messages=await messages.count(),
        waiting=await messages.filter(state__in=WAITING).count(),
        invitations=await Invitation.filter(email_key=whole.key).count(),
    )


@unit_of_work
async def erase(actor: Actor, person_id: int) -> None:
    """Forget a person for good. Raises NotFound; Conflict for oneself and the last owner."""
    await users.hold_owners(actor)
    whole = await _whole(actor, person_id)
    await _hold(whole)
    erased_key = f"erased-{person_id}@erased.invalid"  # no address: nobody can enter it
    if not await Person.filter(id=person_id, erased_at=None).update(erased_at=now()):
        raise Conflict("This person was erased already.")
    await Person.filter(id__in=whole.ids).update(
        name=NAME, email=erased_key, email_key=erased_key, erased_at=now()
    )
    if whole.user:
        await _close(whole.user, erased_key)
    detail = {"people": len(whole.people), "account": whole.user is not None}
    detail |= {"messages": await _forget_messages(whole.key)}
    detail |= {"invitations": await _forget_invitations(whole.key, erased_key)}
    await _forget_traces(whole)
    await audit.record(AuditAction.ERASE, Resource.PERSON, person_id, by=actor, **detail)
    for person in whole.people:
        signals.emit(Changed(person.workspace_id, Topic.CUSTOMERS, (person.id,)))


async def _whole(actor: Actor, person_id: int) -> _Whole:
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
    return _Whole(asked.email_key, people, user)


async def _other_owner(user: User) -> bool:
    return await User.filter(is_owner=True, disabled_at=None).exclude(id=user.id).exists()


async def _hold(whole: _Whole) -> None:
    """Nobody else changes what this holder has before it is done."""
    for workspace_id in sorted({person.workspace_id or 0 for person in whole.people} - {0}):
        await holders.hold(workspace_id, whole.key)


async def _close(user: User, erased_key: str) -> None:
    """The account stays as a number that nobody can sign in with."""
    await sessions.end_all_of(user.id)
    await Session.filter(user_id=user.id).update(address="", browser="")
    await PasswordReset.filter(user_id=user.id, used_at=None).update(used_at=now())
    seats = await Membership.filter(user_id=user.id)
    await Membership.filter(user_id=user.id).delete()
    await User.filter(id=user.id).update(
        email_key=erased_key, password_hash="", is_owner=False, disabled_at=now()
    )
    for seat in seats:
        signals.emit(Changed(seat.workspace_id, Topic.MEMBERS, (user.id,)))
    signals.emit(Changed(None, Topic.MEMBERS, (user.id,)))


async def _forget_messages(key: str) -> int:
    """To whom they went; what still waits does not go out any more."""
    at = now()
    mine = Message.filter(recipient_key=key)
    rows = await mine.values("id", "workspace_id")
    await mine.filter(state__in=WAITING).update(state=MessageState.FAILED, next_try_at=at)
    await mine.update(
        recipient="", recipient_key="", recipient_name="", last_answer="", forgotten_at=at
    )
    for row in rows:
        signals.emit(Changed(row["workspace_id"], Topic.MESSAGES, (row["id"],)))
    return len(rows)


async def _forget_invitations(key: str, erased_key: str) -> int:
    mine = Invitation.filter(email_key=key)
    await mine.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now())
    return await mine.update(email=erased_key, email_key=erased_key)


async def _forget_traces(whole: _Whole) -> None:
    """Tries counted under the address, and from where the person's own tries came."""
    await Budget.filter(key__endswith=f":{sessions.digest(whole.key)[:40]}").delete()
    await Refusal.filter(person_id__in=whole.ids).update(address="")
