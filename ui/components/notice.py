"""What stands in place of content: nothing yet, missing, or broken."""

from nicegui import ui

from ui import routes
from ui.components.icon import icon
from ui.components.text import text


def empty(heading: str, sentence: str, *, glyph: str = "info", tag: str = "b") -> ui.element:
    """Enter it to add the first thing to do."""
    with ui.element("div").classes("empty") as made:
        icon(glyph)
        text(tag, heading)
        text("p", sentence)
    return made


def problem(heading: str, sentence: str) -> ui.element:
    """Instead of a whole page, with a way on."""
    ui.page_title(f"{heading} · Tallystick")
    made = ui.element("div").classes("card").props("role=alert")
    with made, empty(heading, sentence, glyph="circle-alert", tag="h1"):
        ui.link("Go to your workspaces", routes.HOME).classes("q-btn btn-plain")
    return made
