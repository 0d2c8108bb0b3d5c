"""The story of a code as a time line, and the question whether it would work."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui

from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.text import text

REDEEM, NOTHING = 0, -1

Ask = Callable[[int, int, ui.button, Form], Awaitable[tuple[bool, Sequence[str]] | None]]


class StoryDialog:
    """What happened to a code, line by line. Nothing is asked of what is no code."""

    def __init__(self, title: str) -> None:
        self.dialog = Dialog(title, look="dialog-wide")
        with self.dialog.body:
            self._facts = ui.element("div").classes("story-facts")
            self._story = ui.element("ol").classes("story")
        with self.dialog.foot:
            button("Close", self.dialog.close, look="primary")

    def set_code(self, masked: str, status: str, *facts: str, tone: str) -> None:
        with self._facts:
            text("span", masked, "code")
            text("span", status, f"pill tone-{tone}")
            for fact in facts:
                text("span", fact)

    def add_line(self, head: str, more: str, *, glyph: str, tone: str) -> None:
        with self._story, ui.element("li").classes(f"tone-{tone}"):
            icon(glyph)
            with ui.element("div"):
                text("b", head)
                text("span", more)

    def show_question(
        self,
        purposes: Mapping[int, str],
        purpose: int,
        workspaces: Mapping[int, str],
        workspace: int,
        ask: Ask,
    ) -> None:
        """`purposes` are the actions to be paid, and `REDEEM`; one of each is chosen at first."""
        with self.dialog.body, ui.element("section").classes("would-it-work"):
            text("h3", "Would it work?")
            text("p", "Asking uses nothing up and leaves no refusal.", "muted")
            self.form = Form()
            with ui.element("div").classes("fields-2"):
                self.purpose = self.form.choice(
                    "action",
                    "For",
                    dict(purposes),
                    value=purpose,
                    searchable=True,
                    on_change=self._purpose_changed,
                )
                self.workspace = self.form.choice(
                    "workspace", "In the workspace", dict(workspaces), value=workspace
                )
            self.go = button("Ask", lambda: self._ask(ask))
            self._answer = ui.element("p").classes("answer-line").props("role=status")
        self._purpose_changed()

    def _purpose_changed(self) -> None:
        self.workspace.set_enabled(self.purpose.value != REDEEM)

    async def _ask(self, ask: Ask) -> None:
        self._answer.clear()
        purpose = NOTHING if self.purpose.value is None else self.purpose.value
        answer = await ask(self.workspace.value or NOTHING, purpose, self.go, self.form)
        if answer is None or self._answer.is_deleted:
            return
        works, sentence = answer
        self._answer.classes(replace=f"answer-line tone-{'activated' if works else 'revoked'}")
        with self._answer:
            for place, words in enumerate(sentence):
                text("b" if place % 2 else "span", words)
        self._answer.run_method("scrollIntoView", {"block": "nearest"})
