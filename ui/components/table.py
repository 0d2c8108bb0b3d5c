"""The table: pages, order and filters come from the server, and rows change while you look."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from services.database import is_id
from services.paging import Slice
from ui.components import browser
from ui.components.buttons import icon_button
from ui.components.notice import empty
from ui.components.text import text

log = logging.getLogger(__name__)
Row = dict[str, Any]

# The head itself sorts on a click; the button makes it reachable by keyboard.
SORTABLE_HEAD = """
<q-th :props="props" :aria-sort="props.col.ariaSort">
  <button class="sort">{{ props.col.label }}</button>
</q-th>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`cell` is a Vue template made of constants; it reads the row, which Vue escapes."""

    name: str
    label: str
    sortable: bool = False
    end: bool = False
    look: str = ""
    cell: str = ""

    def definition(self) -> Row:
        looks = f"col-{self.name} {self.look} {'end' if self.end else ''}"
        return {
            "name": self.name,
            "field": self.name,
            "label": self.label,
            "sortable": self.sortable,
            "align": "right" if self.end else "left",
            "classes": looks,
            "headerClasses": looks,
        }


Load = Callable[[Slice], Awaitable[tuple[list[Row], int]]]


class DataTable:
    """Rows are explicit: every key reaches the browser, shown or not. Each has an `id`."""

    def __init__(
        self,
        columns: list[Column],
        load: Load,
        *,
        look: str,
        note: str = "",
        sort: str = "",
        descending: bool = True,
    ) -> None:
        self._load, self._default = load, (sort, descending)
        self._asked = 0
        self.part = Slice(sort=sort, descending=descending)
        self.total = 0
        self.progress = ui.element("div").classes("progress idle").props("role=presentation")
        self.table = ui.table(
            columns=[column.definition() for column in columns],
            rows=[],
            row_key="id",
            pagination={
                "rowsPerPage": 25,
                "rowsNumber": 0,
                "sortBy": sort,
                "descending": descending,
            },
        )
        self.table.props("flat binary-state-sort hide-bottom").classes(f"data {look}")
        for column in columns:
            if column.sortable:
                self.table.add_slot(f"header-cell-{column.name}", SORTABLE_HEAD)
            if column.cell:
                self.table.add_slot(f"body-cell-{column.name}", column.cell)
        self.table.on("request", self._sorted, ["pagination"])
        self.instead = ui.element("div")
        self._build_foot(note)

    def _build_foot(self, note: str) -> None:
        with ui.element("div").classes("table-foot") as self._foot:
            text("span", note)
            ui.element("span").classes("spacer")
            self._range = text("span", "").props("aria-live=polite")
            self._back = icon_button("chevron-left", "Previous page", lambda: self._turn(-1))
            self._on = icon_button("chevron-right", "Next page", lambda: self._turn(1))

    def on(self, event: str, handler: Callable[[int], Awaitable[None]]) -> None:
        """What a cell emits with a row's id; the id is not trusted any further than being one."""

        async def heard(arguments: GenericEventArguments) -> None:
            sent = arguments.args
            if isinstance(sent, int) and is_id(sent):
                await handler(sent)

        self.table.on(event, heard)

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.table.rows]

    def cell(self, row_id: int, name: str) -> str:
        """What stands in a row on screen; nothing where it went while somebody pressed a button."""
        return next((str(each[name]) for each in self.table.rows if each["id"] == row_id), "")

    @property
    def is_first_page(self) -> bool:
        return self.part.number == 1 and (self.part.sort, self.part.descending) == self._default

    async def shows_newest(self) -> bool:
        """Whether the person looks at the top of the first page."""
        if not self.is_first_page:
            return False
        try:
            return bool(await browser.call("isAtTop"))
        except TimeoutError:
            return False  # a tab asleep: whatever is new waits there

    async def reload(self, *, first: bool = False) -> None:
        """Ask for the page again; an answer that a later question overtook is dropped."""
        if first:
            self.part = self._slice(number=1)
        self._asked += 1
        asked = self._asked
        self.progress.classes(remove="idle")
        try:
            rows, total = await self._load(self.part)
        except Exception:
            log.exception("A table could not be loaded")
            self._show_instead(self._failed)
            return
        finally:
            if not self.progress.is_deleted:
                self.progress.classes("idle")
        if asked == self._asked and not self.table.is_deleted:
            self._show(rows, total)

    def _show(self, rows: list[Row], total: int) -> None:
        self.total = total
        last = max(1, -(-total // self.part.rows))
        if self.part.number > last:
            self.part = self._slice(number=last)
        start = (self.part.number - 1) * self.part.rows
        self._range.text = f"{start + 1:,}–{start + len(rows):,} of {total:,}" if rows else ""
        self._back.set_enabled(self.part.number > 1)
        self._on.set_enabled(self.part.number < last)
        self.table.pagination = {
            "page": 1,
            "rowsPerPage": self.part.rows,
            "rowsNumber": total,
            "sortBy": self.part.sort,
            "descending": self.part.descending,
        }
        for column in self.table.columns:
            column["ariaSort"] = self._direction(column["name"])
        self.table.update_rows(rows)
        self.instead.clear()
        self._set_shown(bool(rows))
        if not rows:
            self._show_instead(self.when_empty)

    def _direction(self, column: str) -> str:
        if column != self.part.sort:
            return "none"
        return "descending" if self.part.descending else "ascending"

    def when_empty(self) -> object:
        """What to show without rows; screens replace it."""
        empty("Nothing here", "There is nothing to show yet.")

    def _failed(self) -> None:
        with empty("This list could not be loaded", "Nothing is lost. Try again in a moment."):
            ui.button("Try again", on_click=self.reload, color=None).classes("btn-plain")

    def _show_instead(self, build: Callable[[], object]) -> None:
        self._set_shown(False)
        self.instead.clear()
        with self.instead:
            build()

    def _set_shown(self, shown: bool) -> None:
        self.table.set_visibility(shown)
        self._foot.set_visibility(shown)

    def patch(self, rows: list[Row]) -> None:
        """Change these rows where they are on screen; without sending the table again."""
        changed = {row["id"]: row for row in rows}
        for row in self.table.rows:
            if row["id"] in changed:
                dict.update(row, changed[row["id"]])
        browser.call("patch", self.table.id, rows)

    def _slice(self, *, number: int) -> Slice:
        part = self.part
        return Slice(number=number, rows=part.rows, sort=part.sort, descending=part.descending)

    async def _turn(self, by: int) -> None:
        self.part = self._slice(number=self.part.number + by)
        await self.reload()

    async def _sorted(self, event: GenericEventArguments) -> None:
        asked = event.args if isinstance(event.args, dict) else {}
        wanted = asked.get("pagination", asked)
        wanted = wanted if isinstance(wanted, dict) else {}
        self.part = Slice(
            number=1,
            sort=str(wanted.get("sortBy") or ""),
            descending=wanted.get("descending") is True,
        )
        await self.reload()
