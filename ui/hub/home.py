"""Home: the person's workspaces as cards."""

from nicegui import ui

from services import workspaces, zones
from services.actor import Actor
from services.permissions import Permission, can
from ui import actions, routes, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.text import text
from ui.pages import page_title, view

ROLES = {"OWNER": "Owner", "ADMIN": "Workspace Admin", "SALES": "Sales", "EVALUATOR": "Evaluator"}


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
                    text("span", ROLES[workspace.role])


def new_workspace() -> None:
    dialog = Dialog("New workspace")
    with dialog.body:
        form = Form()
        name = form.line("name", "Name", autofocus="", maxlength="200")
        slug = form.line(
            "slug", "Address", help="Small letters, digits and dashes. It never changes."
        )
        name.on_value_change(lambda: slug.set_value(workspaces.slug_for(name.value or "")))
        zone = form.choice(
            "time_zone",
            "Time zone",
            {name: name for name in zones.names()},
            value="Europe/Berlin",
            searchable=True,
        )

    async def create() -> None:
        made = await actions.run(
            lambda actor: workspaces.create(
                actor, name=name.value or "", slug=slug.value or "", time_zone=zone.value or ""
            ),
            button=make,
            form=form,
        )
        if made:
            dialog.close()
            ui.navigate.to(routes.workspace(made.slug))

    with dialog.foot:
        button("Cancel", dialog.close, look="quiet")
        make = button("Create workspace", create, look="primary")
    name.on("keydown.enter", create)
