"""Home: the person's workspaces as cards."""

from nicegui import ui

from services import workspaces
from services.actor import Actor
from services.permissions import Permission, can
from ui import routes, wording
from ui.components.buttons import button
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.text import text
from ui.new_workspace import new_workspace
from ui.pages import page_title, view


@view()
async def page(actor: Actor) -> None:
    page_title("Home")
    may_create = can(actor, Permission.RUN_INSTALLATION)
    with page_head("Workspaces", "Choose where to work."):
        if may_create:
            button("New workspace", new_workspace, look="primary", glyph="plus")
    every = await workspaces.of(actor)
    if not every:
        with ui.element("div").classes("card"):
            if may_create:
                empty(
                    "No workspace yet",
                    "A workspace holds the products, codes and people of one team.",
                )
            else:
                empty("You are in no workspace", "Ask an admin to add you to one.")
    with ui.element("div").classes("cards"):
        for workspace in every:
            with ui.link(target=routes.workspace(workspace.slug)).classes("card link-card"):
                initials = wording.initials(workspace.name)
                text("span", initials, f"tile tile-{workspace.id % 5}").props("aria-hidden=true")
                with ui.element("div").classes("about"):
                    text("b", workspace.name)
                    text("span", wording.ROLES[workspace.role])
