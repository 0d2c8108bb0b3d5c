"""A panel of a page: a card with its name and state on top, facts below each other, a well."""

from collections.abc import Iterable, Mapping

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from ui.components.text import text


class Panel:
    """Enter `body` to fill it; `set_state` shows a pill beside the name."""

    def __init__(self, title: str) -> None:
        with ui.element("section").classes("card panel") as self.root:
            with ui.element("div").classes("panel-head"):
                heading = text("h2", title)
                self.root.props["aria-labelledby"] = heading.html_id
                self._state = text("span", "", "pill")
                self._state.set_visibility(False)
                ui.element("span").classes("spacer")
                self.actions = ui.element("div").classes("actions")
            self.body = ui.element("div").classes("panel-body")

    def set_state(self, word: str, tone: str) -> None:
        """`tone` is one of the pairs of colours in tokens.css."""
        self._state.text = word
        self._state.classes(replace=f"pill tone-{tone}")
        self._state.set_visibility(bool(word))


class Facts:
    """Names and what stands for them; `show` changes them in place."""

    def __init__(self) -> None:
        self._values: dict[str, TextElement] = {}
        self._root = ui.element("dl").classes("fact-list")

    def show(self, facts: Mapping[str, str]) -> None:
        if list(facts) != list(self._values):
            self._build(facts)
        for name, value in facts.items():
            self._values[name].text = value

    def _build(self, names: Iterable[str]) -> None:
        self._values = {}
        with self._root.clear():
            for name in names:
                text("dt", name)
                self._values[name] = text("dd", "")


class Well:
    """What a machine said, word for word, with one sentence above; hidden while empty."""

    def __init__(self) -> None:
        with ui.element("div").classes("answer").props("role=status") as self._root:
            self._sentence = text("p", "")
            self._words = text("pre", "", "well")
        self.show("", "")

    def show(self, sentence: str, words: str, *, is_wrong: bool = False) -> None:
        self._sentence.text, self._words.text = sentence, words
        self._sentence.classes(**{"add" if is_wrong else "remove": "danger"})
        self._sentence.set_visibility(bool(sentence))
        self._words.set_visibility(bool(words))
