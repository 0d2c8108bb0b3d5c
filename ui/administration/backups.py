"""Copies of everything, for the owner."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Backups", actor)
    page_head("Backups")
