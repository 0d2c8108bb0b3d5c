"""Agreements: how many codes of an action a workspace was granted; made, edited, ended early.

What is issued, returned and activated under one is counted where that happens.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import Action, Agreement, Workspace
from models.enums import AuditAction, Resource
from services import agreement_form, audit, signals, zones
from services.actor import Actor
from services.agreement_form import AgreementTerms, Granted
from services.database import is_id, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

MOVED = "This agreement was changed in the meantime. Close this and look at it again."
GONE = "This agreement does not exist any more."


async def create(
    actor: Actor, workspace_id: int | None, action_id: int | None, terms: AgreementTerms
) -> Agreement:
    """Raises Invalid by field: workspace, action, and those of the terms."""
    require(actor, Permission.RUN_INSTALLATION)
    workspace, action = await _workspace(workspace_id), await _action(action_id)
    granted = agreement_form.check(terms, workspace.time_zone)
    try:
        return await _create(actor, workspace, action, granted)
    except IntegrityError:
        raise _taken(granted.reference) from None


async def _workspace(workspace_id: int | None) -> Workspace:
    known = workspace_id is not None and is_id(workspace_id)
    found = known and await Workspace.get_or_none(id=workspace_id)
    if not found:
        raise Invalid({"workspace": "Choose a workspace."})
    return found


async def _action(action_id: int | None) -> Action:
    known = action_id is not None and is_id(action_id)
    found = known and await Action.get_or_none(id=action_id).select_related("scheme")
    if not found:
        raise Invalid({"action": "Choose a purchased action."})
    if found.archived_at or found.scheme.archived_at:
        raise Invalid({"action": "This action is archived. Choose another one."})
    if not found.needs_payment:
        raise Invalid({"action": "This action is free; no purchase code pays for it."})
    return found


def _taken(reference: str) -> Invalid:
    taken = f"“{reference}” exists already for this workspace and action. Edit that one."
    return Invalid({"reference": taken})


@unit_of_work
async def _create(
    actor: Actor, workspace: Workspace, action: Action, granted: Granted
) -> Agreement:
    agreement = await Agreement.create(
        workspace_id=workspace.id, action_id=action.id, **asdict(granted)
    )
    detail = {"granted": granted.quantity, "purchased_action": action.id}
    await _record(actor, AuditAction.CREATE, agreement, **detail)
    return agreement


async def change(actor: Actor, agreement_id: int, terms: AgreementTerms, *, revision: int) -> None:
    """New terms for what is issued from now on; workspace and action stay.

    `revision` is the one that was looked at: Conflict where it is another one by now. Raises
    NotFound, and Invalid by field, also for a quantity below what is issued.
    """
    require(actor, Permission.RUN_INSTALLATION)
    before = await _read(agreement_id)
    zone = before.workspace.time_zone
    kept = zones.last_day(before.ends_at, zone)
    granted = agreement_form.check(terms, zone, kept=kept)
    values = asdict(granted)
    if terms.valid_until == kept:  # ended early, it ended before the end of that day
        values["ends_at"] = before.ends_at
    try:
        await _change(actor, before, values, revision)
    except IntegrityError:
        raise _taken(granted.reference) from None


@unit_of_work
async def _change(actor: Actor, before: Agreement, values: dict[str, Any], revision: int) -> None:
    if values["ends_at"] != before.ends_at:
        values["ending_told_at"] = None
    changed = await Agreement.filter(
        id=before.id, revision=revision, issued__lte=F("returned") + values["quantity"]
    ).update(revision=F("revision") + 1, **values)
    if not changed:
        await _refuse(before.id, revision)
    await _record(
        actor,
        AuditAction.UPDATE,
        before,
        granted=values["quantity"],
        ends=_written(values["ends_at"]),
    )


async def _refuse(agreement_id: int, revision: int) -> None:
    now_ = await Agreement.get(id=agreement_id)
    if now_.revision != revision:
        raise Conflict(MOVED)
    issued = now_.issued - now_.returned
    raise Invalid({"quantity": f"{issued:,} are issued already. Enter {issued:,} or more."})


@unit_of_work
async def end(actor: Actor, agreement_id: int) -> None:
    """No code is issued under it from now on, or ever where it has not begun.

    Raises NotFound, and Conflict where it is over.
    """
    require(actor, Permission.RUN_INSTALLATION)
    before = await _read(agreement_id)
    at = now()
    ended = await Agreement.filter(id=agreement_id, ends_at__gt=at).update(
        ends_at=at, revision=F("revision") + 1
    )
    if not ended:
        raise Conflict("This agreement has ended already.")
    await Agreement.filter(id=agreement_id, starts_at__gt=at).update(starts_at=at)
    await _record(actor, AuditAction.UPDATE, before, ends=_written(at), early=True)


async def _read(agreement_id: int) -> Agreement:
    found = is_id(agreement_id) and await Agreement.get_or_none(id=agreement_id).select_related(
        "workspace"
    )
    if not found:
        raise NotFound(GONE)
    return found


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


async def _record(actor: Actor, action: AuditAction, agreement: Agreement, **detail: Any) -> None:
    where = {"workspace_id": agreement.workspace_id}
    await audit.record(action, Resource.AGREEMENT, agreement.id, by=actor, **where, **detail)
    signals.emit(Changed(agreement.workspace_id, Topic.AGREEMENTS, (agreement.id,)))
