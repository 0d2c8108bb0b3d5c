"""The theme and the person's menu in the header."""

from functools import partial

from nicegui import ui

from models.enums import Theme
from services import accounts
from services.actor import Actor
from services.settings import get_settings
from ui import actions, routes, theme, wording
from ui.components import browser
from ui.components.buttons import icon_button
from ui.components.icon import icon
from ui.components.text import text
from ui.door import forms

THEMES = {
    Theme.LIGHT: ("sun", "Light"),
    Theme.DARK: ("moon", "Dark"),
    Theme.SYSTEM: ("sun-moon", "As the system"),
}


def build(actor: Actor) -> None:
    leave = _sign_out_form()
    face = ui.button(color=None).classes("avatar")
    face.props["aria-label"] = f"Signed in as {actor.name}"
    with face:
        text("span", wording.initials(actor.name))
        with ui.menu():
            with ui.element("div").classes("who"):
                text("b", actor.name)
                text("span", actor.email)
            ui.element("hr")
            if contact := get_settings().support_contact:
                text("p", f"Support: {contact}", "menu-note")
            with ui.menu_item(on_click=lambda: browser.call("submit", leave.html_id)):
                icon("log-out")
                text("span", "Sign out")


def build_theme(actor: Actor, dark: ui.dark_mode) -> None:
    items: dict[Theme, ui.menu_item] = {}

    def mark(chosen: Theme) -> None:
        for each, item in items.items():
            item.props["active"] = each is chosen
            item.props["aria-checked"] = "true" if each is chosen else "false"

    async def choose(wanted: Theme) -> None:
        dark.value = theme.DARK[wanted]
        mark(wanted)
        await actions.run(lambda actor: accounts.choose_theme(actor, wanted))

    with icon_button("sun-moon", "Theme"), ui.menu():
        for wanted, (glyph, label) in THEMES.items():
            items[wanted] = ui.menu_item(on_click=partial(choose, wanted)).props(
                "role=menuitemradio"
            )
            with items[wanted]:
                icon(glyph)
                text("span", label)
    mark(actor.theme)


def _sign_out_form() -> ui.element:
    form = ui.element("form")
    form.props.update({"method": "post", "action": routes.LOGOUT})
    with form:
        hidden = ui.element("input")
        token = forms.sign_out_token(ui.context.client.request)
        hidden.props.update({"type": "hidden", "name": forms.FIELD, "value": token})
    return form
