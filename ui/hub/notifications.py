"""Notifications: everything behind a person's bell."""

from services.actor import Actor
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view()
async def page(actor: Actor) -> None:
    page_title("Notifications", actor)
    page_head("Notifications", in_header=True)
