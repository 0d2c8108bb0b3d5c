"""Mail once more: to the same address, to all that failed, to all who wait; or to another one."""

from dataclasses import dataclass, replace
from typing import Any

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from models import Batch, Code, Message
from models.enums import AuditAction, MessageKind, MessageState, Resource, Status
from services import (
    audit,
    batches,
    deliveries,
    emails,
    holders,
    letters,
    messages,
    outbox,
    signals,
    step_up,
)
from services.actor import Actor
from services.database import fetch, is_id, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.message_states import OF_A_SET
from services.outbox import Draft
from services.outbox_due import WAITING
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

ABOUT_CODES = """
SELECT message.id, message.state, message.recipient, message.recipient_name, message.code_id,
    message.delivery_id
FROM message JOIN code ON code.id = message.code_id AND code.status = 'READY'
WHERE message.recipient <> '' AND message.id IN (
    SELECT MAX(id) FROM message WHERE batch_id = ? AND kind = 'PERSONAL' GROUP BY code_id
)
ORDER BY message.id"""
UNUSED = (Status.READY, Status.HELD)
BUSY = "This mail is being sent right now. Try again in a moment."
NEWER = "There is a newer mail about this. Use that one."
INSTEAD = "Sent to another address instead."


@dataclass(frozen=True, slots=True)
class Again:
    """How many unused codes of a batch: their mail failed, or was sent and not acted on."""

    failed: int
    waiting: int


async def counts(actor: Actor, batch_id: int) -> Again:
    """Raises NotFound."""
    await batches.own(actor, batch_id)
    rows = await fetch(ABOUT_CODES, batch_id)
    states = [row["state"] for row in rows]
    return Again(states.count(MessageState.FAILED.value), states.count(MessageState.SENT.value))


@unit_of_work
async def to_all_failed(actor: Actor, batch_id: int) -> int:
    """Try every failed mail of a batch to a person again, the same mails; returns how many."""
    await batches.own(actor, batch_id)
    await deliveries.follow(batch_id)
    failed = await _newest(batch_id, MessageState.FAILED)
    await step_up.require_for_codes(actor, len(failed))
    at = now()
    retried = await Message.filter(
        id__in=[row["id"] for row in failed], state=MessageState.FAILED
    ).update(state=MessageState.QUEUED, queued_at=at, next_try_at=at)
    if not retried:
        raise Conflict("No mail of this batch to a person has failed.")
    await _record(actor, Resource.BATCH, batch_id, failed=retried)
    ids = tuple(row["id"] for row in failed)
    signals.emit(Changed(actor.workspace, Topic.MESSAGES, ids))
    signals.emit(Changed(actor.workspace, Topic.BATCHES, (batch_id,)))
    return retried


@unit_of_work
async def to_all_waiting(actor: Actor, batch_id: int) -> int:
    """A new mail to everybody who was sent a code of the batch and has not activated it."""
    batch = await batches.own(actor, batch_id)
    await deliveries.follow(batch_id)
    sent = await _newest(batch_id, MessageState.SENT)
    if not sent:
        raise Conflict("Nobody who was sent a code of this batch has still to activate it.")
    if batch.expires_at and batch.expires_at <= now():
        raise Conflict("The codes of this batch have expired; nobody could use them.")
    await step_up.require_for_codes(actor, len(sent))
    await outbox.put([_again(actor, batch_id, row) for row in sent])
    await _record(actor, Resource.BATCH, batch_id, waiting=len(sent))
    signals.emit(Changed(actor.workspace, Topic.BATCHES, (batch_id,)))
    return len(sent)


async def _newest(batch_id: int, state: MessageState) -> list[dict[str, Any]]:
    rows = await fetch(ABOUT_CODES, batch_id, for_update=True)
    return [row for row in rows if row["state"] == state.value]


def _again(actor: Actor, batch_id: int, row: dict[str, Any]) -> Draft:
    return Draft(
        kind=MessageKind.PERSONAL,
        workspace_id=actor.workspace,
        recipient=row["recipient"],
        name=row["recipient_name"],
        batch_id=batch_id,
        code_id=row["code_id"],
        delivery_id=row["delivery_id"],
        requested_by_id=actor.person_id,
    )


@unit_of_work
async def resend(actor: Actor, message_id: int) -> None:
    """The same again to the same address, as a new mail.

    Raises NotFound; Conflict where it is on its way or was overtaken; Pointless.
    """
    message = await _in_hand(actor, message_id)
    if message.state is not MessageState.SENT:
        raise Conflict("This mail was not sent yet. Use Retry.")
    if not message.recipient:
        raise Conflict(messages.FORGOTTEN)
    await step_up.require_for_codes(actor, await messages.codes_in(message))
    new = await _put(_draft(actor, message))
    await _record(actor, Resource.MESSAGE, new, resent=message_id)
    _changed(message)


