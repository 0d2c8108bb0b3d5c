"""The dialog that makes a workspace, for the owner."""

from nicegui import ui

from services import workspaces, zones
from ui import actions, routes
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form


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
