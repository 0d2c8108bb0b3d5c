"""Whether the public URL leads here: this server asks a page of its own, and nothing else."""

import asyncio
import http.client
import ssl
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from services.actor import Actor
from services.permissions import Permission, require
from services.settings import LOOPBACK, Settings, get_settings

PATIENCE = 3.0  # seconds
ANSWER = b"ok\n"


class Reach(StrEnum):
    """What came of asking."""

    HERE = "here"
    NOBODY = "nobody"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    REDIRECT = "redirect"
    REFUSED = "refused"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """`status` is that of an answer that was not the right one; `is_local`: only this machine."""

    url: str
    reach: Reach
    status: int = 0
    is_local: bool = False


async def check(actor: Actor, path: str) -> Reached:
    """Ask the configured URL, whatever it is; nobody chooses another. `path` answers ok here."""
    require(actor, Permission.RUN_INSTALLATION)
    return await reach(get_settings(), path)


async def reach(settings: Settings, path: str) -> Reached:
    """As `check`, for who starts the program. No redirect is followed, no proxy is asked."""
    url = settings.base_url
    try:
        async with asyncio.timeout(PATIENCE + 1):
            found, status = await asyncio.to_thread(_ask, url, path)
    except TimeoutError:
        found, status = Reach.SLOW, 0
    is_local = urlsplit(url).hostname in LOOPBACK
    return Reached(url=url, reach=found, status=status, is_local=is_local)


def _ask(url: str, path: str) -> tuple[Reach, int]:
    line = _line(url)
    try:
        line.request("GET", path, headers={"user-agent": "Tallystick"})
        answer = line.getresponse()
        return _judged(answer.status, answer.read(len(ANSWER) + 1)), answer.status
    except ssl.SSLError:
        return Reach.CERTIFICATE, 0
    except TimeoutError:
        return Reach.SLOW, 0
    except (OSError, http.client.HTTPException, ValueError):
        return Reach.NOBODY, 0
    finally:
        line.close()


def _line(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=PATIENCE, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)


def _judged(status: int, body: bytes) -> Reach:
    if 300 <= status < 400:
        return Reach.REDIRECT
    if status == 200:
        return Reach.HERE if body == ANSWER else Reach.ANOTHER
    return Reach.REFUSED
