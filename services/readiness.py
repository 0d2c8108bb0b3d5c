"""Whether this process can serve: what it lacks in one word each, and nothing more."""

import asyncio
import logging
import shutil

from services import heartbeats
from services.database import fetch
from services.settings import get_settings

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that the database gets to answer
ROOM_LEAST = 100 * 1024 * 1024  # bytes; with less a commit may fail
DATABASE, DISK = "database", "disk"


async def lacks() -> list[str]:
    """Words such as database, disk, mail; none where it is ready."""
    loops = [loop.word for loop in heartbeats.loops() if not loop.pulse.is_well]
    found = [
        *([] if await database_answers() else [DATABASE]),
        *([] if await asyncio.to_thread(has_room) else [DISK]),
        *dict.fromkeys(loops),
    ]
    if found:
        log.warning("Not ready: %s.", ", ".join(found))
    return found


async def database_answers() -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return bool(await fetch("SELECT 1 AS one", reading=True))
    except Exception:
        log.exception("The database does not answer.")
        return False


def has_room() -> bool:
    try:
        return shutil.disk_usage(get_settings().data_dir).free >= ROOM_LEAST
    except OSError:
        return False
