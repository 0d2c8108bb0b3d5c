"""The file behind the link of a mail that announced a batch."""

from models import Message
from models.enums import MessageKind
from services import exports, letters, links
from services.actor import Actor
from services.errors import Gone, NotFound
from services.links import Purpose
from services.permissions import Permission, require
from services.sheets import Export
from services.zones import now

EXPIRED = (
    "This link has expired. The codes are still there: sign in and open batch {} in Tallystick."
)
WITHDRAWN = (
    "This link was withdrawn: the file went to another address. "
    "The codes are still there: sign in and open batch {} in Tallystick."
)


async def set_csv(actor: Actor, token: str, *, address: str) -> Export:
    """Raises NotFound for a link of others, and Gone after its seven days or once withdrawn."""
    batch_id = await _announced(actor, token)
    return await exports.batch_csv(actor, batch_id, address=address)


async def _announced(actor: Actor, token: str) -> int:
    require(actor, Permission.USE_EDSPACE)
    link = links.read(Purpose.DOWNLOAD, token)
    message = link and await Message.get_or_none(
        id=link.row_id, workspace_id=actor.workspace, kind=MessageKind.DOWNLOAD
    ).select_related("batch__sent_to")
    if not message or not message.batch:
        raise NotFound("This file does not exist, or not for you.")
    if message.created_at + links.DOWNLOAD_LASTS <= now():
        raise Gone(EXPIRED.format(message.batch.id))
    if letters.is_of_another(message.batch.sent_to, message):
        raise Gone(WITHDRAWN.format(message.batch.id))
    return message.batch.id
