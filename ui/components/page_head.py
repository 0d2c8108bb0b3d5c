"""The head of a page: its title once, a sentence, and the actions at the right."""

from nicegui import ui

from ui.components.text import text


def page_head(title: str, sentence: str = "", *, in_header: bool = False) -> ui.element:
    """Returns the place for actions; enter it to add them.

    `in_header` says that the header shows the same title, which is enough on a phone.
    """
    with ui.element("div").classes("head head-bare" if in_header else "head"):
        with ui.element("div").classes("titles"):
            text("h1", title)
            if sentence:
                text("p", sentence)
        return ui.element("div").classes("actions")


class StatCard:
    """A number people act on, with what it means; `set` changes it in place."""

    def __init__(self, label: str) -> None:
        with ui.element("div").classes("card stat"):
            self._label = text("small", label)
            self._number = text("b", "")
            self._more = text("span", "", "more")

    def set(self, number: int, more: str, label: str = "") -> None:
        self._label.text = label or self._label.text
        self._number.text = f"{number:,}"
        self._more.text = more
