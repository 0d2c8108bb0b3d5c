"""The dialogs that change what a customer has: extend, end, undo."""

from collections.abc import Awaitable, Callable
from datetime import date

from nicegui import ui

from models.enums import Status
from services import extensions, zones
from services.customers import EntitlementView
from services.errors import Invalid
from services.undoing import REASON_MOST
from ui import wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.text import text

CHOICES = {30: "30 days", 90: "90 days", 365: "1 year", 0: "Another number of days"}
OTHERS_STAY = "Access to the same plan by another code keeps its dates."

Extend = Callable[[int, date | None, ui.button, Form], Awaitable[bool]]
End = Callable[[ui.button], Awaitable[object]]
Undo = Callable[[str, ui.button, Form], Awaitable[bool]]


class ExtendDialog:
    """Says the new last day before it is agreed to; `extend` returns whether it was done."""

    def __init__(self, held: EntitlementView, zone: str, extend: Extend) -> None:
        self.held, self.zone, self.extend = held, zone, extend
        self.dialog = Dialog("Extend access")
        with self.dialog.body:
            text("p", f"{held.product}, {held.plan}, of {held.holder}. {self._ending()}")
            self.form = Form()
            self.choice = self.form.choice(
                "choice", "Extend by", dict(CHOICES), value=30, on_change=self._show
            )
            with ui.element("div") as self.other:
                self.days = self.form.line(
                    "days", "Number of days", inputmode="numeric", autocomplete="off"
                )
            self.days.on_value_change(self._show)
            self.days.on("keydown.enter", self._go)
            self.told = text("p", "", "note note-wait").props("aria-live=polite")
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Extend access", self._go, look="primary")
        self._show()

    def _ending(self) -> str:
        assert self.held.ends_at, "a lifetime has no end to move"
        last = wording.day(zones.last_day(self.held.ends_at, self.zone))
        if self.held.ends_at <= zones.now():
            return f"It ended on {last}; the days count from today."
        return f"It lasts to the end of {last}."

    def _typed(self) -> int:
        return self.choice.value or extensions.days_of(self.days.value or "")

    def _promised(self) -> date | None:
        assert self.held.ends_at, "a lifetime has no end to move"
        try:
            ends_at = extensions.extended(self.held.ends_at, self._typed(), self.zone)
        except Invalid:
            return None
        return zones.last_day(ends_at, self.zone)

    def _show(self) -> None:
        self.other.set_visibility(not self.choice.value)
        promised = self._promised()
        self.told.set_visibility(promised is not None)
        if promised:
            self.told.text = f"New last day: {wording.day(promised)} ({self.zone})"

    async def _go(self) -> None:
        try:
            days = self._typed()
        except Invalid as wrong:
            self.form.show_errors(wrong.fields)
            return
        if await self.extend(days, self._promised(), self.go, self.form):
            self.dialog.close()


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
