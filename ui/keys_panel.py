"""Which keys there are and how far a new one has taken over, for the owner."""

from datetime import datetime

from nicegui import ui

from services import key_status
from services.actor import Actor
from services.key_status import KeyState, KeyStatus, KeyView
from services.signals import Topic
from ui import actions, key_words, live, wording
from ui.components.meter import Meter
from ui.components.panel import Facts, Panel
from ui.components.text import text

PLACE = (
    "The key file is in no backup. Keep a copy and its paper sheet where the backups are not. "
    "Keys are changed on the command line: keys status, rotate and export."
)
TONES = {KeyState.IN_USE: "activated", KeyState.REPLACED: "expired", "PROBLEM": "revoked"}


class KeysPanel:
    """A panel of the Health page; it moves while codes are sealed anew."""

    def __init__(self, actor: Actor) -> None:
        self.zone = actor.time_zone

    async def build(self) -> None:
        status = await key_status.read(await actions.actor())
        panel = self.panel = Panel("Keys")
        with panel.body:
            self.sentence = text("p", "").props("aria-live=polite")
            with ui.element("div").classes("verifying") as self.under_way:
                self.meter = Meter(self.sentence.html_id)
            self.facts = Facts()
            text("p", PLACE, "muted")
        self.show(status)
        live.on(panel.root, None, Topic.KEYS, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        self.show(await key_status.read(await actions.actor()))

    def show(self, status: KeyStatus) -> None:
        word = _state(status)
        self.panel.set_state(word, TONES[word])
        self.sentence.text = key_words.summary(status)
        if status.waiting:
            self.sentence.text += f" {key_words.WAITING.format(status.waiting)}"
        if key := status.replaced:
            self.meter.show(key.resealed, key.codes)
        self.under_way.set_visibility(bool(status.replaced))
        self.facts.show({f"Key {key.number}": self._fact(key) for key in status.keys})

    def _fact(self, key: KeyView) -> str:
        parts = [f"Check value {key_words.short(key.check_value)}"]
        if key.state is KeyState.RETIRED and key.retired_at:
            parts.append(f"retired {self._moment(key.retired_at)}")
        else:
            parts.append(f"in use since {self._moment(key.since)}")
        if key.state is KeyState.IN_USE:
            parts.append("seals what is new")
        else:
            parts.append(key_words.links(key))
        return ", ".join(parts)

    def _moment(self, at: datetime) -> str:
        return f"{wording.moment(at, self.zone)} ({self.zone})"


def _state(status: KeyStatus) -> str:
    if status.problem:
        return "PROBLEM"
    if status.replaced:
        return KeyState.REPLACED
    return KeyState.IN_USE
