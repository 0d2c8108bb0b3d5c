"""The people who were sent codes or activated them, found by their address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.queryset import QuerySet

from models import Activation, Batch, Code, Entitlement, Message, Person
from models.enums import Access, BatchState, CodeKind, MessageState, Status
from services import access_terms, code_alphabet, emails, message_states, zones
from services.actor import Actor
from services.code_list import status_of
from services.database import reader
from services.errors import NotFound
from services.permissions import Permission, require

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSet:
    """A whole batch that was sent to the address; `mail` is the newest message about it.

    `mail_at` is when that was sent, or queued where it is not sent yet.
    """

    batch_id: int
    made_at: datetime
    product: str
    plan: str
    codes: int
    mail: MessageState | None
    mail_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementView:
    """`outlasted` says that access to the same plan, by another code, lasts longer.

    `freed` is what the code would show if its activation were undone.
    """

    id: int
    activation_id: int
    code_id: int
    masked: str
    holder: str
    product: str
    plan: str
    starts_at: datetime
    ends_at: datetime | None
    state: Access
    activated_at: datetime
    undone: Undone | None
    outlasted: bool
    freed: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """`names` newest first. The newest 100 sets and entitlements are here, of as many as counted.

    `person_id` is one of their rows. The codes come in pages: see `customer_codes`.
    """

    person_id: int
    email: str
    names: tuple[str, ...]
    sets: tuple[SentSet, ...]
    entitlements: tuple[EntitlementView, ...]
    entitlement_count: int


def people_here(actor: Actor) -> QuerySet[Person]:
    return Person.filter(workspace_id=actor.workspace).using_db(reader())


def names_of(people: Sequence[Person]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person.name for person in people if person.name))


async def people_of(actor: Actor, email: str) -> list[Person]:
    """The rows of an address in this workspace, newest first. Raises NotFound."""
    require(actor, Permission.USE_EDSPACE)
    people = await people_here(actor).filter(email_key=emails.sought(email)).order_by("-id")
    if not people:
        raise NotFound("Nobody in this workspace has that address.")
    return people


async def read(actor: Actor, email: str) -> Customer:
    """What an address was sent as a whole, and what it is entitled to. Raises NotFound."""
    people = await people_of(actor, email)
    ids = [person.id for person in people]
    held = Entitlement.filter(person_id__in=ids).using_db(reader())
    newest = (
        await held.select_related(
            "person", "product", "plan", "activation__code__batch", "activation__undone_by"
        )
        .order_by("-id")
        .limit(MOST_SHOWN)
    )
    return Customer(
        person_id=people[0].id,
        email=people[0].email,
        names=names_of(people),
        sets=await _sets(ids),
        entitlements=tuple(_view(each, newest) for each in newest),
        entitlement_count=await held.count(),
    )


async def _sets(ids: list[int]) -> tuple[SentSet, ...]:
    batches = (
        await Batch.filter(sent_to_id__in=ids, kind=CodeKind.ACCESS, state=BatchState.DONE)
        .using_db(reader())
        .select_related("product", "plan")
        .order_by("-id")
        .limit(MOST_SHOWN)
    )
    mails = await message_states.newest(
        "batch_id", [batch.id for batch in batches], kinds=message_states.OF_A_SET
    )
    return tuple(
        SentSet(
            batch_id=batch.id,
            made_at=batch.created_at,
            product=batch.product.name if batch.product else "",
            plan=batch.plan.name if batch.plan else "",
            codes=batch.quantity,
            **_stands(mails.get(batch.id)),
        )
        for batch in batches
    )


def _stands(mail: Message | None) -> dict[str, Any]:
    if mail is None:
        return {"mail": None, "mail_at": None}
    return {"mail": mail.state, "mail_at": mail.sent_at or mail.created_at}


def _view(one: Entitlement, every: Sequence[Entitlement]) -> EntitlementView:
    activation = one.activation
    undone = undone_of(activation)
    return EntitlementView(
        id=one.id,
        activation_id=activation.id,
        code_id=activation.code_id,
        masked=code_alphabet.masked(activation.code.ending),
        holder=one.person.name,
        product=one.product.name,
        plan=one.plan.name,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=access_terms.state(one.starts_at, one.ends_at, undone=undone is not None),
        activated_at=activation.created_at,
        undone=undone,
        freed=status_of(Code(status=Status.READY), activation.code.batch),
        outlasted=any(_outlasts(other, one) for other in every),
    )


def _outlasts(other: Entitlement, one: Entitlement) -> bool:
    if other.plan_id != one.plan_id or other.id == one.id or other.activation.undone_at:
        return False
    if one.ends_at is None:
        return False
    return other.ends_at is None or other.ends_at > max(zones.now(), one.ends_at)


def undone_of(activation: Activation) -> Undone | None:
    if activation.undone_at is None:
        return None
    by = activation.undone_by.name if activation.undone_by else ""
    return Undone(at=activation.undone_at, by=by, reason=activation.undo_reason)
