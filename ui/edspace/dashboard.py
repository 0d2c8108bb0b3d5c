"""Where Edspace opens: at the access codes, until it has a dashboard of its own."""

from nicegui import ui

from services.actor import Actor
from services.permissions import Permission
from ui import routes
from ui.pages import view


@view(Permission.USE_EDSPACE)
async def page(actor: Actor) -> None:
    ui.navigate.to(routes.access_codes(actor.slug))
