"""One batch of purchase codes."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.HANDLE_PURCHASE_CODES)
async def page(actor: Actor, batch_id: int) -> None:
    page_title("Batch", actor)
    page_head("Batch")
    assert batch_id
    empty("Batch arrive with a later version", "Nothing can be done here yet.")
