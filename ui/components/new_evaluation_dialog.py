"""The dialog that begins an evaluation."""

import secrets
from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from services.evaluations import LONGEST, NewEvaluation
from services.scheme_list import SchemeView
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

Begin = Callable[[NewEvaluation, ui.button, Form], Awaitable[object]]
NO_SCHEME = "There is no scheme with actions yet. The owner adds schemes under Installation."


class NewEvaluationDialog:
    """`begin` returns whether it was done."""

    def __init__(self, schemes: Sequence[SchemeView], begin: Begin) -> None:
        self.begin, self.schemes = begin, {scheme.id: scheme for scheme in schemes}
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
            names = {scheme.id: scheme.name for scheme in schemes}
            only = schemes[0].id if len(schemes) == 1 else None
            self.scheme = self.form.choice(
                "scheme_id", "Scheme", dict(names), value=only, on_change=self._show_steps
            )
            self.steps = text("p", "", "after-field").props("aria-live=polite")
            self._show_steps()
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Start evaluation", self._go, look="primary")
            self.go.set_enabled(bool(schemes))

    def _line(self, name: str, label: str, **attributes: str) -> ui.input:
        most = f"{LONGEST[name][1]}"
        field = self.form.line(name, label, maxlength=most, autocomplete="off", **attributes)
        return field.on("keydown.enter", self._go)

    def _show_steps(self) -> None:
        chosen = self.schemes.get(self.scheme.value)
        steps = ", ".join(action.name for action in chosen.actions) if chosen else ""
        self.steps.text = f"{steps}. These steps stay, whatever becomes of the scheme."
        self.steps.set_visibility(bool(steps))

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
