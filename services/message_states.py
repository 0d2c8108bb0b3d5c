"""How the newest mail about a row stands."""

from collections.abc import Sequence
from typing import Literal

from models import Message
from models.enums import MessageKind
from services.database import reader

OF_A_SET = (MessageKind.CODES, MessageKind.DOWNLOAD)


async def newest(
    about: Literal["code_id", "batch_id", "invitation_id"],
    ids: Sequence[int],
    *,
    kinds: Sequence[MessageKind] = (MessageKind.PERSONAL,),
) -> dict[int, Message]:
    """The newest message of these kinds about each row, by the row's id."""
    if not ids:
        return {}
    messages = (
        await Message.filter(**{f"{about}__in": list(ids)}, kind__in=list(kinds))
        .using_db(reader())
        .order_by("id")
    )
    return {getattr(message, about): message for message in messages}
