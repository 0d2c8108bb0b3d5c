"""Export of a log: sent at once where it is small, made in the background where it is large."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from services import audit_exports, audit_files, audit_filter
from services.actor import Actor
from ui import actions, routes, wording
from ui.components.buttons import button, menu_entry
from ui.components.dialog import Dialog
from ui.components.text import text

FORMS = {"csv": "CSV", "xlsx": "XLSX"}


def export_button(slug: str | None, asked: Callable[[], dict[str, str]]) -> None:
    """`asked` gives the filters as they are when it is pressed; without a slug the whole log."""

    async def export(form: str) -> None:
        wanted = {name: value for name, value in asked().items() if value}

        async def command(actor: Actor) -> tuple[int | None]:
            return (await audit_exports.request(actor, audit_filter.read(wanted), form),)

        begun = await actions.run(command, slug=slug, button=pressed)
        if begun is None:
            return
        if begun[0] is None:
            ui.download.from_url(routes.audit_export(slug, form, wanted))
        else:
            _in_the_background(form)

    pressed = button("Export", glyph="download")
    pressed.props("aria-haspopup=menu")
    with pressed, ui.menu().props("role=menu").classes("export-menu"):
        for form, label in FORMS.items():
            menu_entry("file-text", f"Download {label}", partial(export, form))


def _in_the_background(form: str) -> None:
    most, kept = f"{audit_files.AT_ONCE:,}", wording.count(audit_exports.KEPT.days, "day")
    dialog = Dialog("The file is being made")
    with dialog.body:
        text(
            "p",
            f"These are more than {most} entries. You'll be notified once the {FORMS[form]} is "
            f"ready; the bell then has a button to download it. It is kept for {kept}.",
        )
    with dialog.foot:
        button("Close", dialog.close, look="primary").props("autofocus")
