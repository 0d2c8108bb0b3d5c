"""What both dialogs that generate codes say: how many at once, and what became of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from ui.components.buttons import button, download
from ui.components.copying import copy
from ui.components.dialog import Dialog
from ui.components.text import text

WAIT = (
    "You'll be notified once generated. You need to wait for some time, "
    "based on the number of {} being generated."
)
Copied = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Generated:
    """The codes in full and where their file is; of a batch under way none, and `path` its page.

    `mail` says what becomes of the mail that Send Notification asked for, `save` saves the file.
    """

    codes: list[str]
    path: str
    mail: str = ""
    save: Callable[[], Awaitable[None]] | None = None


def is_number_from(least: int, typed: str) -> bool:
    words = typed.strip()
    return words.isascii() and words.isdigit() and int(words[:9]) >= least


def background_line(bulk_from: int) -> TextElement:
    """Hidden at first."""
    said = f"From {bulk_from} on, codes are made in the background and you are notified."
    line = text("p", said, "after-field").props("aria-live=polite")
    line.set_visibility(False)
    return line


def name_generate(go: ui.button, *, is_bulk: bool) -> None:
    with go.clear():
        text("span", "Generate codes" if is_bulk else "Generate")


def acknowledge(dialog: Dialog, made: Generated, number: int, noun: str, copied: Copied) -> None:
    """Turn the dialog into what it made, or into the promise of it; `noun` is what one code is."""
    dialog.body.clear()
    dialog.foot.clear()
    if made.codes:
        _show(dialog, made, noun, copied)
    else:
        _promise(dialog, made, number, noun)


def _promise(dialog: Dialog, made: Generated, number: int, noun: str) -> None:
    dialog.title.text = f"{number:,} {noun}s are being generated"
    with dialog.body:
        text("p", WAIT.format(f"{noun}s")).props("role=status")
        _mail(made)
    with dialog.foot:
        button("Close", dialog.close, look="primary").props("autofocus")


def _show(dialog: Dialog, made: Generated, noun: str, copied: Copied) -> None:
    number = len(made.codes)
    said = f"1 {noun} was" if number == 1 else f"{number:,} {noun}s were"
    dialog.title.text = f"{said} generated successfully."
    with dialog.body:
        well = text("div", "\n".join(made.codes), "code-well")
        well.props("tabindex=0 role=region aria-label=Codes").run_method("focus")
        _mail(made)

    async def copy_codes() -> None:
        await copied()
        await copy("\n".join(made.codes), f"{number:,} codes copied, one on each line.")

    with dialog.foot:
        button("Close", dialog.close, look="quiet")
        button("Copy codes", copy_codes, glyph="copy")
        download("Download CSV", made.path, look="primary", save=made.save)


def _mail(made: Generated) -> None:
    if made.mail:
        text("p", made.mail, "note note-mail")
