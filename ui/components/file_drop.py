"""Takes files, several at once: chosen or dropped, with progress, and what was not taken."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import UploadEventArguments

from ui.components.text import text

HEAD = """
<div class="drop-head">
  <q-uploader-add-trigger></q-uploader-add-trigger>
  <button type="button" class="q-btn btn-plain btn-small" @click="props.pickFiles">
    <span class="icon icon-paperclip" aria-hidden="true"></span><span>Attach files</span>
  </button>
  <span class="muted">Or drop them here. Up to 10 MB each.</span>
</div>
"""
LIST = """
<ul class="uploads" aria-label="Files on their way">
  <li v-for="file in props.files.filter((each) => each.__status === 'uploading')" :key="file.__key">
    <span class="name">{{ file.name }}</span>
    <span class="meter" role="progressbar" aria-valuemin="0" aria-valuemax="100"
      :aria-valuenow="Math.round(100 * file.__progress)" :aria-label="file.name">
      <i :style="{ width: 100 * file.__progress + '%' }"></i>
    </span>
    <span class="much">{{ Math.round(100 * file.__progress) }} % of {{ file.__sizeLabel }}</span>
  </li>
</ul>
"""
Take = Callable[[str, bytes, "OneFile"], Awaitable[object]]


class FileDrop:
    """`take` gets each file; what it refuses is told here, with the name of the file.

    The browser knows the limit too, and sends nothing larger.
    """

    def __init__(self, take: Take, *, most: int, too_large: str) -> None:
        self._take, self._too_large = take, too_large
        self.upload = ui.upload(
            on_upload=self._taken,
            on_rejected=lambda: self.say(too_large),
            max_file_size=most,
            multiple=True,
            auto_upload=True,
        ).classes("file-drop")
        self.upload.props("flat square")
        self.upload.add_slot("header", HEAD)
        self.upload.add_slot("list", LIST)
        self.upload.on("start", self._begin, args=[])
        self.upload.on("failed", self._failed, args=[])
        self.wrong = ui.element("ul").classes("wrong-lines").props("role=alert")
        self.wrong.set_visibility(False)

    def say(self, sentence: str) -> None:
        with self.wrong:
            text("li", sentence)
        self.wrong.set_visibility(True)

    def _begin(self) -> None:
        self.wrong.clear()
        self.wrong.set_visibility(False)

    async def _taken(self, event: UploadEventArguments) -> None:
        await self._take(event.file.name, await event.file.read(), OneFile(self, event.file.name))

    def _failed(self) -> None:
        self.say(f"A file could not be taken. {self._too_large} Try it again.")
        self.upload.run_method("removeQueuedFiles")


class OneFile:
    """Where what is wrong with one file is shown."""

    def __init__(self, drop: FileDrop, name: str) -> None:
        self._drop, self._name = drop, name

    def show_errors(self, fields: dict[str, str]) -> None:
        for sentence in fields.values():
            self._drop.say(f"{self._name}: {sentence}")
