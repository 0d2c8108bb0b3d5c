"""The dialog that sends codes to people: a pasted list or a file, what it comes to, and Send."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nicegui import ui
from nicegui.events import UploadEventArguments

from services.recipients import INPUT_MAX, TOO_LARGE
from ui import wording
from ui.components.buttons import button, icon_button
from ui.components.dialog import Dialog
from ui.components.entry import Area
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.text import text

PASTE_HELP = "One address on each line, or parted by commas. Name <a@b.example> gives the name too."
FILE_HELP = "With a column email, and name if you like."
SHOWN = 5
PASTED_MAX = 200_000  # characters; the browser cuts off what is longer, in the middle of an address
CUT = "This is more text than fits here. Put it into a file and choose that one."
NOT_TAKEN = "The file could not be taken. It may have at most 1 MB; try it again."


@dataclass(frozen=True, slots=True)
class Comes:
    """What was entered comes to: sentences, lines that are wrong, and how many codes would go.

    `missing` says why it cannot be sent: there are too few codes.
    """

    sentences: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    people: int = 0
    missing: str = ""


Entered = str | bytes
Inspect = Callable[[Entered, Form], Awaitable[Comes | None]]
Send = Callable[[Entered, str, ui.button, Form], Awaitable[int | None]]


class SendDialog:
    """`inspect` says what would happen, `send` does it with the dialog's own key."""

    def __init__(
        self, *, left: str, held: str, messages: str, inspect: Inspect, send: Send
    ) -> None:
        """`left` and `held` are sentences: codes that are left, and why mail waits."""
        self.inspect, self.send, self.messages, self.held = inspect, send, messages, held
        self.key = secrets.token_urlsafe(24)  # one delivery for one opened dialog
        self.file: tuple[str, bytes] | None = None
        self.asked = 0
        self.dialog = Dialog("Send to people")
        with self.dialog.body:
            text("p", f"Each person gets one code of this batch by mail. {left}", "muted lead")
            self.form = Form()
            self._build_list()
            self._build_upload()
            self.found = ui.element("div").classes("comes-to").props("aria-live=polite")
            self._say_held()
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("", self._send, look="primary")
        self._show(Comes())

    def _build_list(self) -> None:
        self.pasted = self.form.add(
            "recipients",
            "People",
            lambda: Area().props(
                f"outlined hide-bottom-space debounce=400 maxlength={PASTED_MAX} autofocus"
            ),
            help=PASTE_HELP,
        )
        self.pasted.classes("people").on_value_change(self._look)

    def _build_upload(self) -> None:
        self.upload = ui.upload(
            on_upload=self._take,
            on_rejected=self._refuse,
            max_file_size=INPUT_MAX,
            auto_upload=True,
        ).classes("off-screen")
        self.upload.props('accept=".csv,.txt,text/csv,text/plain" aria-hidden=true')
        self.upload.on("failed", self._fail, args=[])
        with ui.element("div").classes("upload-row"):
            pick = button("Choose a CSV file", glyph="upload").classes("btn-small")
            pick.on_click(lambda: self.upload.run_method("pickFiles"))
            self.file_name = text("span", FILE_HELP, "muted")
            self.drop = icon_button("x", "Remove the file", self._drop)
            self.drop.set_visibility(False)

    def _say_held(self) -> None:
        if self.held:
            text("p", f"The mails will wait in Messages. {self.held}", "note note-mail note-warn")

    async def _take(self, event: UploadEventArguments) -> None:
        self.file = (event.file.name, await event.file.read())
        self._show_file()
        await self._look()

    def _refuse(self) -> None:
        self.form.show_errors({"recipients": TOO_LARGE})
        self.upload.reset()

    def _fail(self) -> None:
        self.form.show_errors({"recipients": NOT_TAKEN})
        self.upload.reset()

    async def _drop(self) -> None:
        self.file = None
        self.upload.reset()
        self._show_file()
        await self._look()

    def _show_file(self) -> None:
        self.file_name.text = self.file[0] if self.file else FILE_HELP
        self.drop.set_visibility(self.file is not None)
        self.pasted.set_enabled(self.file is None)

    @property
    def entered(self) -> Entered:
        return self.file[1] if self.file else self.pasted.value or ""

    async def _look(self) -> None:
        """An answer that a later question overtook is dropped."""
        self.asked += 1
        asked = self.asked
        if self.file is None and len(self.pasted.value or "") >= PASTED_MAX:
            self.form.show_errors({"recipients": CUT})
            self._show(Comes())
            return
        is_nothing = self.file is None and not (self.pasted.value or "").strip()
        found = Comes() if is_nothing else await self.inspect(self.entered, self.form)
        if asked == self.asked:
            if is_nothing:
                self.form.show_errors({})
            self._show(found or Comes())

    def _show(self, comes_to: Comes) -> None:
        with self.go.clear():
            icon("send")
            number = wording.count(comes_to.people, "code")
            text("span", f"Send {number}" if comes_to.people else "Send")
        self.go.set_enabled(bool(comes_to.people) and not comes_to.missing)
        with self.found.clear():
            for sentence in comes_to.sentences:
                text("p", sentence)
            if comes_to.missing:
                text("p", comes_to.missing, "danger")
            if comes_to.wrong:
                self._show_wrong(comes_to.wrong)

    @staticmethod
    def _show_wrong(wrong: list[str]) -> None:
        with ui.element("ul").classes("wrong-lines"):
            for line in wrong[:SHOWN]:
                text("li", line)
            if len(wrong) > SHOWN:
                text("li", f"and {len(wrong) - SHOWN:,} more")

    async def _send(self) -> None:
        sent = await self.send(self.entered, self.key, self.go, self.form)
        if sent:
            self._acknowledge(sent)

    def _acknowledge(self, sent: int) -> None:
        number = wording.count(sent, "code is", "codes are")
        way = "on its way" if sent == 1 else "on their way"
        self.dialog.title.text = f"{number} {'queued' if self.held else way}."
        self.dialog.body.clear()
        with self.dialog.body:
            text("p", "Who got which code stands in the list, and in Download CSV.").props(
                "role=status"
            )
            self._say_held()
        self.dialog.foot.clear()
        with self.dialog.foot:
            button("Open Messages", self._open_messages, look="quiet")
            button("Close", self.dialog.close, look="primary").props("autofocus")

    def _open_messages(self) -> None:
        self.dialog.close()
        ui.navigate.to(self.messages)
