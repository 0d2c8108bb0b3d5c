"""CyberPass opens here: what needs somebody."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.USE_CYBERPASS)
async def page(actor: Actor) -> None:
    page_title("Dashboard", actor)
    page_head("Dashboard")
    empty("Dashboard arrive with a later version", "Nothing can be done here yet.")
