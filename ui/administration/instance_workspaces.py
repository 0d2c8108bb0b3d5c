"""Every workspace of the installation, for its owner."""

from typing import Any

from nicegui import ui

from services import workspace_list
from services.actor import Actor
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from services.workspace_list import WorkspaceView
from ui import actions, live, routes, wording
from ui.components.buttons import button
from ui.components.filters import search_field
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.new_workspace import new_workspace
from ui.pages import page_title, view

NAME = """
<q-td :props="props">
  <a class="named" :href="props.row.path">
    <span class="tile" :class="'tile-' + props.row.tile" aria-hidden="true">{{
      props.row.initials }}</span>
    <span class="two"><b>{{ props.value }}</b><small>{{ props.row.slug }}</small></span>
  </a>
</q-td>
"""
OPEN = """
<q-td :props="props">
  <a class="view-button" :href="props.row.settings"
    :aria-label="'Settings of ' + props.row.name">Settings</a>
</q-td>
"""
COLUMNS = [
    Column(name="name", label="Workspace", sortable=True, look="wrap", cell=NAME),
    Column(name="zone", label="Time zone", look="quiet"),
    Column(name="members", label="Members", end=True, look="num"),
    Column(name="codes", label="Codes", end=True, look="num"),
    Column(name="since", label="Created", sortable=True, look="quiet num"),
    Column(name="actions", label="", end=True, cell=OPEN),
]
SENTENCE = "Each holds the products, codes and people of one team."


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Workspaces", actor)
    await Workspaces().build()


class Workspaces:
    """The owner's view of the list: what is sought, and its page."""

    async def build(self) -> None:
        with page_head("Workspaces", SENTENCE, in_header=True):
            button("New workspace", new_workspace, look="primary", glyph="plus")
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by name or address", self.filter)
                ui.element("span").classes("spacer")
                self.count = text("span", "", "total").props("aria-live=polite")
            self.table = DataTable(
                COLUMNS,
                self.load,
                look="workspaces",
                note="Times in UTC",
                sort="name",
                descending=False,
            )
        self.table.when_empty = self.when_empty
        await self.table.reload()
        for topic in (Topic.WORKSPACES, Topic.MEMBERS, Topic.BATCHES):
            live.on(card, None, topic, self.changed)

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        found = await workspace_list.page(await actions.actor(), self.search.value or "", part)
        self.count.text = wording.count(found.total, "workspace")
        return [row(each) for each in found.rows], found.total

    def when_empty(self) -> None:
        if self.search.value:
            empty("No workspace matches", "Change the search.", glyph="search")
            return
        with empty("No workspace yet", SENTENCE, glyph="layers"):
            button("New workspace", new_workspace, glyph="plus")

    async def filter(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, _: tuple[int, ...]) -> None:
        """Patch what is here; where the rows are others now, the page is asked for again."""
        rows, total = await self.load(self.table.part)
        if total == self.table.total and [each["id"] for each in rows] == self.table.ids:
            self.table.patch(rows)
        else:
            await self.table.reload()


def row(view: WorkspaceView) -> dict[str, Any]:
    """What reaches the browser of one workspace."""
    return {
        "id": view.id,
        "name": view.name,
        "slug": view.slug,
        "initials": wording.initials(view.name),
        "tile": view.id % 5,
        "path": routes.workspace(view.slug),
        "settings": routes.settings(view.slug),
        "zone": view.time_zone,
        "members": f"{view.members:,}",
        "codes": f"{view.codes:,}",
        "since": wording.brief(view.since, "UTC"),
    }
