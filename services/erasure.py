"""Erases a person: name and addresses go, what happened stays with numbers instead of them."""

from dataclasses import dataclass

from models import Invitation, Message, Person
from models.enums import AuditAction, Resource
from services import audit, forgetting, holders, signals, step_up, users, whole_person
from services.actor import Actor
from services.audit_targets import ERASED
from services.database import unit_of_work
from services.errors import Conflict
from services.outbox_due import WAITING
from services.signals import Changed, Topic
from services.whole_person import Whole
from services.zones import now


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


async def preview(actor: Actor, person_id: int) -> Erasure:
    """What erasing would do. Raises NotFound, Conflict as `erase` does."""
    whole = await whole_person.find(actor, person_id)
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
    """Forget a person for good. Raises NotFound, ConfirmationDue; Conflict as for `preview`."""
    await users.hold_owners(actor)
    whole = await whole_person.find(actor, person_id)
    await step_up.require(actor)
    await _hold(whole)
    erased_key = f"erased-{person_id}@erased.invalid"  # no address: nobody can enter it
    if not await Person.filter(id=person_id, erased_at=None).update(erased_at=now()):
        raise Conflict("This person was erased already.")
    await Person.filter(id__in=whole.ids).update(
        name=ERASED, email=erased_key, email_key=erased_key, erased_at=now()
    )
    if whole.user:
        await forgetting.close_account(whole.user, erased_key)
    detail = {"people": len(whole.people), "account": whole.user is not None}
    detail |= {"messages": await forgetting.messages(whole.key)}
    detail |= {"invitations": await forgetting.invitations(whole.key, erased_key)}
    await forgetting.traces(whole)
    await audit.record(AuditAction.ERASE, Resource.PERSON, person_id, by=actor, **detail)
    for person in whole.people:
        signals.emit(Changed(person.workspace_id, Topic.CUSTOMERS, (person.id,)))


async def _hold(whole: Whole) -> None:
    """Nobody else changes what this holder has before it is done."""
    for workspace_id in sorted({person.workspace_id or 0 for person in whole.people} - {0}):
        await holders.hold(workspace_id, whole.key)
