"""One batch in full, except for its codes."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from models import Activation, Code
from models.enums import BatchState, CodeKind, Status
from services import agreement_claims, batch_list, batches, zones
from services.actor import Actor
from services.batch_list import BatchView
from services.database import reader
from services.permissions import Permission, can


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDetail:
    """`valid_from` and `expires_at` are instants; `activated_today` counts the workspace's day.

    `sent_to` was mailed the whole set; `is_delivered` says that codes were sent to people one by
    one. `may_steer` is the right to cancel and retry, `may_release` to release held codes. `under`
    names the agreements of purchase codes.
    """

    summary: BatchView
    valid_from: datetime | None
    expires_at: datetime | None
    prefix: str
    note: str
    activated_today: int
    revoked_by: tuple[str, ...]
    sent_to: str
    is_delivered: bool
    may_revoke: bool
    may_release: bool
    may_steer: bool
    under: tuple[str, ...]


async def read(actor: Actor, batch_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> BatchDetail:
    """Raises NotFound for a batch of others."""
    batch = await batches.own(actor, batch_id, kind=kind)
    morning = zones.start_of(zones.today(actor.time_zone), actor.time_zone)
    today = (
        await Activation.filter(code__batch_id=batch_id, created_at__gte=morning, undone_at=None)
        .using_db(reader())
        .count()
    )
    revokers = (
        await _codes(batch_id)
        .filter(status=Status.REVOKED)
        .distinct()
        .values_list("revoked_by__name", flat=True)
    )
    may_change = batches.may_revoke(actor, batch)
    return BatchDetail(
        summary=batch_list.view(batch),
        valid_from=batch.valid_from,
        expires_at=batch.expires_at,
        prefix=batch.prefix,
        note=batch.note,
        activated_today=today,
        revoked_by=tuple(sorted(str(name) for name in revokers if name)),
        sent_to=batch.sent_to.email if batch.sent_to else "",
        is_delivered=await _codes(batch_id).exclude(sent_to_id=None).exists(),
        may_revoke=may_change and batch.state is BatchState.DONE,
        may_release=can(actor, Permission.ADMINISTER_WORKSPACE),
        may_steer=may_change,
        under=await agreement_claims.references(batch),
    )


def _codes(batch_id: int) -> QuerySet[Code]:
    return Code.filter(batch_id=batch_id).using_db(reader())
