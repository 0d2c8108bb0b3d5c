"""The outbox: messages are put into it by what causes them, in the same transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from models.enums import AccountChange, MessageKind, MessageState
from services import emails, signals
from services.database import insert_returning
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
    "invitation_id",
    "reset_id",
    "user_id",
    "head_id",
    "change",
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
TOGETHER = 200  # rows in one statement


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
    invitation_id: int | None = None
    reset_id: int | None = None
    user_id: int | None = None
    head_id: int | None = None
    change: AccountChange | None = None
    requested_by_id: int | None = None


async def put(drafts: Sequence[Draft]) -> list[int]:
    """Queue a message for each draft; returns their ids, in order. Call inside a unit of work."""
    at = now()
    rows = [_row(draft, at) for draft in drafts]
    ids: dict[str, int] = {}
    for first in range(0, len(rows), TOGETHER):
        some = rows[first : first + TOGETHER]
        made = await insert_returning("message", COLUMNS, some, wanted=["message_id"])
        ids |= {row["message_id"]: row["id"] for row in made}
    place = COLUMNS.index("message_id")
    in_order = [ids[str(row[place])] for row in rows]
    for workspace_id in {draft.workspace_id for draft in drafts}:
        signals.emit(Changed(workspace_id, Topic.MESSAGES, tuple(in_order)))
    return in_order


def _row(draft: Draft, at: datetime) -> tuple[object, ...]:
    return (
        at,
        draft.workspace_id,
        draft.kind.value,
        MessageState.QUEUED.value,
        draft.batch_id,
        draft.code_id,
        draft.activation_id,
        draft.delivery_id,
        draft.invitation_id,
        draft.reset_id,
        draft.user_id,
        draft.head_id,
        draft.change and draft.change.value,
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
