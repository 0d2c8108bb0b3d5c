"""The dialogs that record what becomes of a step, and take a failure back."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.outcomes import NOTE_MOST
from services.undoing import REASON_MOST
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.entry import Area
from ui.components.fields import Form
from ui.components.text import text

Do = Callable[[str, ui.button, Form], Awaitable[object]]
OF_CODE = "It stands in the history of the code."
OF_TEAM = "Seen by everybody who may see this evaluation."


def ask_passed(step: str, following: str, record: Do) -> None:
    """`following` is the name of the next step, empty after the last."""
    then = f"{following} opens next." if following else "It is the last step: you certify it."
    dialog = Dialog(f"Record {step} as passed?")
    with dialog.body:
        text("p", f"{then} {_stays(step)}")
        form = Form()
        note = _area(form, "note", "Note (optional)", OF_TEAM)
    _foot(dialog, form, note, record, "Record as passed", look="primary")


def ask_failed(step: str, product: str, record: Do) -> None:
    dialog = Dialog(f"Record {step} as failed?")
    with dialog.body:
        text("p", f"The evaluation of {product} ends here. {_stays(step)}")
        text("p", "An admin can reopen it, with a reason.")
        form = Form()
        note = _area(form, "note", "Why it failed", OF_TEAM)
    _foot(dialog, form, note, record, "Record as failed", look="danger")


def ask_reopen(step: str, reopen: Do) -> None:
    dialog = Dialog("Reopen this evaluation?")
    with dialog.body:
        text("p", f"{step} is open for work again. That it failed stays in its history.")
        form = Form()
        reason = _reason(form, OF_TEAM)
    _foot(dialog, form, reason, reopen, "Reopen", look="primary", enter=True)


def ask_undo_payment(step: str, ending: str, undo: Do) -> None:
    dialog = Dialog("Undo this payment?")
    with dialog.body:
        text("p", f"The code ending {ending} is READY again, and {step} needs a purchase code.")
        text("p", "What is recorded in the step stays. Both facts stay in the history of the code.")
        form = Form()
        reason = _reason(form, OF_CODE)
    _foot(dialog, form, reason, undo, "Undo payment", look="danger", enter=True)


def _reason(form: Form, help: str) -> ui.input:
    most = f"{REASON_MOST}"
    return form.line(
        "reason", "Reason", help=help, autofocus="", autocomplete="off", maxlength=most
    )


def _stays(step: str) -> str:
    return f"What is recorded in {step} stays as it is."


def _area(form: Form, name: str, label: str, help: str) -> ui.textarea:
    field = form.add(
        name,
        label,
        lambda: Area().props("outlined hide-bottom-space autofocus autogrow"),
        help=help,
    )
    field.props["maxlength"] = NOTE_MOST
    return field.classes("note-area")


def _foot(
    dialog: Dialog,
    form: Form,
    field: ui.input | ui.textarea,
    do: Do,
    action: str,
    *,
    look: str,
    enter: bool = False,
) -> None:
    async def go() -> None:
        if await do(field.value or "", act, form):
            dialog.close()

    with dialog.foot:
        button("Cancel", dialog.close, look="quiet")
        act = button(action, go, look=look)
    if enter:
        field.on("keydown.enter", go)
