"""Tables for other programs: CSV that a spreadsheet opens as it is meant."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Activation, Batch, Code
from models.enums import AuditAction, BatchState, Resource
from services import audit, batches, codes, zones
from services.actor import Actor
from services.code_list import status_of
from services.database import reader, unit_of_work
from services.errors import NotFound

BOM = "\ufeff"
CHUNK = 500
FORMULA = re.compile(r"(^|(?<=.)[;\t|])(?=\s*[=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫])")
HEAD = (
    "code",
    "activation link",
    "product",
    "plan",
    "status",
    "valid from",
    "expires",
    "created",
    "activated by",
    "activated e-mail",
    "activated at",
)


@dataclass(frozen=True, slots=True)
class Export:
    """A file name and its content, to be sent as it comes."""

    name: str
    lines: AsyncIterator[bytes]


def safe(cell: str) -> str:
    """The cell with an apostrophe before whatever a spreadsheet would read as a formula.

    OWASP "CSV Injection": = + - @ tab and return, here in full width too, after blanks, and
    after the separators at which some spreadsheets split a cell again.
    """
    return FORMULA.sub(r"\1'", cell)


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


async def batch_csv(actor: Actor, batch_id: int, *, address: str) -> Export:
    """All codes of a batch in full, audited. `address` builds a code's link from its token.

    Times are of the workspace, with their offset from UTC. Raises NotFound.
    """
    batch = await _begin(actor, batch_id)
    name = f"access-codes-batch-{batch_id}.csv"
    return Export(name, _stream(batch, actor.time_zone, address))


@unit_of_work
async def _begin(actor: Actor, batch_id: int) -> Batch:
    batch = await batches.own(actor, batch_id)
    if batch.state is not BatchState.DONE:
        raise NotFound("This batch has no codes to export.")
    await audit.record(AuditAction.EXPORT, Resource.BATCH, batch_id, by=actor, codes=batch.quantity)
    return batch


async def _stream(batch: Batch, zone: str, address: str) -> AsyncIterator[bytes]:
    yield BOM.encode() + csv_lines([HEAD])
    last = 0
    while part := await _part(batch, last):
        used = await _activations(part)
        yield csv_lines(_row(batch, code, used.get(code.id), zone, address) for code in part)
        last = part[-1].ordinal


async def _part(batch: Batch, last: int) -> list[Code]:
    return (
        await Code.filter(batch_id=batch.id, ordinal__gt=last, batch__state=BatchState.DONE)
        .using_db(reader())
        .order_by("ordinal")
        .limit(CHUNK)
    )


async def _activations(part: list[Code]) -> dict[int, Activation]:
    rows = (
        await Activation.filter(code_id__in=[code.id for code in part], undone_at=None)
        .using_db(reader())
        .select_related("person")
    )
    return {activation.code_id: activation for activation in rows}


def _row(
    batch: Batch, code: Code, used: Activation | None, zone: str, address: str
) -> tuple[str, ...]:
    assert batch.product and batch.plan, "an access code batch has a product and a plan"
    return (
        codes.text_of(code, batch),  # never altered: it begins with a letter or a digit
        address + codes.link_token(code),
        safe(batch.product.name),
        safe(batch.plan.name),
        status_of(code, batch).value,
        _day(batch.valid_from, zone),
        _day(batch.expires_at, zone, last=True),
        _moment(batch.created_at, zone),
        safe(used.person.name) if used else "",
        safe(used.person.email) if used else "",
        _moment(used.created_at, zone) if used else "",
    )


def _day(instant: datetime | None, zone: str, *, last: bool = False) -> str:
    if instant is None:
        return ""
    return (zones.last_day(instant, zone) if last else zones.day(instant, zone)).isoformat()


def _moment(instant: datetime, zone: str) -> str:
    """ISO 8601 with the offset of the zone, to the second."""
    return zones.local(instant, zone).isoformat(sep=" ", timespec="seconds")
