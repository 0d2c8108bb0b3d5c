"""One purchase code in full, in a dialog; and the way from a row to what it paid for."""

from nicegui import ui

from services import purchases
from ui import actions
from ui.components.buttons import button
from ui.components.copying import copy
from ui.components.dialog import Dialog
from ui.components.table import DataTable
from ui.components.text import text


async def show_code(slug: str, code_id: int) -> None:
    """Asks the server, which audits it; copying from the dialog is audited too."""
    shown = await actions.run(lambda actor: purchases.show(actor, code_id), slug=slug)
    if shown is None:
        return
    dialog = Dialog("Purchase code")
    with dialog.body:
        text("p", "Whoever has this code can pay with it. Give it to the person who evaluates.")
        well = text("div", shown.text, "code-well").props("tabindex=0 role=region aria-label=Code")
        well.run_method("focus")
    with dialog.foot:
        button("Close", dialog.close, look="quiet")
        button("Copy code", lambda: copy_code(slug, code_id), look="primary", glyph="copy")


async def copy_code(slug: str, code_id: int) -> None:
    copied = await actions.run(lambda actor: purchases.copy(actor, code_id), slug=slug)
    if copied:
        await copy(copied.text, f"Code ending {copied.text[-4:]} copied.")


async def follow_evaluation(table: DataTable, code_id: int) -> None:
    """To the evaluation that a code on screen paid for."""
    path = next((row["path"] for row in table.table.rows if row["id"] == code_id), "")
    if path:
        ui.navigate.to(path)
