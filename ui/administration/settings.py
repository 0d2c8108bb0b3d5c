"""Settings of a workspace: its name, its zone, where answers go, whom to ask for codes."""

from typing import Any

from nicegui import ui

from services import workspace_settings, zones
from services.actor import Actor
from services.errors import Conflict
from services.permissions import Permission
from services.signals import Topic
from services.workspace_settings import WorkspaceSettings
from ui import actions, live
from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.page_head import page_head
from ui.components.panel import Panel
from ui.components.text import text
from ui.pages import page_title, view

SAVED = "The settings are saved and hold from now on."
REPLY_TO = "Where answers to the mails of this workspace go. Empty: to the sender of the mails."
ASK = "Stands where a purchase code is asked for, such as a name, a room or an address."
ZONE = "Times are shown in it, and days begin and end in it."
NEW_ZONE = (
    "Days are counted anew from now on: what is made later ends with a day there. What ends at a "
    "set time already, such as access that was activated, keeps that moment."
)


@view(Permission.ADMINISTER_WORKSPACE)
async def page(actor: Actor) -> None:
    page_title("Settings", actor)
    page_head("Settings", "What holds for everybody in this workspace.", in_header=True)
    SettingsForm(actor.slug, await workspace_settings.read(actor))


class SettingsForm:
    """What was not touched follows what others save; what was typed stays."""

    def __init__(self, slug: str, shown: WorkspaceSettings) -> None:
        self.slug, self.shown = slug, shown
        with ui.element("div").classes("one-column"):
            panel = Panel("Workspace")
        with panel.body, ui.element("div").classes("narrow"):
            self.form = form = Form()
            self.fields: dict[str, Any] = {
                "name": form.line("name", "Name", shown.name, maxlength="200"),
                "time_zone": form.choice(
                    "time_zone",
                    "Time zone",
                    {name: name for name in zones.names()},
                    value=shown.time_zone,
                    searchable=True,
                    on_change=self._explain,
                ),
            }
            self.zone_note = text("p", ZONE, "after-field").props("aria-live=polite")
            self.fields["reply_to"] = form.line(
                "reply_to", "Reply-to address", shown.reply_to, help=REPLY_TO, type="email"
            )
            self.fields["ask_for_codes"] = form.line(
                "ask_for_codes", "Whom to ask for codes", shown.ask_for_codes, help=ASK
            )
            self.go = button("Save settings", self.save, look="primary")
        for name in ("name", "reply_to", "ask_for_codes"):
            self.fields[name].on("keydown.enter", self.save)
        live.on(panel.root, None, Topic.WORKSPACES, self.changed)

    @property
    def wanted(self) -> WorkspaceSettings:
        return WorkspaceSettings(**{name: at.value or "" for name, at in self.fields.items()})

    def _explain(self) -> None:
        moved = self.fields["time_zone"].value not in (None, self.shown.time_zone)
        self.zone_note.text = NEW_ZONE if moved else ZONE

    async def save(self) -> None:
        async def command(actor: Actor) -> WorkspaceSettings:
            try:
                return await workspace_settings.change(actor, self.wanted, shown=self.shown)
            except Conflict:
                self._follow(await workspace_settings.read(actor))
                raise

        kept = await actions.run(command, slug=self.slug, button=self.go, form=self.form)
        if kept:
            self.shown = kept
            self._show(kept)
            ui.notify(SAVED)

    async def changed(self, _: tuple[int, ...]) -> None:
        self._follow(await workspace_settings.read(await actions.actor(self.slug)))

    def _follow(self, fresh: WorkspaceSettings) -> None:
        """What somebody else saved, wherever nothing was typed over it."""
        for name, field in self.fields.items():
            if field.value == getattr(self.shown, name):
                field.value = getattr(fresh, name)
        self.shown = fresh
        self._explain()

    def _show(self, kept: WorkspaceSettings) -> None:
        for name, field in self.fields.items():
            field.value = getattr(kept, name)
        self._explain()
