"""Dialogs: a head, a body that scrolls, and the buttons at the foot."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from ui.components import browser
from ui.components.buttons import button
from ui.components.text import text


class Dialog:
    """Opens at once and is deleted when it closes; `body` and `foot` can be filled anew.

    `look` is empty, or dialog-wide.
    """

    def __init__(self, title: str, *, look: str = "") -> None:
        with _page():
            self.root = ui.dialog().on("hide", lambda: self.root.delete())
        with self.root, ui.element("div").classes(f"dialog {look}"):
            with ui.element("div").classes("dialog-head"):
                self.title = text("h2", title)
            self.root.props["aria-labelledby"] = self.title.html_id
            self.body = ui.element("div").classes("dialog-body")
            self.foot = ui.element("div").classes("dialog-foot")
        self.root.open()

    def close(self) -> None:
        self.root.close()


def _page() -> ui.element:
    # What lives as long as the page: where the click was may be drawn anew below an open dialog.
    above = ui.context.slot.parent.ancestors(include_self=True)
    pages = (element for element in above if isinstance(element, ui.sub_pages))
    return next(pages, ui.context.client.content)


def confirm(
    title: str,
    sentences: list[str],
    action: str,
    do: Callable[[ui.button], Awaitable[Any]],
    *,
    look: str = "danger",
    keep: str = "Cancel",
) -> None:
    """Ask before something that matters; `do` gets the button, to show it busy.

    `keep` names the button that changes nothing.
    """
    dialog = Dialog(title)
    with dialog.body:
        for sentence in sentences:
            text("p", sentence)
    with dialog.foot:
        button(keep, dialog.close, look="quiet").props("autofocus")

        async def go() -> None:
            await do(act)
            dialog.close()

        act = button(action, go, look=look)


def show_text(title: str, sentence: str, words: str) -> None:
    """The last resort of copying: the text stands selected, to be copied by hand."""
    dialog = Dialog(title)
    with dialog.body:
        text("p", sentence)
        field = ui.textarea(value=words).props("outlined readonly").classes("mono")
        dialog.root.on("show", lambda: browser.call("selectAll", field.id))
    with dialog.foot:
        button("Close", dialog.close, look="primary")
