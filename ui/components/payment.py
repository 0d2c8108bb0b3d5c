"""The Payment card of a step: one field, what was wrong with a code, and whom to ask for one."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.text import text


class PaymentCard:
    """Enter `below` for what stands under the field. Enter applies, as the button does."""

    def __init__(self, apply: Callable[[], Any]) -> None:
        with ui.element("section").classes("payment") as self.root:
            with ui.element("div").classes("payment-head"):
                heading = text("h3", "Payment")
                text("span", "AWAITING CODE", "pill tone-other")
            self.root.props["aria-labelledby"] = heading.html_id
            with ui.element("div").classes("one-field"):
                self.form = Form()
                self.code = self.form.line(
                    "code",
                    "Purchase code",
                    autocomplete="off",
                    autocapitalize="characters",
                    spellcheck="false",
                    maxlength="512",
                ).classes("mono")
                self.code.on("keydown.enter", apply)
                self.go = button("Apply", apply, look="primary")
            self._refusal = ui.element("div").classes("payment-refusal").props("role=alert")
            self.below = ui.element("p").classes("muted")
        self.show_refusal(())

    def show_refusal(self, sentence: Sequence[str], after: Sequence[str] = ()) -> None:
        """`sentence` is plain and emphasised by turns; nothing hides the box."""
        self._refusal.clear()
        self._refusal.set_visibility(bool(sentence))
        with self._refusal:
            icon("circle-alert")
            with ui.element("div"):
                with ui.element("p"):
                    for place, words in enumerate(sentence):
                        text("b" if place % 2 else "span", words)
                for more in after:
                    text("p", more)
