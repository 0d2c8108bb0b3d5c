"""Buttons: one primary action in each view, the others plain or quiet."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from ui.components.icon import icon

Handler = Callable[..., Any]


def button(
    text: str, on_click: Handler | None = None, *, look: str = "plain", glyph: str = ""
) -> ui.button:
    """`look` is primary, plain, quiet or danger."""
    made = ui.button(on_click=on_click, color=None).classes(f"btn-{look}")
    with made:
        if glyph:
            icon(glyph)
        ui.label(text)
    return made


def icon_button(glyph: str, label: str, on_click: Handler | None = None) -> ui.button:
    """A button without text; `label` is what it is called."""
    made = ui.button(on_click=on_click, color=None).classes("btn-icon")
    made.props["aria-label"] = label
    with made:
        icon(glyph)
        ui.tooltip(label).props("delay=400")
    return made


def menu_entry(glyph: str, label: str, on_click: Handler) -> ui.menu_item:
    with ui.menu_item(on_click=on_click) as made:
        icon(glyph)
        ui.label(label)
    return made


def download(
    text: str, path: str, *, look: str = "plain", save: Handler | None = None
) -> ui.element:
    """A link that looks like a button and saves a file from one of our routes.

    `save` does it instead, where something has to be asked before.
    """
    made = ui.element("a").classes(f"q-btn btn-{look}").props("download")
    made.props["href"] = path
    if save:
        made.on("click.prevent", save)
    with made:
        icon("download")
        ui.label(text)
    return made
