"""All workspaces of the installation."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Workspaces", actor)
    page_head("Workspaces")
    empty("Workspaces arrive with a later version", "Nothing can be done here yet.")
