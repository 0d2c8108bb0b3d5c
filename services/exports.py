"""The codes of a batch in full, for other programs."""

from models import Batch
from models.enums import AuditAction, BatchState, CodeKind, Resource
from services import audit, batches, export_rows, file_limits, sheets, step_up, workbooks
from services.actor import Actor
from services.database import unit_of_work
from services.errors import NotFound
from services.export_rows import HEAD
from services.sheets import CSV, Export
from services.workbooks import XLSX


async def batch_csv(actor: Actor, batch_id: int, *, address: str) -> Export:
    """All codes of a batch in full, audited. `address` builds a code's link from its token.

    Times are of the workspace, with their offset from UTC. Raises NotFound.
    """
    batch = await begin(actor, batch_id, "csv")
    rows = export_rows.rows(batch, actor.time_zone, address)
    return Export(_name(batch, "csv"), sheets.csv_stream(HEAD, rows), CSV)


async def batch_xlsx(actor: Actor, batch_id: int, *, address: str) -> Export:
    """As `batch_csv`, in cells that are all text."""
    batch = await begin(actor, batch_id, "xlsx")
    rows = export_rows.rows(batch, actor.time_zone, address)
    return Export(_name(batch, "xlsx"), await workbooks.xlsx_stream(HEAD, rows), XLSX)


def _name(batch: Batch, ending: str) -> str:
    return f"access-codes-batch-{batch.id}.{ending}"


@unit_of_work
async def begin(
    actor: Actor, batch_id: int, form: str, *, kind: CodeKind = CodeKind.ACCESS
) -> Batch:
    """A batch whose codes are about to be exported, audited. Raises NotFound, ConfirmationDue."""
    batch = await batches.own(actor, batch_id, kind=kind)
    if batch.state is not BatchState.DONE:
        raise NotFound("This batch has no codes to export.")
    await step_up.require_for_codes(actor, batch.quantity)
    await file_limits.book(actor)
    await audit.record(
        AuditAction.EXPORT, Resource.BATCH, batch_id, by=actor, codes=batch.quantity, format=form
    )
    return batch


async def foresee(actor: Actor, batch_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> None:
    """Raises NotFound and ConfirmationDue as an export would now; a browser keeps what it gets."""
    batch = await batches.own(actor, batch_id, kind=kind)
    await step_up.foresee_codes(actor, batch.quantity)
