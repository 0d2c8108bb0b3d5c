"""Form fields: label above, help below, error in the same place, read out with the field."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from services.errors import Invalid
from ui.components.entry import Line
from ui.components.icon import icon
from ui.components.text import text

T = TypeVar("T", bound=ui.element)


@dataclass
class _Field:
    box: ui.element
    control: ui.element
    below: TextElement
    help: str
    error: str = ""

    def show(self, error: str) -> None:
        if error == self.error:
            return  # to send a field again is to overwrite what is being typed into it
        self.error = error
        self.box.classes(**{"add" if error else "remove": "wrong"})
        self.below.classes(replace="error" if error else "help")
        self.below.text = error or self.help
        self.below.set_visibility(bool(error or self.help))
        self.control.props["aria-invalid"] = "true" if error else "false"
        self.control.update()


def day_of(typed: str | None, field: str) -> date | None:
    """The day that stands in such a field. Raises Invalid(field)."""
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid({field: "Enter a day of the calendar."}) from None


class Form:
    """The fields of one form by name; whatever is wrong is shown at its field."""

    def __init__(self) -> None:
        self._fields: dict[str, _Field] = {}
        self._general = text("p", "", "note note-wrong").props("role=alert")
        self._general.set_visibility(False)

    def line(
        self, name: str, label: str, value: str = "", *, help: str = "", **attributes: str
    ) -> ui.input:
        """One line of text; `attributes` go to the native field."""
        field = self.add(name, label, lambda: Line(value=value), help=help)
        field.props.update({key.replace("_", "-"): value for key, value in attributes.items()})
        return field

    def secret(self, name: str, label: str, *, help: str = "", autocomplete: str) -> ui.input:
        """A password, hidden until its eye is pressed."""
        field = self.line(name, label, help=help, type="password", autocomplete=autocomplete)
        with field.add_slot("append"):
            eye = ui.button(on_click=lambda: turn(), color=None).classes("btn-icon eye")

        def turn(*, shown: bool | None = None) -> None:
            shown = field.props["type"] == "password" if shown is None else shown
            field.props["type"] = "text" if shown else "password"
            eye.props["aria-label"] = f"Hide {label}" if shown else f"Show {label}"
            with eye.clear():
                icon("eye-off" if shown else "eye")

        turn(shown=False)
        return field

    def day(self, name: str, label: str, value: date | None = None, *, help: str = "") -> ui.input:
        """A date as the browser asks for it; its value is ISO 8601 or empty."""
        iso = value.isoformat() if value else ""
        return self.add(name, label, lambda: Line(value=iso).props("type=date"), help=help)

    def choice(
        self,
        name: str,
        label: str,
        options: dict[Any, str],
        *,
        value: Any = None,
        on_change: Callable[..., Any] | None = None,
        searchable: bool = False,
    ) -> ui.select:
        def made() -> ui.select:
            select = ui.select(options, value=value, on_change=on_change, with_input=searchable)
            return select.props("options-dense behavior=menu popup-content-class=options")

        return self.add(name, label, made)

    def add(self, name: str, label: str, make: Callable[[], T], *, help: str = "") -> T:
        """Any control, made by `make` below its label."""
        with ui.element("div").classes("field") as box:
            head = text("label", label)
            control = make()
            native = f"field-{control.id}"
            head.props["for"] = control.props["for"] = native
            control.props["aria-describedby"] = f"{native}-help"
            below = text("span", help, "help").props(f'id="{native}-help" aria-live=polite')
            below.set_visibility(bool(help))
        self._fields[name] = _Field(box, control, below, help)
        return control

    def show_errors(self, fields: dict[str, str]) -> None:
        """Show each sentence at its field, others above; focus the first wrong field."""
        for name, field in self._fields.items():
            field.show(fields.get(name, ""))
        general = " ".join(value for name, value in fields.items() if name not in self._fields)
        self._general.text = general
        self._general.set_visibility(bool(general))
        wrong = next((name for name in self._fields if name in fields), None)
        if wrong:
            self._fields[wrong].control.run_method("focus")
