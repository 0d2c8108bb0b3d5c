"""The log as people read it: of one workspace for its admins, of the installation for its owner."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from models import Person, User, Workspace
from services import audit_scan, audit_targets, audit_words
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.audit_scan import Row, Search
from services.database import moment, reader
from services.paging import Key, Keyed
from services.permissions import Permission, require

MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One line of the log. Without a `person_id` the program itself did it.

    `target` is what it is about as that is called now, `told` the detail in words, and `facts` the
    detail as it is stored.
    """

    id: int
    at: datetime
    person_id: int | None
    name: str
    email: str
    action: str
    resource: str
    target_id: int | None
    target: str
    workspace_id: int | None
    workspace: str
    told: str
    facts: dict[str, Any]


def log_of(actor: Actor) -> int | None:
    """Whose log this person reads: of the workspace they have entered, else the installation's.

    Raises NotFound unless they may.
    """
    if actor.workspace_id is None:
        require(actor, Permission.RUN_INSTALLATION)
        return None
    require(actor, Permission.ADMINISTER_WORKSPACE)
    return actor.workspace_id


async def search(actor: Actor, wanted: AuditFilter) -> Search:
    return await audit_scan.search(wanted, log_of(actor), actor.time_zone)


async def page(
    actor: Actor, wanted: AuditFilter, key: Key | None = None, rows: int = 50
) -> Keyed[EntryView]:
    """One page, newest first; entries that come meanwhile move none of it. Raises NotFound."""
    asked, key = await search(actor, wanted), key or Key()
    if key.after is not None:
        above = await audit_scan.newer(asked, key.after, rows + 1)
        if len(above.rows) > rows:
            newest_first = above.rows[rows - 1 :: -1]
            return await _page(newest_first, newer=True, older=Key(before=newest_first[-1]["id"]))
    before = asked.end if key.after is not None or key.before is None else key.before
    below = await audit_scan.older(asked, before, rows + 1)
    shown, older = below.rows[:rows], None
    if len(below.rows) > rows:
        older = Key(before=shown[-1]["id"])
    elif not below.all_seen:
        older = Key(before=below.edge)
    is_cut = older is not None and len(below.rows) <= rows
    reached = await audit_scan.time_from(below.edge) if is_cut else None
    return await _page(shown, newer=before < asked.end, older=older, reached=reached)


async def _page(
    rows: Sequence[Row], *, newer: bool, older: Key | None, reached: datetime | None = None
) -> Keyed[EntryView]:
    before = older.before if older else None
    top = rows[0]["id"] if rows else (before or 1) - 1
    newer_key = Key(after=top) if newer else None
    return Keyed(rows=await views(rows), newer=newer_key, older=older, reached=reached)


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries were counted before it was enough, and whether these are all."""

    entries: int
    is_all: bool


async def size(
    actor: Actor, wanted: AuditFilter, most: int = 10_000, patience: float = 0.2
) -> Size:
    """How many there are, as far as that is quickly said."""
    return Size(*await audit_scan.count(await search(actor, wanted), most, patience))


async def newest(actor: Actor) -> int:
    """An id that every entry of the log so far is at or below."""
    log_of(actor)
    return await audit_scan.newest()


async def since(actor: Actor, wanted: AuditFilter, entry_id: int, most: int = 100) -> list[int]:
    """The ids of what came after an entry, as far as it meets the filter."""
    asked = await search(actor, wanted)
    return [row["id"] for row in (await audit_scan.newer(asked, entry_id, most)).rows]


async def views(rows: Sequence[Row]) -> list[EntryView]:
    people = await _people(rows)
    targets = await audit_targets.described(rows)
    places = await _workspaces(rows)
    return [_view(row, people, targets, places) for row in rows]


def _view(
    row: Row,
    people: dict[int, Person],
    targets: dict[tuple[str, int], str],
    places: dict[int, Workspace],
) -> EntryView:
    found, facts, at = people.get(row["person_id"] or 0), _detail(row), moment(row["at"])
    place = places.get(row["workspace_id"] or 0)
    assert at, "every entry has its time"
    return EntryView(
        id=row["id"],
        at=at,
        person_id=row["person_id"],
        name=audit_targets.person(found) if found else "",
        email=found.email if found and not found.erased_at else "",
        action=row["action"],
        resource=row["resource"],
        target_id=row["target_id"],
        target=targets.get((row["resource"], row["target_id"] or 0), ""),
        workspace_id=row["workspace_id"],
        workspace=place.name if place else "",
        told=_told(row, facts, place),
        facts=facts,
    )


def _told(row: Row, facts: dict[str, Any], place: Workspace | None) -> str:
    zone = place.time_zone if place else "UTC"
    return audit_words.told(row["action"], row["resource"], facts, zone)


def _detail(row: Row) -> dict[str, Any]:
    stored = row["detail"]
    read = json.loads(stored) if isinstance(stored, str) else stored
    return cast(dict[str, Any], read) if isinstance(read, dict) else {}


async def _people(rows: Sequence[Row]) -> dict[int, Person]:
    ids = {row["person_id"] for row in rows} - {None}
    found = Person.filter(id__in=sorted(ids)).using_db(reader())
    return {person.id: person for person in (await found if ids else [])}


async def _workspaces(rows: Sequence[Row]) -> dict[int, Workspace]:
    ids = {row["workspace_id"] for row in rows} - {None}
    found = Workspace.filter(id__in=sorted(ids)).using_db(reader())
    return {workspace.id: workspace for workspace in (await found if ids else [])}


async def people(actor: Actor) -> dict[int, str]:
    """Whom the log can be narrowed to: those with an account here, by name."""
    query = (
        User.all() if (of := log_of(actor)) is None else User.filter(memberships__workspace_id=of)
    )
    users = await query.using_db(reader()).select_related("person").limit(MOST_LISTED)
    named = {user.person_id: audit_targets.person(user.person) for user in users}
    return dict(sorted(named.items(), key=lambda each: each[1].casefold()))
