"""Says 30 days before that an agreement ends: once for each end that it is given."""

from datetime import timedelta

from models import Agreement
from models.enums import AuditAction, Resource
from services import audit
from services.database import unit_of_work
from services.zones import now

BEFORE = timedelta(days=30)
LOOK_AGAIN = timedelta(hours=1)


async def look() -> timedelta:
    """Tell of every agreement that ends soon and was not told of; returns when to look again."""
    at = now()
    ending = Agreement.filter(ending_told_at=None, ends_at__gt=at, ends_at__lte=at + BEFORE)
    for agreement in await ending.order_by("id"):
        await _tell(agreement.id)
    return LOOK_AGAIN


@unit_of_work
async def _tell(agreement_id: int) -> None:
    at = now()
    claimed = await Agreement.filter(
        id=agreement_id, ending_told_at=None, ends_at__gt=at, ends_at__lte=at + BEFORE
    ).update(ending_told_at=at)
    if claimed:
        agreement = await Agreement.get(id=agreement_id)
        where = {"workspace_id": agreement.workspace_id}
        ends = agreement.ends_at.isoformat(timespec="seconds")
        await audit.record(
            AuditAction.EXPIRE, Resource.AGREEMENT, agreement_id, by=None, **where, ends=ends
        )
