"""Looks after the health now and then: the log has what changed, and screens look anew."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from services import checkup, heartbeats, signals
from services.checkup import Matter
from services.settings import get_settings
from services.signals import Changed, Topic

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=30)


@dataclass
class _Process:
    has_begun: bool = False
    known: frozenset[Matter] = frozenset()


_process = _Process()


async def work() -> timedelta:
    """Look once, not at the start when all loops begin; returns when to look again."""
    if not _process.has_begun:
        _process.has_begun = True
        return EVERY
    found = await checkup.examine(get_settings(), tuple(heartbeats.loops()))
    matters = frozenset(found.matters)
    for matter in sorted(matters - _process.known):
        log.warning("Health: %s needs somebody.", matter.value)
    for matter in sorted(_process.known - matters):
        log.info("Health: %s is well again.", matter.value)
    _process.known = matters
    signals.emit(Changed(None, Topic.HEALTH))
    return EVERY
