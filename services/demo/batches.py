"""The sample's batches and their codes, as Generate and Revoke would have left them."""

from datetime import datetime, time, timedelta

from models import Batch, Code, Plan
from models.enums import AuditAction, BatchState, CodeKind, Resource, Status
from services import zones
from services.batches import FAILURE
from services.database import insert_many
from services.demo.hours import between, in_the_office, on_working_day
from services.demo.scene import Issued, Scene
from services.demo.story import ADMIN, BATCHES, ZONE, BatchStory, More
from services.issuing import CODE_COLUMNS, rows_of
from services.settings import get_settings

COLUMNS = (*CODE_COLUMNS, "revoked_at", "revoked_by_id")
SHORTEST_BETWEEN_USES = timedelta(minutes=3)

Codes = dict[tuple[int, int], Code]  # by batch and ordinal


async def issue(scene: Scene) -> list[Issued]:
    """Make every batch, in the order of time; returns those that did not fail."""
    told = [(_made_at(scene, story), story) for story in BATCHES]
    told.sort(key=lambda pair: pair[0])
    made = [await _issue(scene, story, at) for at, story in told]
    issued = [batch for batch in made if batch]
    rows = [row for batch in issued for row in _rows(batch)]
    await insert_many("code", COLUMNS, rows)
    return issued


def _made_at(scene: Scene, story: BatchStory) -> datetime:
    at = time.fromisoformat(story.at)
    return on_working_day(scene, story.days_ago, timedelta(hours=at.hour, minutes=at.minute))


async def _issue(scene: Scene, story: BatchStory, at: datetime) -> Issued | None:
    plan = scene.plans[story.product, story.plan]
    valid_from, expires_at = _validity(plan, story.more, at)
    batch = Batch(
        workspace_id=plan.workspace_id,
        kind=CodeKind.ACCESS,
        product_id=plan.product_id,
        plan_id=plan.id,
        requested_by_id=scene.users[story.by].person_id,
        idempotency_key=f"demo-{BATCHES.index(story)}",
        quantity=story.codes,
        valid_from=valid_from,
        expires_at=expires_at,
        prefix=story.more.prefix,
        note=story.more.note,
        created_at=at,
        started_at=at,
        finished_at=at + timedelta(seconds=scene.dice.uniform(0.2, 0.9)),
    )
    issued = None if story.more.failed else _fate(scene, story, batch, plan)
    await _store(batch, issued)
    _record(scene, batch)
    return issued


def _validity(plan: Plan, more: More, at: datetime) -> tuple[datetime | None, datetime | None]:
    day = zones.day(at, ZONE)
    begins = day + timedelta(days=more.valid_after) if more.valid_after else None
    lasts = more.expires_after or plan.codes_expire_after_days
    return (
        zones.start_of(begins, ZONE) if begins else None,
        zones.end_of((begins or day) + timedelta(days=lasts), ZONE) if lasts else None,
    )


def _fate(scene: Scene, story: BatchStory, batch: Batch, plan: Plan) -> Issued:
    opened = max(filter(None, (batch.finished_at, batch.valid_from)))
    closed = min(filter(None, (scene.now, batch.expires_at)))
    withdrawn = None
    if story.more.withdrawn:
        closed = between(scene, opened + (closed - opened) / 2, closed, in_the_office)
        withdrawn = closed, batch.requested_by_id
    most = max(0, (closed - opened) // SHORTEST_BETWEEN_USES)
    used = min(story.used, most)
    chosen = scene.dice.sample(range(1, story.codes + 1), used + story.revoked)
    return Issued(
        batch=batch,
        plan=plan,
        opened=opened,
        closed=closed,
        used=chosen[:used],
        revoked={ordinal: _revoked_singly(scene, batch, closed) for ordinal in chosen[used:]},
        withdrawn=withdrawn,
    )


def _revoked_singly(scene: Scene, batch: Batch, closed: datetime) -> tuple[datetime, int]:
    made = batch.finished_at or batch.created_at
    by = scene.dice.choice((batch.requested_by_id, scene.users[ADMIN].person_id))
    return between(scene, made, closed if closed > made else scene.now, in_the_office), by


async def _store(batch: Batch, issued: Issued | None) -> None:
    if issued is None:
        batch.state, batch.failure = BatchState.FAILED, FAILURE
    else:
        unused = batch.quantity - len(issued.used)
        batch.state, batch.made = BatchState.DONE, batch.quantity
        batch.activated = len(issued.used)
        batch.revoked = unused if issued.withdrawn else len(issued.revoked)
        batch.ready = unused - batch.revoked
    await batch.save()


def _record(scene: Scene, batch: Batch) -> None:
    place = {"workspace_id": batch.workspace_id, "person_id": batch.requested_by_id}
    finished = batch.finished_at or batch.created_at
    scene.record(
        batch.created_at,
        AuditAction.CREATE,
        Resource.BATCH,
        batch.id,
        **place,
        plan=batch.plan_id,
        codes=batch.quantity,
    )
    if batch.state is BatchState.FAILED:
        scene.record(finished, AuditAction.FAIL, Resource.BATCH, batch.id, **place)
        return
    if batch.quantity >= get_settings().bulk_from:
        scene.record(
            finished,
            AuditAction.COMPLETE,
            Resource.BATCH,
            batch.id,
            **place,
            codes=batch.quantity,
        )
    if batch.quantity > 1:
        at = finished + timedelta(seconds=scene.dice.uniform(15, 240))
        scene.record(
            at, AuditAction.EXPORT, Resource.BATCH, batch.id, **place, codes=batch.quantity
        )


def _rows(issued: Issued) -> list[tuple[object, ...]]:
    made, used = issued.batch.finished_at, set(issued.used)
    rows: list[tuple[object, ...]] = []
    for _, *row in rows_of(issued.batch):
        *place, _, link_version = row
        ordinal = int(str(row[2]))
        status, revoked_at, revoked_by = _standing(issued, used, ordinal)
        rows.append((made, *place, status.value, link_version, revoked_at, revoked_by))
    return rows


def _standing(
    issued: Issued, used: set[int], ordinal: int
) -> tuple[Status, datetime | None, int | None]:
    if ordinal in used:
        return Status.ACTIVATED, None, None
    revoked = issued.revoked.get(ordinal) or issued.withdrawn
    return (Status.REVOKED, *revoked) if revoked else (Status.READY, None, None)


async def codes_of(issued: list[Issued]) -> Codes:
    """The codes that somebody used or revoked."""
    found = await Code.filter(batch_id__in=[one.batch.id for one in issued]).exclude(
        status=Status.READY
    )
    return {(code.batch_id, code.ordinal): code for code in found}
