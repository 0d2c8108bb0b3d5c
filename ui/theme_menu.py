"""The menu in the header that chooses light, dark or as the system."""

from functools import partial

from nicegui import ui

from models.enums import Theme
from services import accounts
from services.actor import Actor
from services.signals import Topic
from ui import actions, live, theme
from ui.components.buttons import icon_button
from ui.components.icon import icon
from ui.components.text import text

THEMES = {
    Theme.LIGHT: ("sun", "Light"),
    Theme.DARK: ("moon", "Dark"),
    Theme.SYSTEM: ("sun-moon", "As the system"),
}


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
