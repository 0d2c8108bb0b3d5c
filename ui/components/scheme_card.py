"""A certification scheme as a card: its actions in order, and what can be done with each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import ui

from services.scheme_list import ActionView, SchemeView
from ui import wording
from ui.components import browser
from ui.components.buttons import button, icon_button, menu_entry
from ui.components.icon import icon
from ui.components.text import text

OfScheme = Callable[[SchemeView], Any]
OfAction = Callable[[ActionView], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What an owner can do; `move` is up where it is True."""

    rename: OfScheme
    archive: OfScheme
    restore: OfScheme
    add_action: OfScheme
    change_action: OfAction
    archive_action: OfAction
    restore_action: OfAction
    move: Callable[[ActionView, bool], Awaitable[Any]]


def scheme_card(scheme: SchemeView, edits: Edits, moved: tuple[int, bool] | None) -> None:
    """`moved` is the action whose button was just pressed, up or down; it has the focus again."""
    look = "card scheme archived" if scheme.is_archived else "card scheme"
    with ui.element("section").classes(look) as card:
        with ui.element("div").classes("title"):
            heading = text("h2", scheme.name)
            card.props["aria-labelledby"] = heading.html_id
            if scheme.is_archived:
                text("span", "ARCHIVED", "pill tone-other")
            ui.element("span").classes("spacer")
            text("span", wording.count(len(scheme.open_actions), "action"), "quiet")
            _scheme_menu(scheme, edits)
        if not scheme.actions:
            text("p", "No action yet. Evaluations need one.", "quiet nothing-yet")
        with ui.element("ol"):
            for action in scheme.actions:
                _action(scheme, action, edits, moved)


def _scheme_menu(scheme: SchemeView, edits: Edits) -> None:
    if scheme.is_archived:
        button("Restore", partial(edits.restore, scheme)).classes("btn-small")
        return
    add = button("Add action", partial(edits.add_action, scheme), glyph="plus")
    add.classes("btn-small")
    with icon_button("ellipsis", f"More for {scheme.name}"), ui.menu():
        menu_entry("pencil", "Rename", partial(edits.rename, scheme))
        menu_entry("archive", "Archive", partial(edits.archive, scheme))


def _action(
    scheme: SchemeView, action: ActionView, edits: Edits, moved: tuple[int, bool] | None
) -> None:
    order = [each.id for each in scheme.open_actions]
    place = "" if action.is_archived else f"{order.index(action.id) + 1}"
    with ui.element("li").classes("archived" if action.is_archived else ""):
        text("span", place, "place").props("aria-hidden=true")
        with ui.element("div").classes("about"):
            text("b", action.title)
            _terms(action)
        if scheme.is_archived:
            return
        if action.is_archived:
            button("Restore", partial(edits.restore_action, action)).classes("btn-small")
            return
        _arrows(
            action, edits, moved, is_first=action.id == order[0], is_last=action.id == order[-1]
        )
        with icon_button("ellipsis", f"More for {action.title}"), ui.menu():
            menu_entry("pencil", "Edit", partial(edits.change_action, action))
            menu_entry("archive", "Archive", partial(edits.archive_action, action))


def _terms(action: ActionView) -> None:
    with ui.element("span").classes("terms"):
        if action.needs_payment:
            icon("ticket")
            text("span", "Needs a purchase code")
        else:
            text("span", "Free")
        if action.agreements:
            text("span", f"· {wording.count(action.agreements, 'agreement')}")
        if action.is_archived:
            text("span", "ARCHIVED", "pill tone-other")


def _arrows(
    action: ActionView,
    edits: Edits,
    moved: tuple[int, bool] | None,
    *,
    is_first: bool,
    is_last: bool,
) -> None:
    up = icon_button("arrow-up", f"Move {action.name} up", partial(edits.move, action, True))
    down = icon_button("arrow-down", f"Move {action.name} down", partial(edits.move, action, False))
    up.set_enabled(not is_first)
    down.set_enabled(not is_last)
    if moved and moved[0] == action.id:
        pressed, other = (up, down) if moved[1] else (down, up)
        browser.call("refocus", (pressed if pressed.enabled else other).html_id)
