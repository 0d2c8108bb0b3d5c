"""Settings of a workspace."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.ADMINISTER_WORKSPACE)
async def page(actor: Actor) -> None:
    page_title("Settings", actor)
    page_head("Settings")
    empty("Settings arrive with a later version", "Nothing can be done here yet.")
