"""Confirm that it is you: asked above whatever is open, which stays as it is."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.factors import Factors
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

Prove = Callable[[str, ui.button, Form], Awaitable[bool]]
ProveByPasskey = Callable[[ui.button, Form], Awaitable[bool]]


class ConfirmDialog:
    """`has` says what the person proves it with; `prove` shows at its field what is refused.

    Who has a passkey may use that instead, and must who has nothing else.
    """

    def __init__(
        self, why: str, has: Factors, prove: Prove, prove_by_passkey: ProveByPasskey
    ) -> None:
        self._prove, self._prove_by_passkey = prove, prove_by_passkey
        only = has.passkeys > 0 and not has.totp and not has.recovery
        self.dialog = Dialog("Confirm that it is you")
        with self.dialog.body:
            text("p", why)
            self.form = Form()
            if not only:
                self.field = self._new_field(is_code=has.any)
                self.field.props("autofocus").on("keydown.enter", self._go)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            if has.passkeys:
                look = "primary" if only else "plain"
                self.passkey = button(
                    "Use a passkey", self._use_passkey, look=look, glyph="fingerprint"
                )
                if only:
                    self.passkey.props("autofocus")
            if not only:
                self.go = button("Confirm", self._go, look="primary")

    def _new_field(self, *, is_code: bool) -> ui.input:
        if not is_code:
            return self.form.secret("proof", "Your password", autocomplete="current-password")
        return self.form.line(
            "proof", "Code from your app, or a recovery code", autocomplete="one-time-code"
        )

    async def answer(self) -> bool:
        """Whether they did, once the dialog is closed; a tab that goes away did not."""
        return bool(await self.dialog.root)

    async def _go(self) -> None:
        if await self._prove(self.field.value or "", self.go, self.form):
            self.dialog.root.submit(True)

    async def _use_passkey(self) -> None:
        if await self._prove_by_passkey(self.passkey, self.form):
            self.dialog.root.submit(True)
