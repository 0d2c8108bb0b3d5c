"""Ten recovery codes, shown once: to be copied, or kept as a file."""

import base64

from nicegui import ui

from ui.components.buttons import button, download
from ui.components.copying import copy
from ui.components.dialog import Dialog
from ui.components.text import text

ONCE = (
    "Keep these recovery codes where your phone is not: on paper, or in a password manager. When "
    "your app or passkey is out of reach, each signs you in once, after your password. They are "
    "not shown again."
)
FILE = "tallystick-recovery-codes.txt"
HEAD = "Recovery codes for Tallystick. Each works once, after your password."


def show(dialog: Dialog, title: str, codes: list[str]) -> None:
    """Turn an open dialog into what was made; only its button closes it."""
    dialog.root.props("persistent")
    dialog.title.text = title
    dialog.body.clear()
    dialog.foot.clear()
    listed = "\n".join(codes)
    with dialog.body:
        text("p", ONCE)
        well = text("div", listed, "code-well recovery")
        well.props("tabindex=0 role=region aria-label='Recovery codes'").run_method("focus")
    with dialog.foot:
        button(
            "Copy codes", lambda: copy(listed, "10 codes copied, one on each line."), glyph="copy"
        )
        _file(f"{HEAD}\n\n{listed}\n")
        button("I have kept them", dialog.close, look="primary")


def _file(content: str) -> ui.element:
    encoded = base64.b64encode(content.encode()).decode()
    made = download("Download", f"data:text/plain;charset=utf-8;base64,{encoded}")
    made.props["download"] = FILE
    return made
