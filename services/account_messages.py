"""Single mails of the installation: looked into and tried again, never with a link in them."""

from models import Message
from services import account_letters, account_message_list, messages
from services.account_letters import AccountLetter
from services.account_message_list import AccountMessage
from services.actor import Actor
from services.database import is_id, unit_of_work
from services.errors import NotFound


async def detail(actor: Actor, message_id: int) -> AccountMessage:
    """As the list shows it. Raises NotFound."""
    await _own(actor, message_id)
    [found] = await account_message_list.some(actor, [message_id])
    return found


async def preview(actor: Actor, message_id: int) -> AccountLetter:
    """What it says now, its link masked. Raises NotFound, Pointless."""
    await _own(actor, message_id)
    return await account_letters.read(message_id, masked=True)


@unit_of_work
async def retry(actor: Actor, message_id: int) -> None:
    """Send a failed or waiting one now. Raises NotFound, Pointless; Conflict where it was sent."""
    message = await _own(actor, message_id)
    await account_letters.read(message_id, masked=True)
    await messages.retry_now(actor, message)


async def _own(actor: Actor, message_id: int) -> Message:
    found = is_id(message_id) and await account_message_list.of(actor).get_or_none(id=message_id)
    if not found:
        raise NotFound("This message does not exist, or not for you.")
    return found
