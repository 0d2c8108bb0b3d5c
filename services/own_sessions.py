"""Where a person is signed in, for that person."""

from dataclasses import dataclass
from datetime import datetime

from models import Session
from models.enums import AuditAction, Resource
from services import audit, sessions
from services.actor import Actor
from services.database import is_id, reader, unit_of_work
from services.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A signed-in browser; `browser` is how it called itself."""

    id: int
    browser: str
    address: str
    since: datetime
    seen_at: datetime
    is_this: bool


async def of(actor: Actor) -> list[SessionView]:
    """One's own sessions: this one first, then the last seen."""
    rows = await sessions.live().filter(user_id=actor.user_id).using_db(reader())
    views = [_view(row, actor) for row in rows]
    return sorted(views, key=lambda each: (each.is_this, each.seen_at), reverse=True)


def _view(row: Session, actor: Actor) -> SessionView:
    return SessionView(
        id=row.id,
        browser=row.browser,
        address=row.address,
        since=row.created_at,
        seen_at=row.seen_at,
        is_this=row.id == actor.session_id,
    )


@unit_of_work
async def end(actor: Actor, session_id: int) -> None:
    """Sign out one of one's own browsers. Raises NotFound for any other."""
    is_own = is_id(session_id) and await Session.exists(id=session_id, user_id=actor.user_id)
    if not is_own or not await sessions.end([session_id]):
        raise NotFound("This session has ended already.")
    await audit.record(AuditAction.LOGOUT, Resource.SESSION, session_id, by=actor)


@unit_of_work
async def end_others(actor: Actor) -> int:
    """Sign out every other one of one's own browsers; returns how many."""
    ended = await sessions.end_all_of(actor.user_id, but=actor.session_id)
    if ended:
        await audit.record(
            AuditAction.LOGOUT, Resource.USER, actor.user_id, by=actor, sessions=ended
        )
    return ended
