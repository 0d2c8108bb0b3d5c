"""One's own passkeys on the page Account: added, named anew and removed."""

from functools import partial

from nicegui import ui

from services import passkeys, relying_party
from services.actor import Actor
from services.passkeys import PasskeyView
from services.settings import get_settings
from services.signals import Topic
from ui import actions, browsers, live, notices
from ui.components import passkey
from ui.components.buttons import button, icon_button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.panel import Panel
from ui.components.text import text
from ui.door import hosts

WHAT = (
    "A passkey signs you in with your fingerprint, your face or the PIN of a device, without a "
    "password. Once you have one, your password alone signs nobody in."
)
ADDED = "The passkey is added. You can sign in with it from now on."


class PasskeysPanel:
    """The list follows what happens in other tabs."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    async def build(self) -> None:
        panel = Panel("Passkeys")
        refusal = _why_not()
        if not refusal:
            with panel.actions:
                button("Add a passkey", self.ask_new, glyph="plus").classes("btn-small")
        with panel.body:
            text("p", refusal or WHAT, "lead-in")
            self.list = ui.element("div").classes("sessions").props("role=list")
        await self.refresh()
        live.on(panel.root, None, Topic.ACCOUNTS, self.changed)

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        if self.actor.user_id in user_ids:
            await self.refresh()

    async def refresh(self) -> None:
        found = await passkeys.of(await actions.actor())
        self.list.set_visibility(bool(found))
        with self.list.clear():
            for each in found:
                self._row(each)

    def _row(self, own: PasskeyView) -> None:
        with ui.element("div").classes("session").props("role=listitem"):
            icon("fingerprint")
            with ui.element("div").classes("what"):
                with ui.element("div").classes("name"):
                    text("b", own.name)
                about = text("span", _about(own), "muted")
                about.props["title"] = _exactly(own)
            icon_button("pencil", f"Rename {own.name}", partial(self.ask_name, own))
            icon_button("trash-2", f"Remove {own.name}", partial(self.ask_removal, own))

    def ask_new(self) -> None:
        dialog = Dialog("Add a passkey")
        with dialog.body:
            text("p", "Next, your browser asks you to confirm with the device that keeps it.")
            form = Form()
            field = form.line(
                "name",
                "Name",
                browsers.named(ui.context.client.request.headers.get("user-agent", "")),
                help="So that you can tell it from others, for example Work laptop.",
                maxlength="100",
                autofocus="",
            )
        with dialog.foot:
            button("Cancel", dialog.close, look="quiet")

            async def add() -> None:
                if await _add(field.value or "", go, form):
                    dialog.close()

            go = button("Continue", add, look="primary")
        field.on("keydown.enter", add)

    def ask_name(self, own: PasskeyView) -> None:
        dialog = Dialog("Rename the passkey")
        with dialog.body:
            form = Form()
            field = form.line("name", "Name", own.name, maxlength="100", autofocus="")
        with dialog.foot:
            button("Cancel", dialog.close, look="quiet")

            async def save() -> None:
                name = field.value or ""
                if await actions.done(
                    lambda actor: passkeys.rename(actor, own.id, name), button=go, form=form
                ):
                    dialog.close()

            go = button("Save", save, look="primary")
        field.on("keydown.enter", save)

    def ask_removal(self, own: PasskeyView) -> None:
        confirm(
            "Remove this passkey?",
            [
                f"{own.name} signs nobody in any more, and a mail tells you so.",
                "Your device still shows it until you delete it there too.",
            ],
            "Remove",
            lambda go: actions.run(lambda actor: passkeys.remove(actor, own.id), button=go),
        )


def _why_not() -> str:
    settings = get_settings()
    if refusal := relying_party.why_not():
        return refusal
    if hosts.is_public(ui.context.client.request.scope, settings.base_url):
        return ""
    return f"Passkeys work at {settings.base_url} only. Open this page there to add one."


async def _add(name: str, go: ui.button, form: Form) -> bool:
    options = await actions.run(
        lambda actor: passkeys.begin_adding(actor, name), button=go, form=form
    )
    if options is None:
        return False
    answer, problem = await passkey.made(options, go)
    if problem:
        form.show_errors({"form": problem})
        return False
    added = await actions.run(
        lambda actor: passkeys.add(actor, name=name, answer=answer), button=go, form=form
    )
    if added is not None:
        ui.notify(ADDED)
    return added is not None


def _about(own: PasskeyView) -> str:
    used = f"last used {notices.ago(own.used_at, 'UTC')}" if own.used_at else "never used"
    return f"Added {notices.ago(own.added_at, 'UTC')}, {used}"


def _exactly(own: PasskeyView) -> str:
    added = f"Added {notices.exactly(own.added_at, 'UTC')}"
    used = own.used_at and f", last used {notices.exactly(own.used_at, 'UTC')}"
    return added + (used or "")
