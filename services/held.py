"""Codes that a restore held: nobody knows whether they were used since, until somebody says."""

from typing import Any

from tortoise.expressions import F

from models import Batch, Release
from models.enums import AuditAction, CodeKind, Resource
from services import audit, batches, undoing
from services.actor import Actor
from services.database import fetch, is_id, unit_of_work
from services.errors import Conflict
from services.permissions import Permission, require

RELEASE = "UPDATE code SET status = 'READY' WHERE batch_id = ? AND status = 'HELD'"
ENDED = "No code of these is held any more."


@unit_of_work
async def release(
    actor: Actor,
    batch_id: int,
    reason: str,
    *,
    code_id: int | None = None,
    kind: CodeKind = CodeKind.ACCESS,
) -> int:
    """Let held codes of a batch work again, all or this one; returns how many.

    Raises Invalid(reason), NotFound, and Conflict where none is held.
    """
    require(actor, Permission.ADMINISTER_WORKSPACE)
    batch = await batches.own(actor, batch_id, kind=kind)
    why = undoing.reason_of(reason)
    released = await _release(batch, code_id)
    if not released:
        raise Conflict(ENDED)
    codes = len(released)
    await Batch.filter(id=batch.id).update(held=F("held") - codes, ready=F("ready") + codes)
    kept = await Release.create(
        workspace_id=batch.workspace_id,
        batch_id=batch.id,
        code_id=code_id,
        released_by_id=actor.person_id,
        codes=codes,
        reason=why,
    )
    # the reason may name somebody: it stands at the release, and the log says that there is one
    facts: dict[str, Any] = {"release": kept.id, "reason": True}
    if code_id is None:
        await audit.record(
            AuditAction.RELEASE, Resource.BATCH, batch.id, by=actor, codes=codes, **facts
        )
    else:
        ending = released[0]["ending"]
        await audit.record(
            AuditAction.RELEASE, Resource.CODE, code_id, by=actor, ending=ending, **facts
        )
    batches.changed(batch)
    return codes


async def _release(batch: Batch, code_id: int | None) -> list[dict[str, Any]]:
    if code_id is None:
        return await fetch(f"{RELEASE} RETURNING ending", batch.id)
    if not is_id(code_id):
        return []
    return await fetch(f"{RELEASE} AND id = ? RETURNING ending", batch.id, code_id)
