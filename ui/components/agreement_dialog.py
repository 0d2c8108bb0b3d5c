"""The dialog that makes or edits an agreement, and the question before one is ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from services import zones
from services.agreement_form import AgreementTerms
from services.agreement_list import AgreementView
from services.scheme_choices import PurchasableAction
from services.workspaces import Membered
from ui import wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form, day_of
from ui.components.text import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    workspace_id: int | None
    action_id: int | None
    terms: AgreementTerms


Save = Callable[[Callable[[], Entered], ui.button, Form], Awaitable[bool]]


class AgreementDialog:
    """`save` returns whether it was done; workspace and action of `held` stay as they are."""

    def __init__(
        self,
        save: Save,
        *,
        workspaces: list[Membered],
        purchasable: list[PurchasableAction],
        held: AgreementView | None = None,
        workspace_id: int | None = None,
    ) -> None:
        self.save, self.held = save, held
        self.zones = {each.id: each.time_zone for each in workspaces}
        self.workspace: ui.select | None = None
        self.action: ui.select | None = None
        self.dialog = Dialog("Edit agreement" if held else "New agreement")
        with self.dialog.body:
            self.form = Form()
            if held:
                text("p", f"{held.workspace}, {held.action}.")
            else:
                self._build_whom(workspaces, purchasable, workspace_id)
            self._build_terms(held)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Save" if held else "Add agreement", self._go, look="primary")
        self._say_zone()

    def _build_whom(
        self,
        workspaces: list[Membered],
        purchasable: list[PurchasableAction],
        workspace_id: int | None,
    ) -> None:
        names = {each.id: each.name for each in workspaces}
        self.workspace = self.form.choice(
            "workspace", "Workspace", names, value=workspace_id, on_change=self._say_zone
        )
        offered = {each.id: each.name for each in purchasable}
        self.action = self.form.choice("action", "Purchased Action", offered, searchable=True)
        (self.action if workspace_id else self.workspace).props("autofocus")
        if not offered:
            none = "No scheme has an action that needs a purchase code. Add one under Schemes."
            self.form.show_errors({"action": none})

    def _build_terms(self, held: AgreementView | None) -> None:
        line, day = self.form.line, self.form.day
        self.quantity = line(
            "quantity",
            "Quantity",
            f"{held.granted}" if held else "",
            help=_issued(held) if held else "How many codes may be generated under it.",
            inputmode="numeric",
            autocomplete="off",
        )
        first = held.first_day if held else zones.today("UTC")
        with ui.element("div").classes("fields-2"):
            self.first = day("valid_from", "Valid from", first)
            self.last = day("valid_until", "Valid until", held and held.last_day)
        self.zone = text("p", "", "after-field")
        self.reference = line(
            "reference",
            "Reference",
            held.reference if held else "",
            help="As the contract calls it, such as A-2026-03.",
            autocomplete="off",
        )
        self.codes_until = day(
            "codes_until",
            "Codes valid until",
            held and held.codes_until,
            help="Of codes generated from now on. Empty: they outlive the agreement.",
        )
        noted = held.note if held else ""
        self.note = line("note", "Note", noted, help="The workspace's admins read it too.")
        for field in (self.quantity, self.reference, self.note):
            field.on("keydown.enter", self._go)

    def _say_zone(self) -> None:
        chosen = self.workspace.value if self.workspace else None
        zone = self.held.time_zone if self.held else self.zones.get(chosen or 0, "")
        where = f"Days in {zone}" if zone else "Days in the workspace's time zone"
        self.zone.text = f"{where}; the last one counts whole."

    def _entered(self) -> Entered:
        return Entered(
            workspace_id=self.workspace.value if self.workspace else None,
            action_id=self.action.value if self.action else None,
            terms=AgreementTerms(
                quantity=self.quantity.value or "",
                valid_from=day_of(self.first.value, "valid_from"),
                valid_until=day_of(self.last.value, "valid_until"),
                reference=self.reference.value or "",
                note=self.note.value or "",
                codes_until=day_of(self.codes_until.value, "codes_until"),
            ),
        )

    async def _go(self) -> None:
        if await self.save(self._entered, self.go, self.form):
            self.dialog.close()


def _issued(held: AgreementView) -> str:
    issued = held.issued - held.returned
    return f"{wording.count(issued, 'code')} of it {'is' if issued == 1 else 'are'} issued."


def ask_end(held: AgreementView, end: Callable[[ui.button], Awaitable[object]]) -> None:
    """What happens, before it does."""
    lost = f"{held.left:,} of {wording.count(held.granted, 'code')} will not be generated."
    if not held.left:
        lost = "All of its codes are generated already."
    confirm(
        f"End agreement {held.reference} now?",
        [
            f"{held.workspace} can generate no more codes under it. {lost}",
            "Codes that exist keep working. A later last day lets the agreement run again.",
        ],
        "End now",
        end,
    )
