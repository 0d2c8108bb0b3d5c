"""Sign-ins of the sample's staff: one for each day on which somebody did something."""

import secrets
from collections import defaultdict
from datetime import datetime, timedelta

from models import Session, User
from models.enums import AuditAction, Resource
from services import sessions, zones
from services.demo.hours import between, in_the_office
from services.demo.scene import Scene
from services.demo.story import EVALUATOR, ZONE

BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
)
VISITS_OF_THE_EVALUATOR = 7


async def sign_ins(scene: Scene) -> None:
    """A session for each day on which somebody did something, ended in the evening."""
    days: dict[tuple[str, object], list[datetime]] = defaultdict(list)
    staff = {user.person_id: email for email, user in scene.users.items()}
    for entry in scene.log:
        if email := staff.get(entry.person_id or 0):
            days[email, zones.day(entry.at, ZONE)].append(entry.at)
    for _ in range(VISITS_OF_THE_EVALUATOR):
        at = between(scene, scene.began + timedelta(days=1), scene.now, in_the_office)
        days[EVALUATOR, zones.day(at, ZONE)].append(at)
    for (email, _), moments in sorted(days.items(), key=lambda day: min(day[1])):
        await _session(scene, scene.users[email], min(moments), max(moments))


async def _session(scene: Scene, user: User, first: datetime, last: datetime) -> None:
    began = max(user.created_at, first - timedelta(minutes=scene.dice.uniform(1, 12)))
    left = last + timedelta(minutes=scene.dice.uniform(5, 90))
    session = await Session.create(
        user_id=user.id,
        token_digest=sessions.digest(secrets.token_urlsafe(32)),
        address=f"192.0.2.{10 + user.id}",
        browser=BROWSERS[user.id % len(BROWSERS)],
        seen_at=min(left, scene.now),
        ended_at=left if left < scene.now else None,
        created_at=began,
    )
    for at, action in ((began, AuditAction.LOGIN), (left, AuditAction.LOGOUT)):
        if at < scene.now:
            scene.record(
                at,
                action,
                Resource.USER,
                user.id,
                person_id=user.person_id,
                session=session.id,
            )
