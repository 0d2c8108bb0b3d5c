"""The person's menu in the header."""

from nicegui import ui

from services.actor import Actor
from services.settings import get_settings
from services.signals import Topic
from ui import actions, live, routes, wording
from ui.components import browser
from ui.components.buttons import menu_entry
from ui.components.text import text
from ui.door import forms


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


def _sign_out_form() -> ui.element:
    form = ui.element("form")
    form.props.update({"method": "post", "action": routes.LOGOUT})
    with form:
        hidden = ui.element("input")
        token = forms.sign_out_token(ui.context.client.request)
        hidden.props.update({"type": "hidden", "name": forms.FIELD, "value": token})
    return form
