"""The bell in the header: how many are unread, and a panel with the newest of them."""

from functools import partial

from nicegui import ui

from services import notifications
from services.actor import Actor
from services.notifications import NotificationView
from services.signals import Topic
from ui import actions, live, notices, routes, wording
from ui.components import browser
from ui.components.buttons import button, icon_button
from ui.components.notice import empty
from ui.components.text import text
from ui.notices import Words

MOST = 99


async def build(actor: Actor) -> None:
    await Bell(actor).build()


class Bell:
    """One tab's bell; its panel is filled when it opens, and while it is open."""

    def __init__(self, actor: Actor) -> None:
        self.user_id = actor.user_id
        self.seen = 0  # up to which id there was something to see

    async def build(self) -> None:
        self.button = icon_button("bell", "Notifications", self.toggle).classes("bell")
        self.button.props("aria-haspopup=dialog aria-expanded=false")
        with self.button:
            self.badge = text("span", "", "bell-count").props("aria-hidden=true")
            self.panel = ui.menu().props("no-parent-event role=dialog aria-label=Notifications")
            self.panel.props('anchor="bottom right" self="top right" :offset="[0, 8]"')
            self.panel.classes("bell-panel").on_value_change(self._say_whether_open)
        self.said = text("span", "", "off-screen").props("role=status aria-live=polite")
        with self.panel:
            self._head()
            self.entries = ui.element("div").classes("bell-entries")
            with ui.element("div").classes("bell-foot"):
                button("All notifications", self.open_all, look="quiet").classes("btn-small")
        await self.count()
        live.on(self.button, None, Topic.NOTIFICATIONS, self.changed)
        live.on(self.button, None, Topic.ACCOUNTS, self.changed)  # a second factor opens it

    def _head(self) -> None:
        with ui.element("div").classes("bell-head"):
            text("h2", "Notifications")
            self.all_read = button("Mark all read", self.mark_all, look="quiet")
            self.all_read.classes("btn-small")

    def _say_whether_open(self) -> None:
        self.button.props["aria-expanded"] = "true" if self.panel.value else "false"

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        if self.user_id in user_ids:
            await self.count()
            if self.panel.value:
                self.fill(*await self.load(await actions.actor()))
                browser.call("holdFocus", self.entries.html_id)

    async def count(self) -> None:
        number = await notifications.unread(await actions.actor())
        self.button.props["aria-label"] = notices.unread(number)
        self.badge.text = f"{MOST}+" if number > MOST else str(number)
        self.badge.set_visibility(number > 0)
        self.said.text = wording.count(number, "unread notification") if number else ""
        self.all_read.set_enabled(number > 0)

    async def toggle(self) -> None:
        if self.panel.value:
            self.panel.close()
            return
        if loaded := await actions.run(self.load):
            self.fill(*loaded)
            self.panel.open()

    async def load(self, actor: Actor) -> tuple[int, list[NotificationView]]:
        return await notifications.latest(actor), await notifications.newest(actor)

    def fill(self, latest: int, listed: list[NotificationView]) -> None:
        self.seen = latest
        self.entries.clear()
        with self.entries:
            for view in listed:
                self._entry(view, notices.words(view))
            if not listed:
                empty("Nothing yet", notices.NOTHING, glyph="bell")

    def _entry(self, view: NotificationView, words: Words) -> None:
        with ui.element("div").classes("entry" if view.is_read else "entry entry-unread"):
            with ui.element("div").classes("entry-words"):
                if not view.is_read:
                    text("span", "Unread", "off-screen")
                text("b", words.title)
                if words.reason:
                    text("p", words.reason)
                self._when(view, words)
                if words.path:
                    look = "quiet" if view.is_read else "plain"
                    act = button(words.label, partial(self.follow, view.id, words.path), look=look)
                    act.classes("btn-small")
            if not view.is_read:
                mark = icon_button("check", "Mark as read", partial(self.mark, view.id))
                mark.props["aria-label"] = f"Mark as read: {words.title}"

    def _when(self, view: NotificationView, words: Words) -> None:
        with ui.element("small"):
            if words.about:
                text("span", f"{words.about} · ")
            when = text("time", notices.ago(view.at, view.time_zone))
            when.props["datetime"] = view.at.isoformat()
            when.props["title"] = notices.exactly(view.at, view.time_zone)

    async def follow(self, notification_id: int, path: str) -> None:
        """To what it is about; the entry is read by that."""
        self.panel.close()  # first: a closed panel is not drawn anew below the button
        notices.follow(path)
        await self.mark(notification_id)

    async def mark(self, notification_id: int) -> None:
        await actions.run(lambda actor: notifications.mark_read(actor, notification_id))

    async def mark_all(self) -> None:
        up_to = self.seen
        await actions.run(lambda actor: notifications.mark_all_read(actor, up_to=up_to))

    def open_all(self) -> None:
        self.panel.close()
        ui.navigate.to(routes.NOTIFICATIONS)
