"""Which files carry the style, and light or dark; colours themselves are in static/tokens.css."""

from nicegui import ui

from models.enums import Theme
from ui import routes
from ui.components.entry import Line

DARK = {Theme.LIGHT: False, Theme.DARK: True, Theme.SYSTEM: None}

STYLES = (
    "tokens.css",
    "icons.css",
    "app.css",
    "controls.css",
    "table.css",
    "mail.css",
    "bell.css",
    "customers.css",
    "panel.css",
    "evaluation.css",
    "dashboard.css",
    "payment.css",
    "people.css",
    "schemes.css",
    "members.css",
    "audit.css",
    "refusals.css",
    "purchases.css",
)


def install() -> None:
    for name in STYLES:
        ui.add_head_html(f'<link rel="stylesheet" href="{routes.static(name)}">', shared=True)
    for name in ("app.js", routes.PASSKEY_SCRIPT):
        ui.add_head_html(f'<script src="{routes.static(name)}"></script>', shared=True)
    ui.button.default_props("no-caps unelevated no-wrap")
    Line.default_props("outlined dense hide-bottom-space")
    ui.select.default_props("outlined dense hide-bottom-space")
