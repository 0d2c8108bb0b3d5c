"""The dialog that exports entitlements by the day they changed."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

Export = Callable[[str, str, str, ui.button, Form], Awaitable[bool]]


class ExportDialog:
    """`export` gets the ending of the file and both days, and returns whether it begins."""

    def __init__(self, zone: str, export: Export) -> None:
        self.export = export
        self.dialog = Dialog("Export entitlements")
        with self.dialog.body:
            text(
                "p",
                "One row for each entitlement: holder, e-mail, product, plan, from, until, state "
                "and when it changed last. Ended and undone ones are in it too.",
            )
            self.form = Form()
            with ui.element("div").classes("fields-2"):
                self.since = self.form.day("from", "From", help="Empty: from the first change.")
                self.until = self.form.day("until", "Until", help="The whole day counts.")
            text("p", f"Days of the last change, in {zone}.", "muted")
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.xlsx = button("Download XLSX", lambda: self._go("xlsx"), glyph="download")
            self.csv = button(
                "Download CSV", lambda: self._go("csv"), look="primary", glyph="download"
            )

    async def _go(self, ending: str) -> None:
        pressed = self.xlsx if ending == "xlsx" else self.csv
        since, until = self.since.value or "", self.until.value or ""
        if await self.export(ending, since, until, pressed, self.form):
            self.dialog.close()
