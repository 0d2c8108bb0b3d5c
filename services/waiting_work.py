"""What waits to be done beside the pages, and since when."""

from dataclasses import dataclass
from datetime import datetime

from models import AuditExport, Batch
from models.enums import UNDER_WAY
from services.database import reader


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingWork:
    """How many batches and files of the log are not made yet, and when the oldest was asked for."""

    batches: int
    oldest_batch: datetime | None
    files: int
    oldest_file: datetime | None


async def waiting() -> WaitingWork:
    batches = Batch.filter(state__in=UNDER_WAY).using_db(reader())
    files = AuditExport.filter(state__in=UNDER_WAY).using_db(reader())
    batch, file = await batches.order_by("id").first(), await files.order_by("id").first()
    return WaitingWork(
        batches=await batches.count(),
        oldest_batch=batch.created_at if batch else None,
        files=await files.count(),
        oldest_file=file.created_at if file else None,
    )
