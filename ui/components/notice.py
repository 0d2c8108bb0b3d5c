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
    return _instead(heading, sentence, "circle-alert", "Go to your workspaces", routes.HOME)


def factor_due(sentence: str) -> ui.element:
    """Instead of a page that opens once a second factor is set up."""
    heading = "Set up a second factor first"
    return _instead(heading, sentence, "shield", "Go to your account", routes.ACCOUNT)


def _instead(heading: str, sentence: str, glyph: str, way: str, path: str) -> ui.element:
    ui.page_title(f"{heading} · Tallystick")
    made = ui.element("div").classes("card").props("role=alert")
    with made, empty(heading, sentence, glyph=glyph, tag="h1"):
        ui.link(way, path).classes("q-btn btn-plain")
    return made