@unit_of_work
async def redirect(actor: Actor, message_id: int, email: str) -> None:
    """The same to another address; the links in the earlier mail are withdrawn.

    Raises NotFound, Invalid(email), Pointless; Conflict for what belongs to one address only.
    """
    message = await _in_hand(actor, message_id)
    if message.kind is MessageKind.CONFIRMATION:
        raise Conflict("A confirmation goes to the person who activated the code, and nobody else.")
    address = emails.read(email)
    if emails.key(address) == message.recipient_key:
        raise Invalid({"email": "The mail went to this address. To send it once more, use Resend."})
    await step_up.require_for_codes(actor, await messages.codes_in(message))
    await _end(message)
    await _hand_over(message, address)
    new = await _put(replace(_draft(actor, message), recipient=address))
    await _record(actor, Resource.MESSAGE, new, redirected_from=message_id)
    _changed(message)


@unit_of_work
async def retry(actor: Actor, message_id: int) -> None:
    """As `messages.retry`, for whoever may send; also a mail that a colleague sent."""
    await messages.retry_now(actor, await _of_workspace(actor, message_id))


async def _of_workspace(actor: Actor, message_id: int) -> Message:
    require(actor, Permission.USE_EDSPACE)
    message = is_id(message_id) and await Message.get_or_none(
        id=message_id, workspace_id=actor.workspace
    )
    if not message:
        raise NotFound("This message does not exist, or not in this workspace.")
    return message


async def _in_hand(actor: Actor, message_id: int) -> Message:
    """A message of this workspace, and the newest about what it is about."""
    message = await _of_workspace(actor, message_id)
    await deliveries.follow(message.batch_id or 0)
    await message.refresh_from_db()
    about = {"batch_id": message.batch_id, "code_id": message.code_id}
    of_kind = OF_A_SET if message.kind in OF_A_SET else (message.kind,)
    if await Message.filter(id__gt=message_id, kind__in=of_kind, **about).exists():
        raise Conflict(NEWER)
    return message


async def _put(draft: Draft) -> int:
    """Queue it, unless there is nothing left to say: of the earlier one a link may have ended."""
    [new] = await outbox.put([draft])
    await letters.read(new)
    return new


def _draft(actor: Actor, message: Message) -> Draft:
    return Draft(
        kind=message.kind,
        workspace_id=message.workspace_id,
        recipient=message.recipient,
        name=message.recipient_name,
        batch_id=message.batch_id,
        code_id=message.code_id,
        activation_id=message.activation_id,
        delivery_id=message.delivery_id,
        requested_by_id=actor.person_id,
    )


async def _end(message: Message) -> None:
    """Take it out of the outbox where it still waits there; what was answered so far stays."""
    waits = Message.filter(id=message.id, state__in=WAITING)
    ended = await waits.update(state=MessageState.FAILED, last_answer=INSTEAD)
    if not ended and await Message.exists(id=message.id, state=MessageState.SENDING):
        raise Conflict(BUSY)


async def _hand_over(message: Message, address: str) -> None:
    """Whom the codes were sent to, from now on; links in the earlier mail lead nowhere."""
    assert message.workspace_id is not None, "messages.own gives those of a workspace"
    key = (message.workspace_id, emails.key(address), message.recipient_name)
    # the codes before the holder, as an activation takes them: else the two wait for each other
    if message.kind is MessageKind.PERSONAL:
        unused = Code.filter(id=message.code_id, status=Status.READY)
        await _withdraw(unused)
        await unused.update(sent_to_id=(await holders.known({key: address}))[key])
        return
    if message.kind is MessageKind.CODES:
        # the links of codes that went to people stand in their own mails, and stay good
        unused = Code.filter(batch_id=message.batch_id, status__in=UNUSED, sent_to_id=None)
        await _withdraw(unused)
    person_id = (await holders.known({key: address}))[key]
    await Batch.filter(id=message.batch_id).update(sent_to_id=person_id)


async def _withdraw(codes: QuerySet[Code]) -> None:
    await codes.update(link_version=F("link_version") + 1)


async def _record(actor: Actor, resource: Resource, target_id: int, **detail: int) -> None:
    await audit.record(AuditAction.SEND, resource, target_id, by=actor, **detail)


def _changed(message: Message) -> None:
    signals.emit(Changed(message.workspace_id, Topic.MESSAGES, (message.id,)))
    if message.batch_id:
        signals.emit(Changed(message.workspace_id, Topic.BATCHES, (message.batch_id,)))
