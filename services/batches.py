"""Batches: asked for, issued, revoked."""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import AgreementShare, Batch
from models.enums import AuditAction, BatchState, CodeKind, Resource
from services import agreement_claims, audit, batch_form, emails, holders, signals, step_up
from services.actor import Actor
from services.batch_form import BatchOrder, BatchRequest
from services.database import fetch, insert_many, is_id, unit_of_work
from services.errors import Conflict, DomainError, NotFound
from services.issuing import CODE_COLUMNS, mail_set, rows_of
from services.permissions import HANDLING, Permission, can, require
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

FAILURE = "The codes could not be stored. Nothing was issued."
MADE_BEFORE = """
SELECT id FROM batch WHERE workspace_id = ? AND idempotency_key = ? AND requested_by_id = ?"""
REVOKE_UNUSED = """
UPDATE code SET status = 'REVOKED', revoked_at = ?, revoked_by_id = ?
WHERE batch_id = ? AND status IN ('READY', 'HELD') RETURNING agreement_id"""
HELD = "SELECT held FROM batch WHERE id = ?"
NAMED = ("product", "plan", "action__scheme", "requested_by", "sent_to")


async def request(actor: Actor, asked: BatchRequest) -> Batch:
    """Make a batch and its codes; a large one is queued, and its codes are made in the background.

    The same key gives the batch that it made the first time. Raises Invalid by field; NotFound
    without the right; ConfirmationDue for many; Conflict when the codes could not be stored: then
    the batch stands in the list as failed, and has none.
    """
    require(actor, Permission.USE_EDSPACE)
    if made := await made_before(actor, asked.key):
        return made
    return await issue(actor, await batch_form.check(actor, asked))


async def issue(actor: Actor, order: BatchOrder) -> Batch:
    """What was asked for and found good, as `request` says; of either kind."""
    if not order.is_bulk:  # of a large one neither answer nor mail has a code
        mailed = order.quantity if order.notify else 0
        await step_up.foresee_codes(actor, order.quantity + mailed)
    try:
        return await (_queue if order.is_bulk else _make)(actor, order)
    except IntegrityError:  # the same key a moment earlier
        if made := await made_before(actor, order.key):
            return made
        raise
    except DomainError:
        raise
    except Exception as error:
        log.exception("A batch failed")
        await _fail(actor, order)
        raise Conflict(FAILURE) from error


async def made_before(actor: Actor, key: str) -> Batch | None:
    made = await fetch(MADE_BEFORE, actor.workspace, key, actor.person_id)
    return await Batch.get(id=made[0]["id"]) if made else None


@unit_of_work
async def _make(actor: Actor, order: BatchOrder) -> Batch:
    """The batch and its codes in one commit; a crash before it leaves neither."""
    if order.notify:
        await step_up.require_for_codes(actor, order.quantity)
    there = {"made": order.quantity, "ready": order.quantity}
    times = {"started_at": now(), "finished_at": now()}
    batch = await _open(actor, order, state=BatchState.DONE, **there, **times)
    shares = await _claim(actor, batch)
    await insert_many("code", CODE_COLUMNS, rows_of(batch, shares=shares))
    await mail_set(batch)
    return batch


@unit_of_work
async def _queue(actor: Actor, order: BatchOrder) -> Batch:
    batch = await _open(actor, order, state=BatchState.QUEUED)
    await _claim(actor, batch)
    signals.emit(Changed(None, Topic.JOBS))
    return batch


async def _claim(actor: Actor, batch: Batch) -> list[AgreementShare]:
    if batch.kind is not CodeKind.PURCHASE:
        return []
    return await agreement_claims.claim(actor, batch)


@unit_of_work
async def _fail(actor: Actor, order: BatchOrder) -> None:
    failed = {"state": BatchState.FAILED, "failure": FAILURE, "finished_at": now()}
    batch = await _open(actor, order, **failed)
    await audit.record(AuditAction.FAIL, Resource.BATCH, batch.id, by=actor)


async def _open(actor: Actor, order: BatchOrder, **standing: Any) -> Batch:
    batch = await Batch.create(
        workspace_id=actor.workspace,
        kind=order.kind,
        product_id=order.product_id,
        plan_id=order.plan_id,
        action_id=order.action_id,
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
    is_access = order.kind is CodeKind.ACCESS
    opens = {"plan": order.plan_id} if is_access else {"purchased_action": order.action_id}
    detail = {**opens, "codes": order.quantity}
    await audit.record(AuditAction.CREATE, Resource.BATCH, batch.id, by=actor, **detail)
    changed(batch)
    return batch


async def _recipient(actor: Actor, address: str | None) -> int | None:
    if address is None:
        return None
    key = (actor.workspace, emails.key(address), "")
    return (await holders.known({key: address}))[key]


async def own(actor: Actor, batch_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> Batch:
    """A batch of this kind in the actor's workspace. Raises NotFound."""
    require(actor, HANDLING[kind])
    batch = is_id(batch_id) and await Batch.get_or_none(
        id=batch_id, workspace_id=actor.workspace, kind=kind
    ).select_related(*NAMED)
    if not batch:
        raise NotFound("This batch does not exist, or not in this workspace.")
    return batch


def may_revoke(actor: Actor, batch: Batch) -> bool:
    """Admins revoke in every batch, sales people in their own, which hold access codes only."""
    if batch.kind is CodeKind.PURCHASE:
        return can(actor, Permission.HANDLE_PURCHASE_CODES)
    is_own = batch.requested_by_id == actor.person_id
    own_batch = is_own and can(actor, Permission.REVOKE_OWN_BATCHES)
    return own_batch or can(actor, Permission.REVOKE_ANY_BATCH)


@unit_of_work
async def revoke_unused(actor: Actor, batch_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> int:
    """Revoke every READY or HELD code of the batch; returns how many. Activated ones stay."""
    batch = await own(actor, batch_id, kind=kind)
    if not may_revoke(actor, batch):
        raise NotFound("You can revoke codes of your own batches only.")
    revoked = await fetch(REVOKE_UNUSED, now(), actor.person_id, batch_id)
    if not revoked:
        raise Conflict("No code of this batch is unused any more.")
    [counted] = await fetch(HELD, batch_id)  # none of them is left
    held = counted["held"]
    await count_revoked(batch, Counter(row["agreement_id"] for row in revoked), held=held)
    detail = {"codes": len(revoked)} | ({"held": held} if held else {})
    await audit.record(AuditAction.REVOKE, Resource.BATCH, batch_id, by=actor, **detail)
    return len(revoked)


async def count_revoked(batch: Batch, under: Mapping[int | None, int], *, held: int = 0) -> None:
    """Move so many codes from ready, or from held, to revoked in the batch's counters.

    `under` counts them by their agreement, which gets them back; `held` of them were held.
    """
    codes = sum(under.values())
    await Batch.filter(id=batch.id).update(
        ready=F("ready") - (codes - held), held=F("held") - held, revoked=F("revoked") + codes
    )
    returned = {each: number for each, number in under.items() if each is not None}
    await agreement_claims.give_back(batch.workspace_id, returned)
    changed(batch)


def changed(batch: Batch) -> None:
    signals.emit(Changed(batch.workspace_id, Topic.BATCHES, (batch.id,)))
