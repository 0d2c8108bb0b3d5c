"""What stands in place of content: nothing yet, missing, or broken."""

from nicegui import ui

from ui.components.icon import icon
from ui.components.text import text


def empty(heading: str, sentence: str, *, glyph: str = "info") -> ui.element:
    """Enter it to add the first thing to do."""
    with ui.element("div").classes("empty") as made:
        icon(glyph)
        text("b", heading)
        text("p", sentence)
    return made


def problem(heading: str, sentence: str) -> ui.element:
    with ui.element("div").classes("card").props("role=alert") as made:
        empty(heading, sentence, glyph="circle-alert")
    return made
