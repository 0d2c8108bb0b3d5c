"""CyberPass until it is there: what is coming."""

from nicegui import ui

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.USE_CYBERPASS)
async def page(actor: Actor) -> None:
    page_title("CyberPass", actor)
    page_head("CyberPass", "Product certification, paid for with purchase codes.")
    with ui.element("div").classes("card"):
        empty(
            "CyberPass arrives with a later version",
            "Purchase codes under agreements, evaluations with a Payment stage, and certificates "
            "that anybody can look up.",
            glyph="clipboard-check",
        )
