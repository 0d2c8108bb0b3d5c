"""The panels of the Health page: a summary, one for each kind of fact, address and clock."""

from datetime import timedelta
from typing import Any

from nicegui import ui

from services import own_address, zones
from services.checkup import WORTH_KNOWING, Checkup, Matter
from services.machine import CLOCK_TOLERANCE
from ui import actions, health_tables, health_words, routes
from ui.components import browser
from ui.components.buttons import button
from ui.components.icon import icon
from ui.components.panel import Facts, Panel
from ui.components.text import text
from ui.health_tables import BAD, GOOD, MATTERS, OTHER, TONES, Section

ASKS = "This server asks for its own address, as configured, and for no other."
BROWSER = "Your browser"
BACKUPS = ("Open Backups", routes.BACKUPS)
WAYS = {
    Matter.BACKUP_FAILED: BACKUPS,
    Matter.BACKUP_LATE: BACKUPS,
    Matter.LOG_FINDINGS: ("Open Audit Log", routes.INSTANCE_AUDIT),
}


class Summary:
    """Whether everything works; what does not, and what to do about it."""

    def __init__(self) -> None:
        with ui.element("section").classes("card panel summary").props("role=status") as root:
            root.props["aria-label"] = "Summary"
            self.root = root
        self._shown: tuple[object, ...] = ()

    def show(self, found: Checkup) -> None:
        said, mood = health_words.headline(found)
        if (said, found.matters) == self._shown:  # nothing is read out twice
            return
        self._shown = (said, found.matters)
        self.root.clear()
        with self.root:
            with ui.element("div").classes(f"proof-head tone-{TONES[mood]}"):
                icon("circle-check" if mood == GOOD else "circle-alert")
                text("b", said)
            if found.matters:
                self._matters(found)

    @staticmethod
    def _matters(found: Checkup) -> None:
        with ui.element("ul").classes("findings"):
            for matter in found.matters:
                wrong, remedy = MATTERS[matter]
                with ui.element("li"):
                    icon("info" if matter in WORTH_KNOWING else "circle-alert")
                    with ui.element("div").classes("what"):
                        text("b", wrong)
                        text("p", remedy)
                    if way := WAYS.get(matter):
                        ui.link(*way).classes("q-btn btn-plain btn-small")


class FactPanel:
    """One section of the check-up, changed in place."""

    def __init__(self, title: str) -> None:
        self.panel = Panel(title)
        with self.panel.body:
            self._sentence = text("p", "")
            self._facts = Facts()

    def show(self, section: Section) -> None:
        self.panel.set_state(section.word, TONES[section.mood])
        self._sentence.text = section.sentence
        self._sentence.set_visibility(bool(section.sentence))
        self._facts.show(dict(section.facts))


class ClockPanel(FactPanel):
    """The machine's clock, beside the log's and the browser's."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.differs: timedelta | None = None

    def show(self, section: Section) -> None:
        super().show(clock_with(section, self.differs))

    async def ask(self, section: Section) -> None:
        """Compare with the browser's clock; a browser that does not answer is not compared."""
        try:
            before = zones.now()
            shown: Any = await browser.call("now")
            middle = before + (zones.now() - before) / 2
            self.differs = timedelta(milliseconds=float(shown)) - timedelta(
                seconds=middle.timestamp()
            )
        except (TimeoutError, TypeError, ValueError, OverflowError):
            return
        self.show(section)


def clock_with(section: Section, differs: timedelta | None) -> Section:
    """The section with how far the browser's clock is from the machine's."""
    if differs is None:
        return section
    is_off = abs(differs) > CLOCK_TOLERANCE
    side = "ahead of" if differs > timedelta(0) else "behind"
    told = f"{_length(abs(differs))} {side} it" if is_off else "The same, within 30 seconds"
    sentence = "One of the two is wrong. Codes and links expire by this machine's clock."
    return Section(
        title=section.title,
        word="DIFFERS" if is_off and section.mood == GOOD else section.word,
        mood=BAD if is_off else section.mood,
        sentence=section.sentence or (sentence if is_off else ""),
        facts=(*section.facts, (BROWSER, told)),
    )


def _length(differs: timedelta) -> str:
    seconds = int(differs.total_seconds())
    return f"{seconds} seconds" if seconds < 120 else health_words.length(differs)


class AddressPanel(FactPanel):
    """Whether the public URL leads here, asked at opening and at a press."""

    def __init__(self, url: str) -> None:
        super().__init__("Public address")
        with self.panel.actions:
            self.again = button("Check again", self.check, glyph="refresh-cw")
            self.again.classes("btn-small")
        with self.panel.body:
            text("small", ASKS, "muted")
        self.show(
            Section(
                title="Public address",
                word="ASKED",
                mood=OTHER,
                facts=(("Public URL", url),),
            )
        )

    async def check(self) -> None:
        reached = await actions.run(
            lambda actor: own_address.check(actor, routes.HEALTHZ), button=self.again
        )
        if reached and not self.panel.root.is_deleted:
            self.show(health_tables.address(reached))
