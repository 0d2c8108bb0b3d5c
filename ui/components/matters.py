"""What needs somebody, one matter a line, each with where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from services.attention import Matter
from ui.components.icon import icon
from ui.components.notice import empty
from ui.components.text import text

LOST, SOON, GOING = "revoked", "expired", "ready"
GLYPHS = {
    Matter.MAIL_FAILED: "mail-x",
    Matter.BATCH_FAILED: "circle-alert",
    Matter.BATCH_UNDER_WAY: "loader",
    Matter.CODES_HELD: "lock",
    Matter.CODES_EXPIRE: "hourglass",
    Matter.AGREEMENT_ENDS: "calendar-clock",
    Matter.AWAITING_CODE: "wallet",
}
TONES = {
    Matter.MAIL_FAILED: LOST,
    Matter.BATCH_FAILED: LOST,
    Matter.BATCH_UNDER_WAY: GOING,
    Matter.CODES_HELD: SOON,
    Matter.CODES_EXPIRE: SOON,
    Matter.AGREEMENT_ENDS: SOON,
    Matter.AWAITING_CODE: SOON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterLine:
    """`label` is the button that leads to `path`."""

    matter: Matter
    title: str
    about: str
    label: str
    path: str


class Matters:
    """`show` replaces all lines, where one differs."""

    def __init__(self) -> None:
        self._shown: Sequence[MatterLine] | None = None
        self._root = ui.element("ul").classes("matters")

    def show(self, lines: Sequence[MatterLine]) -> None:
        if lines == self._shown:
            return
        self._shown = lines
        with self._root.clear():
            for line in lines:
                self._line(line)
            if not lines:
                with ui.element("li").classes("nothing"):
                    empty("Nothing needs you", "What fails or ends soon stands here.")

    @staticmethod
    def _line(line: MatterLine) -> None:
        with ui.element("li"):
            icon(GLYPHS[line.matter]).classes(f"tone-{TONES[line.matter]}")
            with ui.element("div").classes("about"):
                text("b", line.title)
                text("span", line.about).props["title"] = line.about
            link = ui.link(line.label, line.path).classes("q-btn btn-plain btn-small")
            link.props["aria-label"] = f"{line.label}: {line.title}"
