"""Entitlements for other programs: who may use what until when, by the day it changed."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Entitlement
from models.enums import AuditAction, Resource
from services import audit, entitlements, sheets, zones
from services.actor import Actor
from services.database import reader, unit_of_work
from services.errors import Conflict
from services.exports import day, moment
from services.periods import Period
from services.permissions import Permission, require
from services.sheets import CSV, XLSX, XLSX_MOST_ROWS, Export

CHUNK = 500
HEAD = ("holder", "e-mail", "product", "plan", "from", "until", "state", "changed")
TOO_MANY = f"A spreadsheet holds {XLSX_MOST_ROWS:,} rows, and these are more. Take the CSV."

Row = tuple[str, ...]


async def as_csv(actor: Actor, wanted: Period) -> Export:
    """Those that changed in the period, in the order of their changes, audited.

    Ended and undone ones are there too, with their state; one that changes meanwhile may come
    twice, the later line being the right one. Raises NotFound without the right.
    """
    await _begin(actor, wanted, await _count(actor, wanted), "csv")
    return Export(_name(actor, "csv"), sheets.csv_stream(HEAD, _rows(actor, wanted)), CSV)


async def as_xlsx(actor: Actor, wanted: Period) -> Export:
    """As `as_csv`. Raises Conflict too where they are more than a spreadsheet holds."""
    count = await _count(actor, wanted)
    if count > XLSX_MOST_ROWS:
        raise Conflict(TOO_MANY)
    await _begin(actor, wanted, count, "xlsx")
    rows = _rows(actor, wanted)
    return Export(_name(actor, "xlsx"), await sheets.xlsx_stream(HEAD, rows), XLSX)


def _name(actor: Actor, ending: str) -> str:
    return f"entitlements-{actor.slug}.{ending}"


async def _count(actor: Actor, wanted: Period) -> int:
    require(actor, Permission.USE_EDSPACE)
    return await _changed_in(actor, wanted).count()


@unit_of_work
async def _begin(actor: Actor, wanted: Period, count: int, form: str) -> None:
    days = {"from": wanted.since, "until": wanted.until}
    detail: dict[str, Any] = {"entitlements": count, "format": form}
    detail |= {name: value.isoformat() for name, value in days.items() if value}
    await audit.record(AuditAction.EXPORT, Resource.ENTITLEMENT, None, by=actor, **detail)


def _changed_in(actor: Actor, wanted: Period) -> QuerySet[Entitlement]:
    found = Entitlement.filter(workspace_id=actor.workspace, changed_at__not_isnull=True)
    if wanted.since:
        found = found.filter(changed_at__gte=zones.start_of(wanted.since, actor.time_zone))
    if wanted.until:
        found = found.filter(changed_at__lt=zones.end_of(wanted.until, actor.time_zone))
    return found.using_db(reader())


async def _rows(actor: Actor, wanted: Period) -> AsyncIterator[list[Row]]:
    after = Q()
    while part := await _part(actor, wanted, after):
        at = zones.now()
        yield [_row(each, actor.time_zone, at) for each in part]
        last = part[-1]
        after = Q(changed_at__gt=last.changed_at) | Q(changed_at=last.changed_at, id__gt=last.id)


async def _part(actor: Actor, wanted: Period, after: Q) -> list[Entitlement]:
    return (
        await _changed_in(actor, wanted)
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
        entitlements.state(each.starts_at, each.ends_at, undone=undone, at=at).value,
        moment(each.changed_at, zone),
    )
