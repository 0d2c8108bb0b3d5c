"""Mails that wait and have nothing to say any more: ended without troubling anybody."""

from models import Message
from models.enums import MessageState
from services import signals
from services.outbox_due import WAITING
from services.signals import Changed, Topic
from services.zones import now


async def end(because: str, **about: object) -> None:
    """Of the installation's mails `about` that. Nobody is told of it as of a mail that failed.

    Call inside a unit of work.
    """
    waiting = Message.filter(workspace_id=None, state__in=WAITING, **about)
    ids = [message.id for message in await waiting]
    await waiting.update(state=MessageState.FAILED, last_answer=because, next_try_at=now())
    if ids:
        signals.emit(Changed(None, Topic.MESSAGES, tuple(ids)))
