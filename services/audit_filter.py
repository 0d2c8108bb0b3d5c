"""Which entries of the log somebody wants: as it is asked, and as the database is asked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tortoise.expressions import Q

from models import Person
from models.enums import AuditAction, Resource
from services import periods, texts, zones
from services.database import is_id, is_postgres, reader
from services.errors import Invalid
from services.periods import Period

EVER = Period()
NOWHERE = 0  # as a workspace: entries that belong to none
MOST_PEOPLE = 500  # beyond that the names are looked at entry by entry
NUMBER = re.compile(r"(?:([a-z]+)\s+)?#?([0-9]{1,15})")
DETAIL = r"LOWER(CAST(detail AS TEXT)) LIKE ? ESCAPE '\'"
OF_PEOPLE = r"""EXISTS (SELECT 1 FROM person WHERE person.id = audit_entry.person_id
    AND (LOWER(person.name) LIKE ? ESCAPE '\' OR person.email_key LIKE ? ESCAPE '\'))"""

# The indexes of audit_entry by which entries come in the order of their ids, the best one first;
# then each column in a form that no index serves.
LEADS = (
    ("resource", "target_id"),
    ("person_id",),
    ("workspace_id", "action"),
    ("workspace_id", "resource"),
    ("workspace_id",),
)
UNLED = {
    "workspace_id": "workspace_id + 0",
    "person_id": "person_id + 0",
    "action": "action || ''",
    "resource": "resource || ''",
    "target_id": "target_id + 0",
}

E = TypeVar("E", AuditAction, Resource)
MOST_DIGITS = 19  # of 2**63
Conditions = list[tuple[str, list[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """`workspace_id` narrows the installation's log; NOWHERE to what belongs to no workspace."""

    period: Period = EVER
    person_id: int | None = None
    action: AuditAction | None = None
    resource: Resource | None = None
    target_id: int | None = None
    workspace_id: int | None = None
    search: str = ""

    def as_query(self) -> dict[str, str]:
        """What `read` makes the same filter of; only what was asked for."""
        asked = {
            "from": self.period.since,
            "until": self.period.until,
            "user": self.person_id,
            "action": self.action and self.action.value,
            "resource": self.resource and self.resource.value,
            "target": self.target_id,
            "workspace": self.workspace_id,
            "search": self.search,
        }
        return {name: str(value) for name, value in asked.items() if value not in (None, "")}


def read(asked: Mapping[str, str]) -> AuditFilter:
    """A filter as an address or a form gives it. Raises Invalid by field."""
    return AuditFilter(
        period=periods.period(asked.get("from", ""), asked.get("until", "")),
        person_id=_number(asked, "user"),
        action=_word(asked, "action", AuditAction),
        resource=_word(asked, "resource", Resource),
        target_id=_number(asked, "target"),
        workspace_id=_number(asked, "workspace", least=NOWHERE),
        search=texts.sought(asked.get("search", "")),
    )


def _number(asked: Mapping[str, str], field: str, least: int = 1) -> int | None:
    typed = asked.get(field, "").strip().removeprefix("#")
    if not typed:
        return None
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
    if is_number and least <= int(typed) < 2**63:
        return int(typed)
    raise Invalid({field: "Enter a number, such as 97."})


def _word(asked: Mapping[str, str], field: str, words: type[E]) -> E | None:
    typed = asked.get(field, "")
    if typed and typed not in {word.value for word in words}:
        raise Invalid({field: "The log has no such word. Choose one from the list."})
    return words(typed) if typed else None


async def conditions(wanted: AuditFilter, log_of: int | None, zone: str) -> Conditions:
    """In SQL, of one workspace's log or of the installation's; days are of `zone`."""
    return [
        *_equalities(wanted, log_of),
        *_in_workspace(wanted.workspace_id, log_of),
        *_within(wanted.period, zone),
        *await _sought(wanted.search, log_of),
    ]


def _equalities(wanted: AuditFilter, log_of: int | None) -> Conditions:
    """One index leads, which is chosen here: SQLite knows too little of the values to choose."""
    asked = {
        "workspace_id": wanted.workspace_id or None if log_of is None else log_of,
        "person_id": wanted.person_id,
        "action": wanted.action and wanted.action.value,
        "resource": wanted.resource and wanted.resource.value,
        "target_id": wanted.target_id,
    }
    given = {column: value for column, value in asked.items() if value is not None}
    lead = next((each for each in LEADS if given.keys() >= set(each)), ())
    return [
        (f"{column if column in lead else UNLED[column]} = ?", [value])
        for column, value in given.items()
    ]


def _in_workspace(workspace_id: int | None, log_of: int | None) -> Conditions:
    """A workspace's log holds no other's; the owner may ask for what belongs to none."""
    if workspace_id == NOWHERE:
        return [("workspace_id IS NULL", [])]
    if workspace_id is None or log_of is None:
        return []
    return [(f"{UNLED['workspace_id']} = ?", [workspace_id])]


def _within(period: Period, zone: str) -> Conditions:
    found: Conditions = []
    if period.since:
        found.append(("at >= ?", [zones.start_of(period.since, zone)]))
    if period.until:
        found.append(("at < ?", [zones.end_of(period.until, zone)]))
    return found


async def _sought(search: str, log_of: int | None) -> Conditions:
    """By the number of a target, by who it was, or by the detail; what was typed is literal."""
    if not search:
        return []
    ways = [_number_of(search), await _people(search, log_of), (DETAIL, [_within_json(search)])]
    found = [way for way in ways if way]
    sql = " OR ".join(condition for condition, _ in found)
    return [(f"({sql})", [value for _, values in found for value in values])]


def _number_of(search: str) -> tuple[str, list[Any]] | None:
    """97, #97 and Batch 97."""
    number = NUMBER.fullmatch(search.casefold())
    if not number or not is_id(int(number[2])):
        return None
    resource = (number[1] or "").upper()
    if resource in {each.value for each in Resource}:
        return "(resource = ? AND target_id = ?)", [resource, int(number[2])]
    return None if resource else ("target_id = ?", [int(number[2])])


async def _people(search: str, log_of: int | None) -> tuple[str, list[Any]] | None:
    named = Q(name__icontains=search) | Q(email_key__contains=search.casefold())
    people = Person.filter(named).using_db(reader())
    if log_of is not None:
        people = people.filter(Q(workspace_id=log_of) | Q(workspace_id=None))
    ids = await people.limit(MOST_PEOPLE + 1).values_list("id", flat=True)
    if len(ids) > MOST_PEOPLE:
        like = [_like(search.lower()), _like(search.casefold())]
        return OF_PEOPLE, like
    return ("person_id IN (?)", [list(ids)]) if ids else None


def _within_json(search: str) -> str:
    """As the text stands in the stored detail: SQLite keeps it in ASCII, PostgreSQL as it is."""
    return _like(json.dumps(search, ensure_ascii=not is_postgres())[1:-1].lower())


def _like(text: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
