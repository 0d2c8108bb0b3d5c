"""A workspace: the services a person may use there."""

from nicegui import ui

from services.actor import Actor
from services.permissions import Permission, can
from ui import routes
from ui.components.icon import icon
from ui.components.page_head import page_head
from ui.components.text import text
from ui.pages import page_title, view


@view()
async def page(actor: Actor) -> None:
    page_title("Services", actor)
    page_head(actor.workspace_name or "", "Choose a service.")
    with ui.element("div").classes("cards"):
        if can(actor, Permission.USE_EDSPACE):
            _service(
                "Edspace", "Products and access codes", "ticket", routes.access_codes(actor.slug)
            )
        if can(actor, Permission.USE_CYBERPASS):
            about = "Purchase codes and evaluations"
            _service("CyberPass", about, "clipboard-check", routes.cyberpass(actor.slug))


def _service(name: str, about: str, glyph: str, path: str) -> None:
    with ui.link(target=path).classes("card link-card"):
        with ui.element("span").classes("glyph"):
            icon(glyph)
        with ui.element("div").classes("about"):
            text("b", name)
            text("span", about)
