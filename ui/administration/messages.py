"""Messages: every mail of the workspace, and what became of it."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.READ_OWN_MESSAGES)
async def page(actor: Actor) -> None:
    page_title("Messages", actor)
    page_head("Messages", in_header=True)
