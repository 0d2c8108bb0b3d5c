"""The dialogs that take away what a customer has: end, undo."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from models.enums import Status
from services import zones
from services.customers import EntitlementView
from services.undoing import REASON_MOST
from ui import wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.text import text

OTHERS_STAY = "Access to the same plan by another code keeps its dates."

End = Callable[[ui.button], Awaitable[object]]
Undo = Callable[[str, ui.button, Form], Awaitable[bool]]


def ask_end(held: EntitlementView, zone: str, end: End) -> None:
    """What happens, before it does."""
    until = "for a lifetime"
    if held.ends_at:
        until = f"to the end of {wording.day(zones.last_day(held.ends_at, zone))}"
    sentences = [
        f"{held.holder} may use {held.product}, {held.plan}, no longer from now on. "
        f"It would have lasted {until}.",
        f"The code ending {held.masked[-4:]} stays ACTIVATED and cannot be used again. "
        + (
            "This cannot be undone." if held.ends_at is None else "You can extend the access later."
        ),
    ]
    confirm("End access?", [*sentences, *_others(held)], "End access", end)


class UndoDialog:
    """Asks for the reason; `undo` returns whether it was done."""

    def __init__(self, held: EntitlementView, zone: str, undo: Undo) -> None:
        self.undo = undo
        self.dialog = Dialog("Undo activation")
        with self.dialog.body:
            when = wording.day(zones.day(held.activated_at, zone))
            text(
                "p",
                f"{held.holder} activated the code ending {held.masked[-4:]} on {when}. "
                f"The access to {held.product}, {held.plan}, that it gave is gone at once.",
            )
            for sentence in (_freed(held.freed), *_others(held)):
                text("p", sentence)
            self.form = Form()
            self.reason = self.form.line(
                "reason",
                "Reason",
                help="For your team; the holder never sees it.",
                maxlength=f"{REASON_MOST}",
                autofocus="",
                autocomplete="off",
            )
            self.reason.on("keydown.enter", self._go)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Undo activation", self._go, look="danger")

    async def _go(self) -> None:
        if await self.undo(self.reason.value or "", self.go, self.form):
            self.dialog.close()


def _freed(shown: Status) -> str:
    if shown is Status.EXPIRED:
        return (
            "The code is READY again, but its batch has expired: nobody can use it any more. "
            "Both facts stay in the history."
        )
    return "The code is READY again; both facts stay in the history."


def _others(held: EntitlementView) -> list[str]:
    return [OTHERS_STAY] if held.outlasted else []
