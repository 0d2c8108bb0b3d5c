"""All codes of a batch in order, some at a time."""

from collections.abc import AsyncIterator

from models import Batch, Code
from models.enums import BatchState
from services.database import reader

CHUNK = 200  # codes are opened on the loop, which others wait for


async def parts(batch: Batch) -> AsyncIterator[list[Code]]:
    last = 0
    while part := await _part(batch, last):
        yield part
        last = part[-1].ordinal


async def _part(batch: Batch, last: int) -> list[Code]:
    return (
        await Code.filter(batch_id=batch.id, ordinal__gt=last, batch__state=BatchState.DONE)
        .using_db(reader())
        .select_related("sent_to")
        .order_by("ordinal")
        .limit(CHUNK)
    )
