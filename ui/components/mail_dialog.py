"""The preview of a mail: whom it is to, its HTML in a frame of its own, its plain text."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.text import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail in words; `frame` is the path of its HTML."""

    subject: str
    sender: str
    text: str
    frame: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What stands above the mail, each with its label; empty ones are left out."""

    title: str
    facts: dict[str, str]


WITHDRAWN = (
    "The links in the earlier mail stop working. The codes themselves stay as they are: "
    "if a stranger has them, revoke them."
)
Send = Callable[[str, ui.button, Form], Awaitable[object]]
Show = Callable[[ui.button], Awaitable[Shown | None]]


class MailDialog:
    """`mail` is masked, or the sentence why there is none; `show` gives it in full, if allowed."""

    def __init__(self, about: About, mail: Shown | str, *, show: Show | None) -> None:
        self._mail, self._full, self._ask = mail, None, show
        self._is_text = False
        self.dialog = Dialog(about.title, look="dialog-wide")
        with self.dialog.body:
            self._facts(about)
            with ui.element("div").classes("segments").props("role=group aria-label=View") as views:
                self._html = button("As HTML", lambda: self._turn(is_text=False), look="quiet")
                self._text = button("As text", lambda: self._turn(is_text=True), look="quiet")
            self._place = ui.element("div").classes("mail")
        views.set_visibility(not isinstance(mail, str))
        with self.dialog.foot:
            if show and not isinstance(mail, str):
                self._toggle = button("", self._toggled)
                self._name_toggle()
            button("Close", self.dialog.close, look="primary")
        self._draw()

    def _facts(self, about: About) -> None:
        with ui.element("dl").classes("mail-facts"):
            for label, value in about.facts.items():
                if value:
                    text("dt", label)
                    text("dd", value)

    def _turn(self, *, is_text: bool) -> None:
        self._is_text = is_text
        self._draw()

    async def _toggled(self) -> None:
        if self._full:
            self._full = None
        elif self._ask:
            self._full = await self._ask(self._toggle)
        self._name_toggle()
        self._draw()

    def _name_toggle(self) -> None:
        with self._toggle.clear():
            icon("eye-off" if self._full else "eye")
            text("span", "Hide codes" if self._full else "Show codes")

    def _draw(self) -> None:
        mail = self._full or self._mail
        self._html.props["aria-pressed"] = "false" if self._is_text else "true"
        self._text.props["aria-pressed"] = "true" if self._is_text else "false"
        self._html.update()
        self._text.update()
        with self._place.clear():
            if isinstance(mail, str):
                text("p", mail, "note note-wait")
            elif self._is_text:
                text("pre", mail.text).props('tabindex=0 role=region aria-label="Plain text"')
            else:
                # nothing in it may run, open or lead anywhere; its answer says the same again
                frame = ui.element("iframe").props('sandbox="" title="The mail"')
                frame.props["src"] = mail.frame


def ask_address(send: Send) -> None:
    """Ask for another address; what `send` refuses is shown at the field."""
    dialog = Dialog("Send to another address")

    async def go() -> None:
        if await send(field.value or "", act, form):
            dialog.close()

    with dialog.body:
        text("p", WITHDRAWN)
        form = Form()
        field = form.line("email", "E-mail", type="email", autocomplete="off")
        field.props("autofocus").on("keydown.enter", go)
    with dialog.foot:
        button("Cancel", dialog.close, look="quiet")
        act = button("Send", go, look="primary")
