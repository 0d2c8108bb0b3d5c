"""Setting up an authenticator app: its QR code, the first code it shows, then recovery codes."""

import segno
from nicegui import ui

from services import totp
from services.totp import Proposal
from ui import actions, recovery_codes
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

SCAN = "Scan this with the app on your phone."
BY_HAND = "Cannot scan? Type this into the app instead:"


async def open_dialog() -> None:
    """Asks the server for a secret; nothing is stored before the app has shown a code of it."""
    proposal = await actions.run(totp.begin)
    if proposal:
        AuthenticatorDialog(proposal)


class AuthenticatorDialog:
    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.dialog = Dialog("Set up an authenticator app")
        with self.dialog.body:
            with ui.element("div").classes("enrol"):
                self._code_to_scan()
                with ui.element("div"):
                    text("p", SCAN)
                    text("p", BY_HAND, "muted")
                    secret = text("div", proposal.groups, "well")
                    secret.props("tabindex=0 role=region aria-label=Secret")
            self.form = Form()
            self.code = self.form.line(
                "code",
                "Code that the app shows",
                help="6 digits. They change every 30 seconds.",
                autocomplete="one-time-code",
                inputmode="numeric",
                maxlength="12",
                autofocus="",
            )
            self.code.classes("mono")
            self.code.on("keydown.enter", self.add)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Set up", self.add, look="primary")

    def _code_to_scan(self) -> None:
        drawn = segno.make(self.proposal.address, error="m")
        picture = ui.element("img").classes("qr").props("alt='QR code for the authenticator app'")
        picture.props["src"] = drawn.svg_data_uri(scale=4, border=3, light="white")

    async def add(self) -> None:
        typed = self.code.value or ""
        made = await actions.run(
            lambda actor: totp.add(actor, self.proposal, typed), button=self.go, form=self.form
        )
        if made:
            recovery_codes.show(self.dialog, "Your authenticator app is set up", made)
