"""One row of filters above a table."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from ui.components.entry import Line
from ui.components.icon import icon
from ui.components.text import text


def search_field(label: str, on_change: Callable[..., Any]) -> ui.input:
    """Asks a moment after the last key, not at each."""
    field = Line(placeholder=label, on_change=on_change).classes("search")
    field.props("debounce=300 clearable type=search")
    field.props["aria-label"] = label
    with field.add_slot("prepend"):
        icon("search")
    return field


def choice_filter(
    everything: str,
    options: dict[Any, str],
    on_change: Callable[..., Any],
    *,
    value: Any = "",
    searchable: bool = False,
) -> ui.select:
    """Its value is the empty string for `everything`."""
    every = {"": everything, **options}
    field = ui.select(every, value=value, on_change=on_change, with_input=searchable)
    field.classes("filter")
    field.props("options-dense behavior=menu popup-content-class=options")
    # Quasar gives an aria-label to the wrong element; a label of its own is read with the field
    native = f"filter-{field.id}"
    text("label", everything, "off-screen").props["for"] = field.props["for"] = native
    return field
