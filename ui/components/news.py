"""The pill that counts what is new beyond the rows on screen."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from ui.components.buttons import button
from ui.components.text import text


class News:
    """Shows "3 new" until it is pressed or forgotten."""

    def __init__(self, on_click: Callable[..., Any]) -> None:
        self._ids: set[Hashable] = set()
        self._pill = button("", on_click).classes("pill-new")
        self._pill.set_visibility(False)

    def add(self, ids: Iterable[Hashable]) -> None:
        self._ids.update(ids)
        with self._pill.clear():
            text("span", f"{len(self._ids):,} new")
        self._pill.set_visibility(True)

    def forget(self) -> None:
        self._ids.clear()
        self._pill.set_visibility(False)
