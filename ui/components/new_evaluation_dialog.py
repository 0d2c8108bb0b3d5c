"""The dialog that begins an evaluation."""

import secrets
from collections.abc import Awaitable, Callable

from nicegui import ui

from services.evaluations import LONGEST, NewEvaluation
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

Begin = Callable[[NewEvaluation, ui.button, Form], Awaitable[object]]
NO_SCHEME = "There is no scheme with actions yet. The owner adds schemes under Installation."


class NewEvaluationDialog:
    """`schemes` are names by id; `begin` returns whether it was done."""

    def __init__(self, schemes: dict[int, str], begin: Begin) -> None:
        self.begin = begin
        self.key = secrets.token_urlsafe(24)  # one evaluation for one opened dialog
        self.dialog = Dialog("New evaluation")
        with self.dialog.body:
            if not schemes:
                text("p", NO_SCHEME, "note note-warn")
            self.form = Form()
            self.product = self._line("product", "Product name", autofocus="")
            with ui.element("div").classes("fields-2"):
                self.model = self._line("model", "Model")
                self.version = self._line("version", "Version")
            only = next(iter(schemes)) if len(schemes) == 1 else None
            self.scheme = self.form.choice("scheme_id", "Scheme", dict(schemes), value=only)
            text(
                "p",
                "It keeps the steps that the scheme has now, whatever becomes of the scheme.",
                "after-field",
            )
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Start evaluation", self._go, look="primary")
            self.go.set_enabled(bool(schemes))

    def _line(self, name: str, label: str, **attributes: str) -> ui.input:
        most = f"{LONGEST[name][1]}"
        field = self.form.line(name, label, maxlength=most, autocomplete="off", **attributes)
        return field.on("keydown.enter", self._go)

    async def _go(self) -> None:
        asked = NewEvaluation(
            product=self.product.value or "",
            model=self.model.value or "",
            version=self.version.value or "",
            scheme_id=self.scheme.value,
            key=self.key,
        )
        if await self.begin(asked, self.go, self.form):
            self.dialog.close()
