"""The theme and the person's menu in the header."""

from functools import partial

from nicegui import ui

from models.enums import Theme
from services import accounts
from services.actor import Actor
from services.settings import get_settings
from services.signals import Topic
from ui import actions, live, routes, theme, wording
from ui.components import browser
from ui.components.buttons import icon_button, menu_entry
from ui.components.icon import icon
from ui.components.text import text
from ui.door import forms

THEMES = {
    Theme.LIGHT: ("sun", "Light"),
    Theme.DARK: ("moon", "Dark"),
    Theme.SYSTEM: ("sun-moon", "As the system"),
}


class PersonMenu:
    """Who is signed in, and the way out; a new name is shown as soon as it is one."""

    def __init__(self, actor: Actor) -> None:
        self._user_id = actor.user_id
        leave = _sign_out_form()
        self._face = ui.button(color=None).classes("avatar")
        with self._face:
            self._initials = text("span", "")
            with ui.menu():
                with ui.element("div").classes("who"):
                    self._name = text("b", "")
                    self._email = text("span", "")
                ui.element("hr")
                menu_entry("settings", "Account", lambda: ui.navigate.to(routes.ACCOUNT))
                if contact := get_settings().support_contact:
                    text("p", f"Support: {contact}", "menu-note")
                menu_entry("log-out", "Sign out", lambda: browser.call("submit", leave.html_id))
        self._show(actor)
        live.on(self._face, None, Topic.ACCOUNTS, self._changed)

    async def _changed(self, user_ids: tuple[int, ...]) -> None:
        if self._user_id in user_ids:
            self._show(await actions.actor())

    def _show(self, actor: Actor) -> None:
        self._face.props["aria-label"] = f"Signed in as {actor.name}"
        self._initials.text = wording.initials(actor.name)
        self._name.text, self._email.text = actor.name, actor.email


class ThemeMenu:
    """Light, dark or as the system; it follows what was chosen elsewhere."""

    def __init__(self, actor: Actor, dark: ui.dark_mode) -> None:
        self._user_id, self._dark = actor.user_id, dark
        self._items: dict[Theme, ui.menu_item] = {}
        with icon_button("sun-moon", "Theme") as opener, ui.menu():
            for wanted, (glyph, label) in THEMES.items():
                item = ui.menu_item(on_click=partial(self._choose, wanted))
                self._items[wanted] = item.props("role=menuitemradio")
                with item:
                    icon(glyph)
                    text("span", label)
        self._show(actor.theme)
        live.on(opener, None, Topic.ACCOUNTS, self._changed)

    async def _changed(self, user_ids: tuple[int, ...]) -> None:
        if self._user_id in user_ids:
            self._show((await actions.actor()).theme)

    def _show(self, chosen: Theme) -> None:
        self._dark.value = theme.DARK[chosen]
        for each, item in self._items.items():
            item.props["active"] = each is chosen
            item.props["aria-checked"] = "true" if each is chosen else "false"

    async def _choose(self, wanted: Theme) -> None:
        self._show(wanted)
        await actions.run(lambda actor: accounts.choose_theme(actor, wanted))


def _sign_out_form() -> ui.element:
    form = ui.element("form")
    form.props.update({"method": "post", "action": routes.LOGOUT})
    with form:
        hidden = ui.element("input")
        token = forms.sign_out_token(ui.context.client.request)
        hidden.props.update({"type": "hidden", "name": forms.FIELD, "value": token})
    return form
