"""What was recorded in a step: notes as they were written, files to download, and what became."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from services.evaluation_detail import EvidenceView, Reopened
from ui import wording
from ui.components.buttons import icon_button
from ui.components.icon import icon
from ui.components.text import text


def evidence_rows(
    evidence: Sequence[EvidenceView],
    zone: str,
    path_of: Callable[[int], str],
    remove: Callable[[EvidenceView], Any],
) -> None:
    with ui.element("ul").classes("evidence"):
        for each in evidence:
            with ui.element("li"):
                icon("file-text" if each.size is None else "paperclip")
                with ui.element("div").classes("what"):
                    _what(each, path_of)
                    by = f"{each.added_by}, {wording.brief(each.added_at, zone)}"
                    is_note = each.size is None
                    much = "" if is_note else f"{wording.size(each.size or 0)} · "
                    text("span", f"{much}{by}", "muted")
                if each.may_remove:
                    kind = "note" if each.size is None else each.text
                    icon_button("trash-2", f"Remove {kind}", lambda it=each: remove(it))


def _what(each: EvidenceView, path_of: Callable[[int], str]) -> None:
    if each.size is None:
        text("p", each.text, "prose")
        return
    link = text("a", each.text).props("download")
    link.props["href"] = path_of(each.id)


def history(reopened: Sequence[Reopened], zone: str) -> None:
    """Failures that were taken back, the oldest first."""
    for each in reopened:
        failed, back = (wording.moment(at, zone) for at in (each.failed_at, each.at))
        with ui.element("div").classes("taken-back"):
            text("p", f"Failed {failed} by {each.failed_by}: {each.note}")
            text("p", f"Reopened {back} by {each.by}: {each.reason}")
