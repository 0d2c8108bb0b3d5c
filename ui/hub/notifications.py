"""Notifications: everything behind a person's bell."""

from typing import Any

from nicegui import ui

from services import notifications
from services.actor import Actor
from services.notifications import NotificationView
from services.paging import Slice
from services.signals import Topic
from ui import actions, live, notices
from ui.components.buttons import button
from ui.components.filters import choice_filter
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.pages import page_title, view

WHAT = """
<q-td :props="props">
  <div class="told" :class="{ 'told-unread': props.row.unread }">
    <span v-if="props.row.unread" class="off-screen">Unread</span>
    <b>{{ props.value }}</b>
    <span v-if="props.row.reason">{{ props.row.reason }}</span>
  </div>
</q-td>
"""
WHEN = """
<q-td :props="props"><time :title="props.row.exact">{{ props.value }}</time></q-td>
"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button v-if="props.row.unread" @click="() => $parent.$emit('mark', props.row.id)"
      :aria-label="'Mark as read: ' + props.row.what">
      <span class="icon icon-check" aria-hidden="true"></span><q-tooltip>Mark as read</q-tooltip>
    </button>
    <button v-if="props.row.action" class="view-button"
      @click="() => $parent.$emit('follow', props.row.id)"
      :aria-label="props.row.action + ': ' + props.row.what">{{ props.row.action }}</button>
  </span>
</q-td>
"""
COLUMNS = [
    Column(name="what", label="Notification", look="wrap", cell=WHAT),
    Column(name="about", label="About", look="quiet wrap"),
    Column(name="workspace", label="Workspace", look="quiet wrap"),
    Column(name="when", label="When", look="quiet", cell=WHEN),
    Column(name="actions", label="", end=True, cell=ACTIONS),
]
SENTENCE = "What was finished, and what needs you."
UNREAD = "unread"


@view()
async def page(actor: Actor) -> None:
    page_title("Notifications")
    await Notifications(actor).build()


class Notifications:
    """One person's view of the list: its filter and its page."""

    def __init__(self, actor: Actor) -> None:
        self.user_id = actor.user_id
        self.seen = 0  # up to which id there was something to see

    async def build(self) -> None:
        page_head("Notifications", SENTENCE, in_header=True)
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.filter = choice_filter("All notifications", {UNREAD: "Unread"}, self.filtered)
                ui.element("span").classes("spacer")
                self.count = text("span", "", "total").props("aria-live=polite")
                self.all_read = button("Mark all read", self.mark_all, glyph="check-check")
                self.all_read.classes("btn-small")
            self.table = DataTable(COLUMNS, self.load, look="notifications")
        self.table.when_empty = self.when_empty
        self.table.on("mark", self.mark)
        self.table.on("follow", self.follow)
        await self.table.reload()
        live.on(card, None, Topic.NOTIFICATIONS, self.changed)

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor()
        self.seen = await notifications.latest(actor)
        found = await notifications.page(actor, part, unread_only=self.filter.value == UNREAD)
        unread = await notifications.unread(actor)
        self.count.text = f"{unread:,} unread of {found.total:,}" if found.total else ""
        if self.filter.value == UNREAD:
            self.count.text = f"{unread:,} unread"
        self.all_read.set_enabled(unread > 0)
        return [row(each) for each in found.rows], found.total

    def when_empty(self) -> None:
        if self.filter.value == UNREAD:
            empty("Nothing unread", "You have read everything.", glyph="check-check")
            return
        empty("Nothing yet", notices.NOTHING, glyph="bell")

    async def filtered(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        if self.user_id in user_ids:
            await self.table.reload()

    async def mark(self, notification_id: int) -> None:
        await self._marked(notification_id)

    async def _marked(self, notification_id: int) -> NotificationView | None:
        return await actions.run(lambda actor: notifications.mark_read(actor, notification_id))

    async def follow(self, notification_id: int) -> None:
        """To what it is about, as far as the person may still go there."""
        marked = await self._marked(notification_id)
        if marked and (path := notices.words(marked).path):
            notices.follow(path)

    async def mark_all(self) -> None:
        up_to = self.seen
        await actions.run(lambda actor: notifications.mark_all_read(actor, up_to=up_to))


def row(view: NotificationView) -> dict[str, Any]:
    """What reaches the browser of one notification."""
    words = notices.words(view)
    return {
        "id": view.id,
        "what": words.title,
        "reason": words.reason,
        "about": words.about if words.about != view.workspace else "",
        "workspace": view.workspace or "",
        "when": notices.ago(view.at, view.time_zone),
        "exact": notices.exactly(view.at, view.time_zone),
        "unread": not view.is_read,
        "action": words.label if words.path else "",
    }
