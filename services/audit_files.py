"""The log as a file: what stands in it, and files small enough to be sent at once."""

import json
from collections.abc import AsyncIterator
from typing import Any

from models.enums import AuditAction, Resource
from services import audit, audit_list, audit_scan, file_limits, sheets, workbooks
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.audit_list import EntryView
from services.audit_scan import Search
from services.cells import moment
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.sheets import CSV, Export, Parts
from services.workbooks import XLSX

AT_ONCE = 10_000  # entries; more are made in the background
CHUNK = 500
PATIENT = 3600.0  # seconds: nobody looks at a line that moves
FORMS = {"csv": CSV, "xlsx": XLSX}
HEAD = (
    "entry",
    "date and time",
    "user",
    "e-mail",
    "action",
    "resource",
    "target",
    "target number",
    "workspace",
    "detail",
    "stored detail",
)
LARGE = (
    f"These are more than {AT_ONCE:,} entries. Export them on the page Audit Log: the file is then "
    "made in the background."
)

Row = tuple[str, ...]


async def send(actor: Actor, wanted: AuditFilter, form: str) -> Export:
    """What matches as it is now, newest first, audited. Raises NotFound; Conflict where large."""
    asked = await audit_list.search(actor, wanted)
    require_form(form)
    found = await audit_list.size(actor, wanted, AT_ONCE, audit_scan.PATIENCE)
    if not found.is_all:
        raise Conflict(LARGE)
    await record(actor, wanted, form, entries=found.entries)
    lines = await content(form, parts(asked, actor.time_zone))
    return Export(name(actor.workspace_slug, form), lines, FORMS[form])


def require_form(form: str) -> None:
    """Raises NotFound for what is no form of file."""
    if form not in FORMS:
        raise NotFound("Files come as csv or xlsx.")


async def content(form: str, rows: Parts) -> AsyncIterator[bytes]:
    """The bytes of a file of that form."""
    return (
        await workbooks.xlsx_stream(HEAD, rows) if form == "xlsx" else sheets.csv_stream(HEAD, rows)
    )


def name(slug: str | None, form: str) -> str:
    return f"audit-log-{slug or 'installation'}.{form}"


@unit_of_work
async def record(actor: Actor, wanted: AuditFilter, form: str, **detail: Any) -> None:
    """That somebody took it, and how it was narrowed; what was searched for may be a name."""
    asked = {**wanted.as_query(), **({"search": True} if wanted.search else {})}
    if asked:
        detail["filter"] = asked
    await file_limits.book(actor)
    await audit.record(AuditAction.EXPORT, Resource.AUDIT, None, by=actor, format=form, **detail)


async def parts(asked: Search, zone: str) -> AsyncIterator[list[Row]]:
    """What a search found, newest first; times are of the zone, with their offset from UTC."""
    before = asked.end
    while True:
        found = await audit_scan.older(asked, before, CHUNK, PATIENT)
        if found.rows:
            yield [_row(entry, zone) for entry in await audit_list.views(found.rows)]
        if len(found.rows) < CHUNK:
            return
        before = found.rows[-1]["id"]


def _row(entry: EntryView, zone: str) -> Row:
    return (
        str(entry.id),
        moment(entry.at, zone),
        entry.name,
        entry.email,
        entry.action,
        entry.resource,
        entry.target,
        str(entry.target_id or ""),
        entry.workspace,
        entry.told,
        json.dumps(entry.facts, ensure_ascii=False, sort_keys=True) if entry.facts else "",
    )
