"""The outbox: messages are put into it by what causes them, in the same transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from models import Message
from models.enums import AuditAction, MessageKind, MessageState, Resource
from services import audit, emails, signals
from services.actor import Actor
from services.database import insert_returning, is_id, unit_of_work
from services.errors import Conflict, NotFound
from services.permissions import Permission, can, require
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

COLUMNS = (
    "created_at",
    "workspace_id",
    "kind",
    "state",
    "batch_id",
    "code_id",
    "activation_id",
    "delivery_id",
    "requested_by_id",
    "recipient",
    "recipient_key",
    "recipient_name",
    "message_id",
    "tries",
    "queued_at",
    "next_try_at",
    "holder",
    "last_answer",
)
TOGETHER = 500  # rows in one statement
RETRIED = (MessageState.FAILED, MessageState.RETRYING)
NOT_NOW = {
    MessageState.QUEUED: "This mail is about to be sent already.",
    MessageState.SENDING: "This mail is being sent right now.",
    MessageState.SENT: "This mail was sent already.",
}
FORGOTTEN = "The address of this mail was forgotten; it cannot be sent any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail to be: to one address that `emails.read` gave, about these rows."""

    kind: MessageKind
    workspace_id: int | None
    recipient: str
    name: str = ""
    batch_id: int | None = None
    code_id: int | None = None
    activation_id: int | None = None
    delivery_id: int | None = None
    requested_by_id: int | None = None


async def put(drafts: Sequence[Draft]) -> list[int]:
    """Queue a message for each draft; returns their ids, in order. Call inside a unit of work."""
    at = now()
    rows = [_row(draft, at) for draft in drafts]
    ids: dict[str, int] = {}
    for first in range(0, len(rows), TOGETHER):
        made = await insert_returning("message", COLUMNS, rows[first : first + TOGETHER])
        ids |= {row["message_id"]: row["id"] for row in made}
    place = COLUMNS.index("message_id")
    in_order = [ids[str(row[place])] for row in rows]
    for workspace_id in {draft.workspace_id for draft in drafts}:
        signals.emit(Changed(workspace_id, Topic.MESSAGES, tuple(in_order)))
    return in_order


def _row(draft: Draft, at: object) -> tuple[object, ...]:
    return (
        at,
        draft.workspace_id,
        draft.kind.value,
        MessageState.QUEUED.value,
        draft.batch_id,
        draft.code_id,
        draft.activation_id,
        draft.delivery_id,
        draft.requested_by_id,
        draft.recipient,
        emails.key(draft.recipient),
        draft.name,
        new_message_id(),
        0,
        at,
        at,
        "",
        "",
    )


def new_message_id() -> str:
    """RFC 5322, 3.6.4: unique and the same at every attempt, so that a receiver can tell."""
    settings = get_settings()
    own = settings.mail_from.rpartition("@")[2], urlsplit(settings.base_url).hostname
    host = next((name for name in own if name and name.isascii()), "localhost")
    return f"<{uuid.uuid4().hex}@{host}>"


async def own(actor: Actor, message_id: int) -> Message:
    """A message of the actor's workspace that they may see. Raises NotFound."""
    require(actor, Permission.READ_OWN_MESSAGES)
    message = is_id(message_id) and await Message.get_or_none(
        id=message_id, workspace_id=actor.workspace
    )
    sees = message and (
        message.requested_by_id == actor.person_id or can(actor, Permission.READ_ALL_MESSAGES)
    )
    if not message or not sees:
        raise NotFound("This message does not exist, or not for you.")
    return message


@unit_of_work
async def retry(actor: Actor, message_id: int) -> None:
    """Send a failed or waiting message now, as the same mail; its days begin anew.

    Raises NotFound; Conflict where there is nothing to retry.
    """
    message = await own(actor, message_id)
    at = now()
    retried = await Message.filter(
        id=message_id, state__in=RETRIED, forgotten_at__isnull=True
    ).update(state=MessageState.QUEUED, queued_at=at, next_try_at=at)
    if not retried:
        raise Conflict(NOT_NOW.get(message.state, FORGOTTEN))
    await audit.record(
        AuditAction.RETRY, Resource.MESSAGE, message_id, by=actor, kind=message.kind.value
    )
    signals.emit(Changed(message.workspace_id, Topic.MESSAGES, (message_id,)))
