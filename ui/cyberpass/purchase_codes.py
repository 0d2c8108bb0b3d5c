"""Purchase Codes: one row for each code, newest first."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.HANDLE_PURCHASE_CODES)
async def page(actor: Actor) -> None:
    page_title("Purchase Codes", actor)
    page_head("Purchase Codes")
    empty("Purchase Codes arrive with a later version", "Nothing can be done here yet.")
