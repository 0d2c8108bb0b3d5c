"""Whether a page is there for who asks, before anything is built for it.

Whoever must set up a second factor first passes: the page says so instead of what is on it.
"""

import re
from collections.abc import Mapping

from services import sessions
from services.errors import NotFound
from services.permissions import Permission, can
from ui import path_kinds, routes

Needs = Mapping[str, Permission | None]
"""What it takes to see a page, by its route; None where a signed-in person may."""

_needs: list[tuple[re.Pattern[str], Permission | None]] = []


def use(needs: Needs) -> None:
    _needs[:] = [(path_kinds.pattern((path,)), permission) for path, permission in needs.items()]


async def may_open(path: str, token: str) -> bool:
    """True also where nothing is known of the path; the page itself asks again."""
    for pattern, permission in _needs:
        if pattern.fullmatch(path):
            return await _may(path, permission, token)
    return True


async def _may(path: str, permission: Permission | None, token: str) -> bool:
    place = routes.PLACE.fullmatch(path)
    try:
        actor = await (sessions.enter(token, place["slug"]) if place else sessions.find(token))
    except NotFound:
        return False
    if actor is None:
        return False
    return permission is None or actor.factor_due or can(actor, permission)
