"""Batches: asked for, issued, revoked."""

import logging
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import Batch, Code
from models.enums import AuditAction, BatchState, CodeKind, Resource, Status
from services import audit, batch_form, emails, holders, signals
from services.actor import Actor
from services.batch_form import BatchOrder, BatchRequest
from services.database import fetch, insert_many, is_id, unit_of_work
from services.errors import Conflict, NotFound
from services.issuing import CODE_COLUMNS, mail_set, rows_of
from services.permissions import Permission, can, require
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

FAILURE = "The codes could not be stored. Nothing was issued."
MADE_BEFORE = """
SELECT id FROM batch WHERE workspace_id = ? AND idempotency_key = ? AND requested_by_id = ?"""


async def request(actor: Actor, asked: BatchRequest) -> Batch:
    """Make a batch and its codes; a large one is queued, and its codes are made in the background.

    The same key gives the batch that it made the first time. Raises Invalid by field; NotFound
    without the right; Conflict when the codes could not be stored: then the batch stands in the
    list as failed, and has none.
    """
    require(actor, Permission.USE_EDSPACE)
    if made := await _made_before(actor, asked.key):
        return made
    order = await batch_form.check(actor, asked)
    try:
        return await (_queue if order.is_bulk else _make)(actor, order)
    except IntegrityError:  # the same key a moment earlier
        if made := await _made_before(actor, asked.key):
            return made
        raise
    except Exception as error:
        log.exception("A batch failed")
        await _fail(actor, order)
        raise Conflict(FAILURE) from error


async def _made_before(actor: Actor, key: str) -> Batch | None:
    made = await fetch(MADE_BEFORE, actor.workspace, key, actor.person_id)
    return await Batch.get(id=made[0]["id"]) if made else None


@unit_of_work
async def _make(actor: Actor, order: BatchOrder) -> Batch:
    """The batch and its codes in one commit; a crash before it leaves neither."""
    there = {"made": order.quantity, "ready": order.quantity}
    times = {"started_at": now(), "finished_at": now()}
    batch = await _open(actor, order, state=BatchState.DONE, **there, **times)
    await insert_many("code", CODE_COLUMNS, rows_of(batch))
    await mail_set(batch)
    return batch


@unit_of_work
async def _queue(actor: Actor, order: BatchOrder) -> Batch:
    signals.emit(Changed(None, Topic.JOBS))
    return await _open(actor, order, state=BatchState.QUEUED)


@unit_of_work
async def _fail(actor: Actor, order: BatchOrder) -> None:
    failed = {"state": BatchState.FAILED, "failure": FAILURE, "finished_at": now()}
    batch = await _open(actor, order, **failed)
    await audit.record(AuditAction.FAIL, Resource.BATCH, batch.id, by=actor)


async def _open(actor: Actor, order: BatchOrder, **standing: Any) -> Batch:
    batch = await Batch.create(
        workspace_id=actor.workspace,
        kind=CodeKind.ACCESS,
        product_id=order.product_id,
        plan_id=order.plan_id,
        requested_by_id=actor.person_id,
        idempotency_key=order.key,
        quantity=order.quantity,
        valid_from=order.valid_from,
        expires_at=order.expires_at,
        prefix=order.prefix,
        note=order.note,
        sent_to_id=await _recipient(actor, order.notify),
        **standing,
    )
    detail = {"plan": order.plan_id, "codes": order.quantity}
    await audit.record(AuditAction.CREATE, Resource.BATCH, batch.id, by=actor, **detail)
    changed(batch)
    return batch


async def _recipient(actor: Actor, address: str | None) -> int | None:
    if address is None:
        return None
    key = (actor.workspace, emails.key(address), "")
    return (await holders.known({key: address}))[key]


async def own(actor: Actor, batch_id: int) -> Batch:
    """A batch of the actor's workspace. Raises NotFound."""
    require(actor, Permission.USE_EDSPACE)
    batch = is_id(batch_id) and await Batch.get_or_none(
        id=batch_id, workspace_id=actor.workspace, kind=CodeKind.ACCESS
    ).select_related("product", "plan", "requested_by", "sent_to")
    if not batch:
        raise NotFound("This batch does not exist, or not in this workspace.")
    return batch


def may_revoke(actor: Actor, requested_by_id: int) -> bool:
    """Admins revoke in every batch, sales people in their own."""
    own_batch = requested_by_id == actor.person_id and can(actor, Permission.REVOKE_OWN_BATCHES)
    return own_batch or can(actor, Permission.REVOKE_ANY_BATCH)


@unit_of_work
async def revoke_unused(actor: Actor, batch_id: int) -> int:
    """Revoke every READY code of the batch; returns how many. Activated ones stay as they are."""
    batch = await own(actor, batch_id)
    if not may_revoke(actor, batch.requested_by_id):
        raise NotFound("You can revoke codes of your own batches only.")
    revoked = await Code.filter(batch_id=batch_id, status=Status.READY).update(
        status=Status.REVOKED, revoked_at=now(), revoked_by_id=actor.person_id
    )
    if not revoked:
        raise Conflict("No code of this batch is unused any more.")
    await count_revoked(batch, revoked)
    await audit.record(AuditAction.REVOKE, Resource.BATCH, batch_id, by=actor, codes=revoked)
    return revoked


async def count_revoked(batch: Batch, codes: int) -> None:
    """Move codes from ready to revoked in the batch's counters, and say so."""
    await Batch.filter(id=batch.id).update(ready=F("ready") - codes, revoked=F("revoked") + codes)
    changed(batch)


def changed(batch: Batch) -> None:
    signals.emit(Changed(batch.workspace_id, Topic.BATCHES, (batch.id,)))
