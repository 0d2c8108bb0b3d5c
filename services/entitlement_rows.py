"""The rows of a file of entitlements, in the order of their changes."""

from collections.abc import AsyncIterator
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Entitlement
from services import access_terms, zones
from services.actor import Actor
from services.cells import day, moment
from services.database import reader
from services.periods import Period

CHUNK = 500
HEAD = ("holder", "e-mail", "product", "plan", "from", "until", "state", "changed")

Row = tuple[str, ...]


def changed_in(actor: Actor, wanted: Period) -> QuerySet[Entitlement]:
    found = Entitlement.filter(workspace_id=actor.workspace, changed_at__not_isnull=True)
    if wanted.since:
        found = found.filter(changed_at__gte=zones.start_of(wanted.since, actor.time_zone))
    if wanted.until:
        found = found.filter(changed_at__lt=zones.end_of(wanted.until, actor.time_zone))
    return found.using_db(reader())


async def parts(actor: Actor, wanted: Period) -> AsyncIterator[list[Row]]:
    after = Q()
    while part := await _part(actor, wanted, after):
        at = zones.now()
        yield [_row(each, actor.time_zone, at) for each in part]
        last = part[-1]
        after = Q(changed_at__gt=last.changed_at) | Q(changed_at=last.changed_at, id__gt=last.id)


async def _part(actor: Actor, wanted: Period, after: Q) -> list[Entitlement]:
    return (
        await changed_in(actor, wanted)
        .filter(after)
        .select_related("person", "product", "plan", "activation")
        .order_by("changed_at", "id")
        .limit(CHUNK)
    )


def _row(each: Entitlement, zone: str, at: datetime) -> Row:
    undone = each.activation.undone_at is not None
    return (
        each.person.name,
        each.person.email,
        each.product.name,
        each.plan.name,
        day(each.starts_at, zone),
        day(each.ends_at, zone, last=True),
        access_terms.state(each.starts_at, each.ends_at, undone=undone, at=at).value,
        moment(each.changed_at, zone),
    )
