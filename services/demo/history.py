"""What else happened in the sample: revocations, sign-ins and refusals."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models import Activation, Code, Refusal, Session, User
from models.enums import AuditAction, RefusalReason, Resource, Status
from services import sessions, zones
from services.code_alphabet import ALPHABET
from services.demo.batches import Codes
from services.demo.scene import Issued, Scene, awake, between, in_the_office
from services.demo.story import EVALUATOR, ZONE

BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
)
VISITS_OF_THE_EVALUATOR = 7
NOBODYS_CODES, SECOND_TRIES, REVOKED_TRIES = 4, 6, 3


class Struck(NamedTuple):
    """What a refused try hit, and since when it could not succeed."""

    reason: RefusalReason
    code_id: int | None
    workspace_id: int | None
    since: datetime


def revocations(scene: Scene, issued: Iterable[Issued], codes: Codes) -> None:
    """Record what was revoked, singly and by Revoke unused."""
    for one in issued:
        batch = one.batch
        for ordinal, (at, by) in one.revoked.items():
            code = codes[batch.id, ordinal]
            place = {"person_id": by, "workspace_id": batch.workspace_id}
            scene.record(
                at, AuditAction.REVOKE, Resource.CODE, code.id, **place, ending=code.ending
            )
        if one.withdrawn:
            at, by = one.withdrawn
            place = {"person_id": by, "workspace_id": batch.workspace_id}
            left = batch.revoked - len(one.revoked)
            scene.record(at, AuditAction.REVOKE, Resource.BATCH, batch.id, **place, codes=left)


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


async def refusals(scene: Scene, issued: list[Issued], codes: Codes) -> None:
    """A few tries that were refused, at codes of every kind and at none, and one hasty visitor."""
    early = scene.began + timedelta(days=10)
    struck = [Struck(RefusalReason.NOT_FOUND, None, None, early)] * NOBODYS_CODES
    struck += await _used_before(scene)
    struck += _revoked_before(scene, codes)
    for one in issued:
        struck += await _outside_validity(scene, one)
    rows = [_refusal(scene, each) for each in struck]
    rows.append(_hasty(scene, early))
    await Refusal.bulk_create(sorted(rows, key=lambda row: row.created_at))


async def _used_before(scene: Scene) -> list[Struck]:
    used = (
        await Activation.all().order_by("id").values_list("code_id", "workspace_id", "created_at")
    )
    reason = RefusalReason.ALREADY_ACTIVATED
    return [Struck(reason, *one) for one in scene.dice.sample(used, SECOND_TRIES)]


def _revoked_before(scene: Scene, codes: Codes) -> list[Struck]:
    revoked = [code for _, code in sorted(codes.items()) if code.revoked_at]
    return [
        Struck(RefusalReason.REVOKED, code.id, code.workspace_id, code.revoked_at or scene.now)
        for code in scene.dice.sample(revoked, REVOKED_TRIES)
    ]


async def _outside_validity(scene: Scene, one: Issued) -> list[Struck]:
    """One try at an unused code of a batch that is over, or has not begun."""
    batch = one.batch
    is_over = batch.expires_at is not None and batch.expires_at <= scene.now
    is_early = batch.valid_from is not None and batch.valid_from > scene.now
    if not batch.ready or not (is_over or is_early):
        return []
    code = await Code.filter(batch_id=batch.id, status=Status.READY).order_by("ordinal").first()
    reason = RefusalReason.EXPIRED if is_over else RefusalReason.NOT_YET_VALID
    since = batch.expires_at if is_over else batch.finished_at
    return [Struck(reason, code.id, code.workspace_id, since)] if code and since else []


def _refusal(scene: Scene, struck: Struck) -> Refusal:
    return Refusal(
        workspace_id=struck.workspace_id,
        code_id=struck.code_id,
        reason=struck.reason,
        reference="".join(scene.dice.choices(ALPHABET, k=8)),
        address=f"198.51.100.{scene.dice.randint(2, 250)}",
        created_at=between(scene, struck.since, scene.now, awake),
    )


def _hasty(scene: Scene, early: datetime) -> Refusal:
    """Tries past the limit are one row for their minute."""
    row = _refusal(scene, Struck(RefusalReason.LIMITED, None, None, early))
    row.minute = row.created_at.replace(second=0, microsecond=0)
    row.tries = 14
    return row
