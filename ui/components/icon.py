"""Icons by name, coloured like the text beside them."""

from nicegui import ui


def icon(name: str) -> ui.element:
    return ui.element("span").classes(f"icon icon-{name}").props("aria-hidden=true")
