"""Customers found by what somebody remembers of their address."""

from collections import Counter
from dataclasses import dataclass

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models import Activation, Code, Entitlement, Person
from models.enums import BatchState, CodeKind
from services import customers, emails
from services.actor import Actor
from services.database import reader
from services.paging import Page
from services.permissions import Permission, require

MOST_FOUND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address, the names it was used with, and how much there is behind it."""

    email: str
    names: tuple[str, ...]
    sent: int
    activated: int
    entitlements: int


async def find(actor: Actor, text: str, *, most: int = MOST_FOUND) -> Page[Found]:
    """Addresses that are or contain the text, the very one first, and how many there are."""
    require(actor, Permission.USE_EDSPACE)
    sought = emails.sought(text)
    if not sought:
        return Page([], 0)
    matching = customers.people_here(actor).filter(email_key__contains=sought)
    [total] = await matching.annotate(n=Count("email_key", distinct=True)).values_list(
        "n", flat=True
    )
    listed = matching.distinct().order_by("email_key").limit(most)
    keys = [str(key) for key in await listed.values_list("email_key", flat=True)]
    if await matching.filter(email_key=sought).exists():
        keys = [sought, *(key for key in keys if key != sought)][:most]
    return Page(await _found(actor, keys), int(str(total)))


async def _found(actor: Actor, keys: list[str]) -> list[Found]:
    people = await customers.people_here(actor).filter(email_key__in=keys).order_by("-id")
    ids = [person.id for person in people]
    sent = await _counted(_shown(Code.filter(sent_to_id__in=ids)), "sent_to_id")
    activated = await _counted(Activation.filter(person_id__in=ids, undone_at=None), "person_id")
    entitled = await _counted(
        Entitlement.filter(person_id__in=ids, activation__undone_at=None), "person_id"
    )
    of_key: dict[str, list[Person]] = {key: [] for key in keys}
    for person in people:
        of_key[person.email_key].append(person)
    return [
        Found(
            email=those[0].email,
            names=customers.names_of(those),
            sent=sum(sent[person.id] for person in those),
            activated=sum(activated[person.id] for person in those),
            entitlements=sum(entitled[person.id] for person in those),
        )
        for those in of_key.values()
        if those
    ]


async def _counted(rows: QuerySet[Code] | QuerySet[Activation] | QuerySet[Entitlement], by: str):
    counts = await rows.using_db(reader()).annotate(n=Count("id")).group_by(by).values_list(by, "n")
    return Counter({int(str(key)): int(str(number)) for key, number in counts})


def _shown(rows: QuerySet[Code]) -> QuerySet[Code]:
    return rows.filter(batch__state=BatchState.DONE, batch__kind=CodeKind.ACCESS)
