"""Health: whether the installation is well, for its owner."""

from nicegui import background_tasks, ui

from services import checkup, heartbeats
from services.actor import Actor
from services.checkup import Checkup
from services.permissions import Permission
from services.settings import get_settings
from services.signals import Topic
from ui import actions, health_words, live
from ui.components.page_head import page_head
from ui.health_panels import AddressPanel, ClockPanel, FactPanel, Summary
from ui.health_tables import Section
from ui.keys_panel import KeysPanel
from ui.mail_panel import MailPanel, TestMail
from ui.pages import page_title, view

HEARD = (Topic.HEALTH, Topic.THROTTLING, Topic.BACKUPS, Topic.MESSAGES, Topic.JOBS, Topic.EXPORTS)


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Health", actor)
    page_head("Health", "Whether this installation does what it should.", in_header=True)
    await HealthPage(actor).build()


class HealthPage:
    """The summary, mail, and a panel for each section of the check-up."""

    def __init__(self, actor: Actor) -> None:
        self.zone = actor.time_zone
        self.panels: dict[str, FactPanel] = {}
        self.actor = actor

    async def build(self) -> None:
        self.summary = Summary()
        found = await self.found()
        with ui.element("div").classes("health-panels"):
            mail = MailPanel(self.actor)
            await mail.build()
            TestMail(self.actor, is_set=mail.is_set)
            self.address = AddressPanel(get_settings().base_url)
            for section in health_words.sections(found, self.zone):
                of = ClockPanel if section.title == "Clock" else FactPanel
                self.panels[section.title] = of(section.title)
            await KeysPanel(self.actor).build()
        self.show(found)
        for topic in HEARD:
            live.on(self.summary.root, None, topic, self.changed)
        background_tasks.create(self.look_outside(found), name="looking outside")

    async def found(self) -> Checkup:
        return await checkup.of(await actions.actor(), tuple(heartbeats.loops()))

    async def changed(self, _: tuple[int, ...]) -> None:
        self.show(await self.found())

    def show(self, found: Checkup) -> None:
        self.summary.show(found)
        for section in health_words.sections(found, self.zone):
            self.panels[section.title].show(section)

    async def look_outside(self, found: Checkup) -> None:
        """What the page need not wait for: the public address, and the browser's clock."""
        with self.summary.root:
            await ui.context.client.connected()
            await self.address.check()
            clock = self.panels["Clock"]
            if isinstance(clock, ClockPanel):
                await clock.ask(_clock(health_words.sections(found, self.zone)))


def _clock(sections: list[Section]) -> Section:
    return next(section for section in sections if section.title == "Clock")
