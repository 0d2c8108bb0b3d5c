"""Codes sent to people: one code and one mail for each, all of them or none."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from models import Batch, Delivery
from models.enums import AuditAction, BatchState, MessageKind, Resource
from services import audit, batches, database, emails, holders, outbox, recipients, step_up
from services.actor import Actor
from services.database import execute_each, fetch, unit_of_work
from services.errors import Conflict, Invalid
from services.outbox import Draft
from services.recipients import Recipient, Recipients
from services.zones import now

SENT_ALREADY = """
SELECT DISTINCT person.email_key FROM code JOIN person ON person.id = code.sent_to_id
WHERE code.batch_id = ? AND code.status <> 'REVOKED'"""
# a code whose activation was undone is READY, but somebody has it
FREE = """
FROM code WHERE batch_id = ? AND status = 'READY' AND sent_to_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM activation WHERE activation.code_id = code.id)"""
LEFT = f"SELECT COUNT(*) AS codes {FREE}"
UNSENT = f"SELECT id {FREE} ORDER BY ordinal LIMIT ?"
GIVE = """
UPDATE code SET sent_to_id = ? WHERE id = ? AND status = 'READY' AND sent_to_id IS NULL"""
MADE_BEFORE = """
SELECT people FROM delivery
WHERE workspace_id = ? AND idempotency_key = ? AND requested_by_id = ?"""
FIELD = "recipients"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What Send would do: `fresh` get a code, `before` have one of this batch and are left out.

    `left` is how many codes of the batch are neither sent nor used.
    """

    fresh: tuple[Recipient, ...]
    before: tuple[Recipient, ...]
    left: int

    @property
    def is_enough(self) -> bool:
        return len(self.fresh) <= self.left


async def look(actor: Actor, batch_id: int, entered: str | bytes) -> tuple[Recipients, Preview]:
    """What was pasted or uploaded, sorted out, and what Send would do with it.

    Raises NotFound, Conflict, Invalid(recipients).
    """
    await _sendable(actor, batch_id)
    found = await asyncio.to_thread(recipients.read, entered, field=FIELD)
    return found, await preview(actor, batch_id, found.people)


async def preview(actor: Actor, batch_id: int, people: Sequence[Recipient]) -> Preview:
    """Writes nothing. Raises NotFound; Conflict for a batch whose codes cannot be used."""
    return await _preview(await _sendable(actor, batch_id), people)


@unit_of_work
async def send(actor: Actor, batch_id: int, people: Sequence[Recipient], key: str) -> int:
    """Give each person a code of the batch and queue a mail with it; returns how many.

    `key` is made once for each opened dialog: the same key never sends a second time. Who has a
    code of the batch is left out. Raises NotFound, Conflict, ConfirmationDue for many, or
    Invalid(recipients) with numbers; then nothing was sent.
    """
    await follow(batch_id)
    batch = await _sendable(actor, batch_id)
    sent = await _sent_before(actor, key)
    if sent is not None:
        return sent
    found = await _preview(batch, people)
    _check(found)
    await step_up.require_for_codes(actor, len(found.fresh))
    delivery = await Delivery.create(
        workspace_id=batch.workspace_id,
        batch_id=batch.id,
        requested_by_id=actor.person_id,
        idempotency_key=key,
        people=len(found.fresh),
    )
    given = await _give(batch, found.fresh)
    await outbox.put([_draft(delivery, person, code_id) for person, code_id in given])
    detail = {"people": len(given), "delivery": delivery.id}
    await audit.record(AuditAction.SEND, Resource.BATCH, batch.id, by=actor, **detail)
    batches.changed(batch)
    return len(given)


async def follow(batch_id: int) -> None:
    """Let one unit of work at a time send codes of this batch: the next sees what was sent."""
    await database.lock(f"delivery:{batch_id}")


async def _sent_before(actor: Actor, key: str) -> int | None:
    made = await fetch(MADE_BEFORE, actor.workspace, key, actor.person_id)
    return made[0]["people"] if made else None


async def _sendable(actor: Actor, batch_id: int) -> Batch:
    batch = await batches.own(actor, batch_id)
    if batch.state is not BatchState.DONE:
        raise Conflict("This batch has no codes to send.")
    if batch.expires_at and batch.expires_at <= now():
        raise Conflict("The codes of this batch have expired; nobody could use them.")
    return batch


async def _preview(batch: Batch, people: Sequence[Recipient]) -> Preview:
    has_one = {row["email_key"] for row in await fetch(SENT_ALREADY, batch.id)}
    [left] = await fetch(LEFT, batch.id)
    return Preview(
        fresh=tuple(each for each in people if emails.key(each.email) not in has_one),
        before=tuple(each for each in people if emails.key(each.email) in has_one),
        left=left["codes"],
    )


def _check(found: Preview) -> None:
    if not found.fresh and found.before:
        raise Invalid({FIELD: "Everybody on this list has a code of this batch already."})
    if not found.fresh:
        raise Invalid({FIELD: "Enter at least one e-mail address."})
    if not found.is_enough:
        raise Invalid({FIELD: too_many(len(found.fresh), found.left)})


def too_many(people: int, left: int) -> str:
    codes = f"{left:,} codes of this batch are" if left != 1 else "1 code of this batch is"
    return f"{people:,} people, but only {codes} neither sent nor used."


async def _give(batch: Batch, people: Sequence[Recipient]) -> list[tuple[Recipient, int]]:
    """Each person with the id of a code that is theirs from now on."""
    unsent = await fetch(UNSENT, batch.id, len(people), for_update=True)
    persons = await holders.known({_key(batch, each): each.email for each in people})
    pairs = [(each, row["id"]) for each, row in zip(people, unsent, strict=False)]
    rows = [(persons[_key(batch, each)], code_id) for each, code_id in pairs]
    if len(rows) < len(people) or not all(await execute_each(GIVE, rows)):
        raise Conflict(
            "Somebody used codes of this batch a moment ago. Nothing was sent; try again."
        )
    return pairs


def _key(batch: Batch, person: Recipient) -> holders.Key:
    return batch.workspace_id, emails.key(person.email), person.name


def _draft(delivery: Delivery, person: Recipient, code_id: int) -> Draft:
    return Draft(
        kind=MessageKind.PERSONAL,
        workspace_id=delivery.workspace_id,
        recipient=person.email,
        name=person.name,
        batch_id=delivery.batch_id,
        code_id=code_id,
        delivery_id=delivery.id,
        requested_by_id=delivery.requested_by_id,
    )
