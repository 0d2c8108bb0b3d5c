"""Entitlements for other programs: who may use what until when, by the day it changed."""

from typing import Any

from models.enums import AuditAction, Resource
from services import audit, entitlement_rows, file_limits, sheets, workbooks
from services.actor import Actor
from services.database import unit_of_work
from services.entitlement_rows import HEAD
from services.errors import Conflict
from services.periods import Period
from services.permissions import Permission, require
from services.sheets import CSV, Export
from services.workbooks import XLSX, XLSX_MOST_ROWS

TOO_MANY = f"A spreadsheet holds {XLSX_MOST_ROWS:,} rows, and these are more. Take the CSV."


async def as_csv(actor: Actor, wanted: Period) -> Export:
    """Those that changed in the period, in the order of their changes, audited.

    Ended and undone ones are there too, with their state; one that changes meanwhile may come
    twice, the later line being the right one. Raises NotFound without the right.
    """
    await _begin(actor, wanted, await _count(actor, wanted), "csv")
    return Export(
        _name(actor, "csv"), sheets.csv_stream(HEAD, entitlement_rows.parts(actor, wanted)), CSV
    )


async def as_xlsx(actor: Actor, wanted: Period) -> Export:
    """As `as_csv`. Raises Conflict too where they are more than a spreadsheet holds."""
    count = await _count(actor, wanted)
    if count > XLSX_MOST_ROWS:
        raise Conflict(TOO_MANY)
    await _begin(actor, wanted, count, "xlsx")
    rows = entitlement_rows.parts(actor, wanted)
    return Export(_name(actor, "xlsx"), await workbooks.xlsx_stream(HEAD, rows), XLSX)


def _name(actor: Actor, ending: str) -> str:
    return f"entitlements-{actor.slug}.{ending}"


async def _count(actor: Actor, wanted: Period) -> int:
    require(actor, Permission.USE_EDSPACE)
    return await entitlement_rows.changed_in(actor, wanted).count()


@unit_of_work
async def _begin(actor: Actor, wanted: Period, count: int, form: str) -> None:
    days = {"from": wanted.since, "until": wanted.until}
    detail: dict[str, Any] = {"entitlements": count, "format": form}
    detail |= {name: value.isoformat() for name, value in days.items() if value}
    await file_limits.book(actor)
    await audit.record(AuditAction.EXPORT, Resource.ENTITLEMENT, None, by=actor, **detail)
