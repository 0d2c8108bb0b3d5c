"""The agreements of a workspace, to read."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.READ_AGREEMENTS)
async def page(actor: Actor) -> None:
    page_title("Agreements", actor)
    page_head("Agreements")
    empty("Agreements arrive with a later version", "Nothing can be done here yet.")
