"""Single messages: read as they would be sent, shown in full, tried again."""

from models import Code, Installation, Message
from models.enums import AuditAction, MessageKind, MessageState, Resource, Status
from services import audit, letters, message_list, signals, step_up
from services.actor import Actor
from services.database import is_id, reader, unit_of_work
from services.errors import Conflict, NotFound
from services.letters import Letter
from services.message_list import AGAIN, MessageView
from services.permissions import Permission, require
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

NOT_NOW = {
    MessageState.QUEUED: "This mail is about to be sent already.",
    MessageState.SENDING: "This mail is being sent right now.",
    MessageState.SENT: "This mail was sent already.",
}
PAUSED = "The mail server refuses the mails of this program. The owner's page Health says why."
FORGOTTEN = "The address of this mail was forgotten; it cannot be sent any more."


async def own(actor: Actor, message_id: int) -> Message:
    """A message of the actor's workspace that they may see. Raises NotFound."""
    require(actor, Permission.READ_OWN_MESSAGES)
    message = is_id(message_id) and await Message.get_or_none(
        id=message_id, workspace_id=actor.workspace
    )
    if not message or not message_list.sees(actor, message):
        raise NotFound("This message does not exist, or not for you.")
    return message


async def detail(actor: Actor, message_id: int) -> MessageView:
    """As the list shows it. Raises NotFound."""
    await own(actor, message_id)
    [found] = await message_list.some(actor, (message_id,))
    return found


async def preview(actor: Actor, message_id: int) -> Letter:
    """What it says now, codes and links masked. Raises NotFound, Pointless."""
    await own(actor, message_id)
    return await letters.read(message_id, masked=True)


@unit_of_work
async def show(actor: Actor, message_id: int) -> Letter:
    """What it says now, in full; audited as shown. Raises NotFound, Pointless, ConfirmationDue."""
    letter = await in_full(actor, message_id)
    await step_up.require_for_codes(actor, await codes_in(await own(actor, message_id)))
    await audit.record(AuditAction.SHOW, Resource.MESSAGE, message_id, by=actor)
    return letter


async def codes_in(message: Message) -> int:
    """How many codes it may come to bring: also those that are held or that somebody could undo.

    The file behind a link asks for itself.
    """
    if message.kind is not MessageKind.CODES:
        return int(message.kind is MessageKind.PERSONAL)
    of_batch = Code.filter(batch_id=message.batch_id, sent_to_id=None)
    return await of_batch.exclude(status=Status.REVOKED).count()


async def in_full(actor: Actor, message_id: int) -> Letter:
    """As `show` without an entry in the log: for the rest of what was shown a moment ago."""
    require(actor, Permission.USE_EDSPACE)
    await own(actor, message_id)
    return await letters.read(message_id)


@unit_of_work
async def retry(actor: Actor, message_id: int) -> None:
    """Send a failed or waiting message now, as the same mail; its days begin anew.

    Raises NotFound, ConfirmationDue; Conflict where there is nothing to retry.
    """
    await retry_now(actor, await own(actor, message_id))


async def retry_now(actor: Actor, message: Message) -> None:
    """Retry a message that the actor may send, in the unit of work that found it."""
    await step_up.require_for_codes(actor, await codes_in(message))
    at = now()
    retried = await Message.filter(
        id=message.id, state__in=AGAIN, forgotten_at__isnull=True
    ).update(state=MessageState.QUEUED, queued_at=at, next_try_at=at)
    if not retried:
        raise Conflict(NOT_NOW.get(message.state, FORGOTTEN))
    await audit.record(
        AuditAction.RETRY, Resource.MESSAGE, message.id, by=actor, kind=message.kind.value
    )
    signals.emit(Changed(message.workspace_id, Topic.MESSAGES, (message.id,)))


async def held_because() -> str:
    """Why queued mail waits: a sentence, or nothing.

    What the server answered is for the owner: it may name an address of another workspace.
    """
    if held := get_settings().mail_held_because:
        return held
    installation = await Installation.all().using_db(reader()).first()
    return PAUSED if installation and installation.mail_paused_at else ""
