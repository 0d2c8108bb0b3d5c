"""A table paged by key: what comes in on top moves no page, and nothing counts a million rows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from services.paging import Key, Slice
from ui.components.buttons import button
from ui.components.icon import icon
from ui.components.table import Column, DataTable, Row
from ui.components.text import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One page and where its neighbours begin; `note` says what is not on it though it matches."""

    rows: list[Row]
    newer: Key | None
    older: Key | None
    note: str = ""


class KeyTable(DataTable):
    """Newest first; the buttons at its foot lead to newer and to older rows."""

    def __init__(
        self,
        columns: list[Column],
        load: Callable[[Key], Awaitable[Rows]],
        *,
        look: str,
        note: str = "",
    ) -> None:
        self._load_by_key = load
        self.key, self.number = Key(), 1
        self.page = Rows(rows=[], newer=None, older=None)
        super().__init__(columns, self._load_part, look=look, note=note)

    @property
    def is_first_page(self) -> bool:
        return self.key == Key()

    def to_first(self) -> None:
        self.key, self.number = Key(), 1

    async def reload(self, *, first: bool = False) -> None:
        if first:
            self.to_first()
        await super().reload()

    async def _load_part(self, _: Slice) -> tuple[list[Row], int]:
        page = await self._load_by_key(self.key)
        self.page = page
        if page.newer is None:
            self.to_first()
        return page.rows, len(page.rows)

    def _build_foot(self, note: str) -> None:
        with ui.element("div").classes("table-foot") as self._foot:
            text("span", note)
            ui.element("span").classes("spacer")
            self._range = text("span", "").props("aria-live=polite")
            self._back = button("Newer", self._to_newer, look="quiet", glyph="chevron-left")
            self._on = button("Older", self._to_older, look="quiet")
            with self._on:
                icon("chevron-right")
            for each in (self._back, self._on):
                each.classes("btn-small")

    def _show(self, rows: list[Row], total: int) -> None:
        super()._show(rows, total)
        page = self.page
        words = f"Page {self.number}" if page.newer or page.older else ""
        self._range.text = " · ".join(each for each in (page.note, words) if each)
        self._back.set_enabled(page.newer is not None)
        self._on.set_enabled(page.older is not None)
        if page.older or page.newer:  # an empty stretch of a long search still has neighbours
            self._foot.set_visibility(True)

    async def _to_newer(self) -> None:
        if self.page.newer:
            self.key, self.number = self.page.newer, max(1, self.number - 1)
            await self.reload()

    async def _to_older(self) -> None:
        if self.page.older:
            self.key, self.number = self.page.older, self.number + 1
            await self.reload()
