"""One entry of the log in a dialog: everything it holds, and how to see more like it."""

from collections.abc import Awaitable, Callable

from nicegui import json, ui

from services.audit_list import EntryView
from ui import wording
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.panel import Facts
from ui.components.text import text

PROGRAM = "Tallystick"
Narrow = Callable[[EntryView], Awaitable[None]]


def show(entry: EntryView, zone: str, *, only_user: Narrow, only_target: Narrow) -> None:
    dialog = Dialog(f"{entry.action} {entry.resource}", look="entry-dialog")
    with dialog.body:
        Facts().show(about(entry, zone))
        if entry.facts:
            text("h3", "As it is stored")
            text("pre", json.dumps(entry.facts), "well").props("tabindex=0")

    async def narrow(to: Narrow) -> None:
        dialog.close()
        await to(entry)

    with dialog.foot:
        if entry.person_id:
            button("Only this user", lambda: narrow(only_user))
        if entry.target_id:
            button("Only this target", lambda: narrow(only_target))
        ui.element("span").classes("spacer")
        button("Close", dialog.close, look="primary").props("autofocus")


def about(entry: EntryView, zone: str) -> dict[str, str]:
    """Names and what stands for them, as far as there is something to say."""
    target = entry.target
    if entry.target_id and str(entry.target_id) not in target:
        target = f"{target} (number {entry.target_id})"
    facts = {
        "Entry": f"{entry.id:,}",
        "When": wording.to_the_second(entry.at, zone),
        "User": who(entry),
        "Target": target,
        "Workspace": entry.workspace,
        "Detail": entry.told,
    }
    return {name: value for name, value in facts.items() if value}


def who(entry: EntryView) -> str:
    if not entry.person_id:
        return f"{PROGRAM} itself"
    named = f"{entry.name} <{entry.email}>" if entry.email else entry.name
    return named or f"Person {entry.person_id}"
