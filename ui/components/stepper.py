"""A stepper: one stage below the other, each with its number or sign, its name and what is said."""

from nicegui import ui

from ui.components.icon import icon
from ui.components.text import text

LOOKS = {
    "done": "is-done",
    "here": "is-here",
    "waiting": "is-waiting",
    "failed": "is-failed",
}
SPOKEN = {"done": "done", "failed": "failed", "here": "open", "waiting": "not open yet"}


class Stage:
    """Enter `body` to fill it; `set` changes how the stage stands without drawing it anew."""

    def __init__(self, number: int, name: str) -> None:
        self._number = number
        with ui.element("li").classes("stage") as self.root:
            self._sign = ui.element("span").classes("sign").props("aria-hidden=true")
            with ui.element("div").classes("stage-about"):
                with ui.element("h2"):
                    text("span", name)
                    self._spoken = text("span", "", "off-screen")
                self._said = text("p", "", "said")
                self.body = ui.element("div").classes("stage-body")

    def set(self, state: str, said: str) -> None:
        """`state` is done, here, waiting or failed."""
        self.root.classes(replace=f"stage {LOOKS[state]}")
        if state == "here":
            self.root.props("aria-current=step")
        else:
            self.root.props(remove="aria-current")
        self._spoken.text = f", {SPOKEN[state]}"
        self._said.text = said
        with self._sign.clear():
            if state == "done":
                icon("check")
            elif state == "failed":
                icon("x")
            else:
                text("span", f"{self._number}")
