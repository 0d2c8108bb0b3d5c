"""The dialog that asks for purchase codes, and what the agreements leave while it is filled in."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from services.purchase_form import PurchaseRequest
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.generated import (
    Copied,
    Generated,
    acknowledge,
    background_line,
    is_number_from,
    name_generate,
)
from ui.components.text import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Names by id; `most` and `bulk_from` are numbers of codes."""

    workspaces: dict[int, str]
    actions: dict[int, str]
    most: int
    bulk_from: int


@dataclass(frozen=True, slots=True)
class Leaves:
    """What the agreements leave, in words; `is_enough` for what is asked for."""

    sentence: str
    is_enough: bool


Ask = Callable[[PurchaseRequest], Awaitable[Leaves | None]]
Generate = Callable[[PurchaseRequest, ui.button, Form], Awaitable[Generated | None]]


class PurchaseDialog:
    """`ask` asks what is left, None for nothing to say; `generate` runs the command."""

    def __init__(
        self,
        choices: Choices,
        *,
        workspace_id: int | None,
        ask: Ask,
        generate: Generate,
        copied: Copied,
    ) -> None:
        self.choices = choices
        self.ask, self.generate, self.copied = ask, generate, copied
        self.is_bulk, self._asked = False, 0
        self.key = secrets.token_urlsafe(24)  # one batch for one opened dialog
        self.dialog = Dialog("Generate Code")
        with self.dialog.body:
            self._build_fields(workspace_id)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Generate", self._go, look="primary")

    def _build_fields(self, workspace_id: int | None) -> None:
        self.form = form = Form()
        self.workspace = form.choice(
            "workspace",
            "Workspace",
            self.choices.workspaces,
            value=workspace_id,
            on_change=self.show_left,
        )
        self.action = form.choice(
            "action",
            "Purchased Action",
            self.choices.actions,
            on_change=self.show_left,
            searchable=True,
        )
        self.action.props("autofocus")
        self.quantity = form.line(
            "quantity",
            "Quantity",
            help=f"At most {self.choices.most} in one batch.",
            inputmode="numeric",
            autocomplete="off",
        )
        self.quantity.props("debounce=250").on("keydown.enter", self._go)
        self.quantity.on_value_change(self._typed)
        self.quantity.on_value_change(self.show_left)
        self.left = text("p", "", "after-field left").props("aria-live=polite")
        self.left.set_visibility(False)
        self.background = background_line(self.choices.bulk_from)
        if not self.choices.actions:
            form.show_errors({"action": "There is no action to be paid for yet."})

    def _typed(self) -> None:
        self.form.show_errors({})
        is_bulk = is_number_from(self.choices.bulk_from, self.quantity.value or "")
        if is_bulk is self.is_bulk:
            return  # a button that is drawn anew under the mouse loses its click
        self.is_bulk = is_bulk
        self.background.set_visibility(is_bulk)
        name_generate(self.go, is_bulk=is_bulk)

    async def show_left(self) -> None:
        """Ask again what is left; an answer that a later question overtook is dropped."""
        self._asked += 1
        asked = self._asked
        leaves = await self.ask(self._request())
        if asked != self._asked or self.left.is_deleted:
            return
        self.left.text = leaves.sentence if leaves else ""
        self.left.classes(**{"add" if leaves and not leaves.is_enough else "remove": "danger"})
        self.left.set_visibility(leaves is not None)

    def _request(self) -> PurchaseRequest:
        return PurchaseRequest(
            workspace_id=self.workspace.value,
            action_id=self.action.value,
            quantity=self.quantity.value or "",
            key=self.key,
        )

    async def _go(self) -> None:
        made = await self.generate(self._request(), self.go, self.form)
        if made:
            number = int((self.quantity.value or "").strip())
            acknowledge(self.dialog, made, number, "purchase code", self.copied)
        else:  # why stands at the field, and need not be said twice
            self.left.set_visibility(False)
