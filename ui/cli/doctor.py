"""doctor: what the Health page shows, without the screens, also beside a server that runs."""

import asyncio
import http.client
import sys

from services import checkup, installation, instance_lock, own_address
from services.checkup import Checkup
from services.heartbeats import Loop
from services.own_address import Reached
from services.readiness import DATABASE, DISK
from services.settings import Settings, get_settings
from ui import health_tables, health_words, mail_words, routes
from ui.cli import opened, problems
from ui.health_tables import MATTERS, Section

ZONE = "UTC"
PATIENCE = 10.0  # seconds
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server listens on
WELL = "ok"


def doctor() -> None:
    """Say how the installation does; ends with 1 where something is wrong."""
    with problems.said():
        settings = get_settings()
        lacks = _ask_server(settings) if instance_lock.is_held(settings) else None
        found, reached = asyncio.run(_examine(settings, lacks))
    _tell(found, reached, lacks)
    sys.exit(0 if found.is_well and not lacks else 1)


async def _examine(settings: Settings, lacks: list[str] | None) -> tuple[Checkup, Reached | None]:
    async with opened.as_it_is(settings):
        await installation.open_key(settings)
        found = await checkup.examine(settings, _loops(lacks))
    return found, None if lacks is None else await own_address.reach(settings, routes.HEALTHZ)


def _loops(lacks: list[str] | None) -> tuple[Loop, ...] | None:
    if lacks is None:
        return None
    return checkup.reported([word for word in lacks if word not in (DATABASE, DISK)])


def _ask_server(settings: Settings) -> list[str]:
    """What the running server says it lacks; it may itself be what does not answer."""
    host = ANYWHERE.get(settings.host, settings.host)
    line = http.client.HTTPConnection(host, settings.port, timeout=PATIENCE)
    try:
        line.request("GET", routes.READYZ, headers={"host": settings.hosts[0]})
        said = line.getresponse().read(1000).decode("ascii", "replace").split()
    except (OSError, http.client.HTTPException):
        return ["server"]
    finally:
        line.close()
    return [] if said == [WELL] else said


def _tell(found: Checkup, reached: Reached | None, lacks: list[str] | None) -> None:
    said, _ = health_words.headline(found)
    print(said)
    for matter in found.matters:
        print(f"- {' '.join(MATTERS[matter])}")
    if lacks:
        print(f"- The running server is not ready: {', '.join(lacks)}.")
    for section in health_words.sections(found, ZONE):
        _print(section)
    _print(mail_words.section(found.mail, ZONE))
    if said := mail_words.answer(found.mail):
        print(f"  It said: {said}")
    if reached:
        _print(health_tables.address(reached))


def _print(section: Section) -> None:
    print(f"\n{section.title}: {section.word}")
    if section.sentence:
        print(f"  {section.sentence}")
    for name, value in section.facts:
        print(f"  {name + ':':<24}{value}")
