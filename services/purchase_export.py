"""The purchase codes of a batch in full, for other programs."""

from collections.abc import AsyncIterator

from models import Activation, Agreement, Batch, Code
from models.enums import CodeKind
from services import (
    code_parts,
    codes,
    exports,
    purchase_code_list,
    purchased_action,
    sheets,
    workbooks,
)
from services.actor import Actor
from services.cells import day, moment
from services.code_list import status_of
from services.database import reader
from services.export_rows import Row
from services.sheets import CSV, Export
from services.workbooks import XLSX

HEAD = (
    "code",
    "workspace",
    "purchased action",
    "status",
    "agreement",
    "created",
    "expires",
    "activated at",
    "used for",
    "by",
)


async def batch_csv(actor: Actor, batch_id: int) -> Export:
    """All codes of a batch in full, audited. Times are of the workspace. Raises NotFound."""
    batch = await exports.begin(actor, batch_id, "csv", kind=CodeKind.PURCHASE)
    return Export(_name(batch, "csv"), sheets.csv_stream(HEAD, _rows(actor, batch)), CSV)


async def batch_xlsx(actor: Actor, batch_id: int) -> Export:
    """As `batch_csv`, in cells that are all text."""
    batch = await exports.begin(actor, batch_id, "xlsx", kind=CodeKind.PURCHASE)
    return Export(
        _name(batch, "xlsx"), await workbooks.xlsx_stream(HEAD, _rows(actor, batch)), XLSX
    )


def _name(batch: Batch, ending: str) -> str:
    return f"purchase-codes-batch-{batch.id}.{ending}"


async def _rows(actor: Actor, batch: Batch) -> AsyncIterator[list[Row]]:
    here = Agreement.filter(workspace_id=batch.workspace_id, action_id=batch.action_id)
    references = {each.id: each.reference for each in await here.using_db(reader())}
    async for part in code_parts.parts(batch):
        used = await purchase_code_list.uses([code.id for code in part])
        yield [
            (
                *_about(actor, batch, code, references),
                *_used(used.get(code.id), actor.time_zone),
            )
            for code in part
        ]


def _about(actor: Actor, batch: Batch, code: Code, references: dict[int, str]) -> Row:
    assert batch.action, "a purchase code batch has an action"
    return (
        codes.text_of(code, batch),
        actor.workspace_name or "",
        purchased_action.named(batch.action),
        status_of(code, batch).value,
        references.get(code.agreement_id or 0, ""),
        moment(batch.created_at, actor.time_zone),
        day(batch.expires_at, actor.time_zone, last=True),
    )


def _used(used: Activation | None, zone: str) -> Row:
    if used is None:
        return "", "", ""
    evaluation = used.step.evaluation if used.step else None
    return (
        moment(used.created_at, zone),
        evaluation.product if evaluation else "",
        used.person.name,
    )
