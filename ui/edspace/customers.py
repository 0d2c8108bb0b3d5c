"""Customers: what an address was sent, activated and has."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.USE_EDSPACE)
async def page(actor: Actor) -> None:
    page_title("Customers", actor)
    page_head("Customers", in_header=True)
