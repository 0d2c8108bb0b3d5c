"""Everything there is to know about how the installation does, for the page and the doctor."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services import (
    database_state,
    last_backup,
    log_state,
    machine,
    mail_health,
    throttle_state,
    waiting_work,
)
from services.actor import Actor
from services.database_state import DatabaseState
from services.heartbeats import Loop, Pulse
from services.last_backup import LastBackup
from services.log_state import LogState
from services.machine import Clock, Disk, Version
from services.mail_health import MailHealth
from services.permissions import Permission, require
from services.settings import Settings, get_settings
from services.throttle_state import ThrottleState
from services.waiting_work import WaitingWork
from services.zones import now

ROOM_WANTED = 1024**3
MAIL_SOON, JOBS_SOON = timedelta(hours=1), timedelta(minutes=10)


class Matter(StrEnum):
    """What may be the matter."""

    LOOPS = "loops"
    DISK = "disk"
    BACKUP_FAILED = "backup failed"
    BACKUP_LATE = "backup late"
    MAIL_PAUSED = "mail paused"
    MAIL_HELD = "mail held"
    MAIL_SLOW = "mail slow"
    JOBS_SLOW = "jobs slow"
    CLOCK = "clock"
    SEALS_LATE = "seals late"
    LOG_FINDINGS = "log findings"
    GUESSING = "guessing"


WORTH_KNOWING = {Matter.MAIL_HELD, Matter.GUESSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """`loops` is None where no server was there to be asked."""

    version: Version
    database: DatabaseState
    disk: Disk
    backup: LastBackup
    work: WaitingWork
    loops: tuple[Loop, ...] | None
    clock: Clock
    log: LogState
    throttling: ThrottleState
    mail: MailHealth

    @property
    def matters(self) -> tuple[Matter, ...]:
        return tuple(_matters(self))

    @property
    def is_well(self) -> bool:
        return not set(self.matters) - WORTH_KNOWING


async def of(actor: Actor, loops: tuple[Loop, ...]) -> Checkup:
    require(actor, Permission.RUN_INSTALLATION)
    return await examine(get_settings(), loops)


async def examine(settings: Settings, loops: tuple[Loop, ...] | None) -> Checkup:
    """As `of`, for who starts the program; writes nothing."""
    return Checkup(
        version=machine.version(settings),
        database=await database_state.state(settings),
        disk=await asyncio.to_thread(machine.disk, settings),
        backup=await last_backup.last(settings),
        work=await waiting_work.waiting(),
        loops=loops,
        clock=await machine.clock(),
        log=await log_state.state(),
        throttling=await throttle_state.state(),
        mail=await mail_health.of_mail(),
    )


def _matters(found: Checkup) -> Iterator[Matter]:
    """The worst first."""
    if any(not loop.pulse.is_well for loop in found.loops or ()):
        yield Matter.LOOPS
    if found.disk.free < max(ROOM_WANTED, 2 * found.database.size):
        yield Matter.DISK
    yield from _of_record(found)
    if found.clock.went_back:
        yield Matter.CLOCK
    yield from _of_work(found)
    if found.throttling.is_guessing:
        yield Matter.GUESSING


def _of_record(found: Checkup) -> Iterator[Matter]:
    """What would be lost, or was changed."""
    if found.log.findings:
        yield Matter.LOG_FINDINGS
    if found.backup.problem:
        yield Matter.BACKUP_FAILED
    elif found.backup.is_late:
        yield Matter.BACKUP_LATE
    if found.log.is_late:
        yield Matter.SEALS_LATE


def _of_work(found: Checkup) -> Iterator[Matter]:
    mail, work = found.mail, found.work
    if mail.held:
        if mail.queued:
            yield Matter.MAIL_HELD
    elif mail.paused_at:
        yield Matter.MAIL_PAUSED
    elif mail.trouble or _waits_long(mail.oldest, MAIL_SOON):
        yield Matter.MAIL_SLOW
    if any(_waits_long(at, JOBS_SOON) for at in (work.oldest_batch, work.oldest_file)):
        yield Matter.JOBS_SLOW


def _waits_long(since: datetime | None, most: timedelta) -> bool:
    return since is not None and now() - since > most


def reported(words: list[str]) -> tuple[Loop, ...]:
    """Loops of a server that said which of them do not go on."""
    return tuple(Loop(name=word, word=word, pulse=Pulse.LATE, since=None) for word in words)
