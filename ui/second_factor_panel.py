"""The part of one's account about the second factor: the app, and the recovery codes."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from services import factors, recovery, totp
from services.actor import Actor
from services.factors import OwnFactors
from services.signals import Topic
from ui import actions, authenticator_dialog, live, recovery_codes, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.icon import icon
from ui.components.panel import Panel
from ui.components.text import text

WHY = (
    "After your password, signing in asks for a code that only your phone shows. Then nobody gets "
    "in who merely learned the password."
)
DEMANDED = "This installation requires one of you. Until it is set up, nothing else opens for you."
NO_CODES = "None yet. They let you in when your app or passkey is out of reach"
FEW = 3


class SecondFactorPanel:
    def __init__(self, actor: Actor) -> None:
        self.user_id = actor.user_id

    async def build(self) -> None:
        self.panel = Panel("Second factor")
        await self.refresh()
        for topic in (Topic.ACCOUNTS, Topic.MEMBERS):
            live.on(self.panel.root, None, topic, self.changed)

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        if self.user_id in user_ids:
            await self.refresh()

    async def refresh(self) -> None:
        own = await factors.mine(await actions.actor())
        if own.any:
            self.panel.set_state("ON", "activated")
        else:
            missing = own.is_demanded
            self.panel.set_state("NEEDED" if missing else "OFF", "expired" if missing else "other")
        with self.panel.body.clear():
            self._why(own)
            with ui.element("div").classes("sessions").props("role=list"):
                self._app(own)
                if own.any:
                    self._recovery(own)

    @staticmethod
    def _why(own: OwnFactors) -> None:
        if not own.any:
            text("p", f"{DEMANDED} {WHY}" if own.is_demanded else WHY, "lead-in")

    def _app(self, own: OwnFactors) -> None:
        since = own.app_since
        about = f"Set up on {wording.moment(since, 'UTC')} (UTC)" if since else "Not set up"
        with _row("smartphone", "Authenticator app", about):
            if since:
                _small("Use another app", authenticator_dialog.open_dialog)
                _small("Remove", self.ask_remove).props["aria-label"] = "Remove authenticator app"
            else:
                _small("Set up an authenticator app", authenticator_dialog.open_dialog)

    def _recovery(self, own: OwnFactors) -> None:
        if not own.recovery and not own.used_at:
            with _row("key-round", "Recovery codes", NO_CODES, is_few=True):
                _small("Make recovery codes", self.renew)
            return
        about = f"{own.recovery} of {recovery.MANY} left"
        if own.used_at:
            about += f". Last used on {wording.moment(own.used_at, 'UTC')} (UTC)"
        with _row("key-round", "Recovery codes", about, is_few=own.recovery <= FEW):
            if own.recovery:
                _small("New recovery codes", self.ask_renew)
            else:
                _small("Make recovery codes", self.renew)

    def ask_remove(self) -> None:
        async def remove(go: ui.button) -> None:
            await actions.run(totp.remove, button=go)

        confirm(
            "Remove the authenticator app?",
            [
                "Its codes are not asked for any more, and the recovery codes go with your last "
                "second factor. Other browsers stay signed in, and a mail tells you."
            ],
            "Remove",
            remove,
        )

    async def renew(self, go: ui.button | None = None) -> None:
        if made := await actions.run(recovery.renew, button=go):
            recovery_codes.show(Dialog("Recovery codes"), "New recovery codes", made)

    def ask_renew(self) -> None:
        confirm(
            "Make new recovery codes?",
            ["The ones that you have work no more, used or not."],
            "Make new codes",
            self.renew,
            look="primary",
        )


def _row(glyph: str, name: str, about: str, *, is_few: bool = False) -> ui.element:
    """Enter it for its buttons."""
    with ui.element("div").classes("session").props("role=listitem"):
        icon(glyph)
        with ui.element("div").classes("what"):
            text("b", name)
            text("span", about, "few" if is_few else "muted")
        return ui.element("div").classes("actions")


def _small(label: str, do: Callable[..., Awaitable[Any] | None]) -> ui.button:
    return button(label, do).classes("btn-small")
