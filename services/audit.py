"""Writes the one history row of a command, in the command's own transaction."""

import json
from typing import Any

from models.enums import AuditAction, Resource
from services import notice_kinds, signals
from services.actor import Actor
from services.database import insert_many
from services.signals import Changed, Topic
from services.zones import now

COLUMNS = ("at", "workspace_id", "person_id", "action", "resource", "target_id", "detail")
WORKSPACE = COLUMNS.index("workspace_id")
ACTION = slice(COLUMNS.index("action"), COLUMNS.index("resource") + 1)

Entry = tuple[Any, ...]


def entry(
    action: AuditAction,
    resource: Resource,
    target_id: int | None,
    *,
    by: Actor | None,
    workspace_id: int | None = None,
    person_id: int | None = None,
    **detail: Any,
) -> Entry:
    """One line of the log. `detail` must hold no name, no address and no full code.

    `person_id` names who did it where nobody is signed in; `workspace_id` defaults to the
    workspace that `by` has entered.
    """
    return (
        now(),
        workspace_id if workspace_id is not None else by and by.workspace_id,
        person_id if person_id is not None else by and by.person_id,
        action.value,
        resource.value,
        target_id,
        json.dumps(detail, separators=(",", ":")),
    )


async def record(
    action: AuditAction,
    resource: Resource,
    target_id: int | None,
    *,
    by: Actor | None,
    workspace_id: int | None = None,
    person_id: int | None = None,
    **detail: Any,
) -> None:
    """Add one entry; see `entry`."""
    ids = {"workspace_id": workspace_id, "person_id": person_id}
    await record_all([entry(action, resource, target_id, by=by, **ids, **detail)])


async def record_all(entries: list[Entry]) -> None:
    """Add entries of one unit of work; after it they are sealed, and told to whom they concern."""
    await insert_many("audit_entry", COLUMNS, entries)
    for workspace_id in {each[WORKSPACE] for each in entries}:
        signals.emit(Changed(workspace_id, Topic.AUDIT))
    if any(each[ACTION] in notice_kinds.TABLE for each in entries):
        signals.emit(Changed(None, Topic.HISTORY))
