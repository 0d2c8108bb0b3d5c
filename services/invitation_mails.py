"""The mail that brings an invitation; `pointless_mails` ends it with the invitation."""

from tortoise.queryset import QuerySet

from models import Invitation, Message
from models.enums import MessageKind, MessageState
from services import outbox, signals
from services.outbox import Draft
from services.outbox_due import WAITING
from services.signals import Changed, Topic
from services.zones import now


async def queue(row: Invitation, *, by: int) -> None:
    """One that waits already goes now. Call inside a unit of work."""
    waiting = _waiting(row.id)
    if ids := [message.id for message in await waiting]:
        at = now()
        await waiting.update(state=MessageState.QUEUED, queued_at=at, next_try_at=at)
        signals.emit(Changed(None, Topic.MESSAGES, tuple(ids)))
        return
    draft = Draft(
        kind=MessageKind.INVITATION,
        workspace_id=None,
        recipient=row.email,
        invitation_id=row.id,
        requested_by_id=by,
    )
    await outbox.put([draft])


def _waiting(invitation_id: int) -> QuerySet[Message]:
    return Message.filter(invitation_id=invitation_id, state__in=WAITING)
