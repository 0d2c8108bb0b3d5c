"""The codes of a batch in full, for other programs."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from models import Activation, Batch, Code, Message
from models.enums import AuditAction, BatchState, CodeKind, MessageKind, Resource
from services import audit, batches, codes, letters, links, message_states, sheets, zones
from services.actor import Actor
from services.code_list import status_of
from services.database import reader, unit_of_work
from services.errors import Gone, NotFound
from services.links import Purpose
from services.permissions import Permission, require
from services.sheets import CSV, XLSX, Export
from services.zones import now

CHUNK = 200  # codes are opened on the loop, which others wait for
HEAD = (
    "code",
    "activation link",
    "product",
    "plan",
    "status",
    "valid from",
    "expires",
    "created",
    "sent to",
    "sent at",
    "activated by",
    "activated e-mail",
    "activated at",
)
EXPIRED = (
    "This link has expired. The codes are still there: sign in and open batch {} in Tallystick."
)
WITHDRAWN = (
    "This link was withdrawn: the file went to another address. "
    "The codes are still there: sign in and open batch {} in Tallystick."
)

Row = tuple[str, ...]


async def batch_csv(actor: Actor, batch_id: int, *, address: str) -> Export:
    """All codes of a batch in full, audited. `address` builds a code's link from its token.

    Times are of the workspace, with their offset from UTC. Raises NotFound.
    """
    batch = await begin(actor, batch_id, "csv")
    rows = _rows(batch, actor.time_zone, address)
    return Export(_name(batch, "csv"), sheets.csv_stream(HEAD, rows), CSV)


async def batch_xlsx(actor: Actor, batch_id: int, *, address: str) -> Export:
    """As `batch_csv`, in cells that are all text."""
    batch = await begin(actor, batch_id, "xlsx")
    rows = _rows(batch, actor.time_zone, address)
    return Export(_name(batch, "xlsx"), await sheets.xlsx_stream(HEAD, rows), XLSX)


async def set_csv(actor: Actor, token: str, *, address: str) -> Export:
    """The file behind the link of a mail that announced a batch.

    Raises NotFound for a link of others, and Gone after its seven days.
    """
    batch_id = await _announced(actor, token)
    return await batch_csv(actor, batch_id, address=address)


async def _announced(actor: Actor, token: str) -> int:
    require(actor, Permission.USE_EDSPACE)
    link = links.read(Purpose.DOWNLOAD, token)
    message = link and await Message.get_or_none(
        id=link.row_id, workspace_id=actor.workspace, kind=MessageKind.DOWNLOAD
    ).select_related("batch__sent_to")
    if not message or not message.batch:
        raise NotFound("This file does not exist, or not for you.")
    if message.created_at + links.DOWNLOAD_LASTS <= now():
        raise Gone(EXPIRED.format(message.batch.id))
    if letters.is_of_another(message.batch.sent_to, message):
        raise Gone(WITHDRAWN.format(message.batch.id))
    return message.batch.id


def _name(batch: Batch, ending: str) -> str:
    return f"access-codes-batch-{batch.id}.{ending}"


@unit_of_work
async def begin(
    actor: Actor, batch_id: int, form: str, *, kind: CodeKind = CodeKind.ACCESS
) -> Batch:
    """A batch whose codes are about to be exported, audited. Raises NotFound."""
    batch = await batches.own(actor, batch_id, kind=kind)
    if batch.state is not BatchState.DONE:
        raise NotFound("This batch has no codes to export.")
    await audit.record(
        AuditAction.EXPORT, Resource.BATCH, batch_id, by=actor, codes=batch.quantity, format=form
    )
    return batch


async def _rows(batch: Batch, zone: str, address: str) -> AsyncIterator[list[Row]]:
    async for part in parts(batch):
        ids = [code.id for code in part]
        used, mails = await _activations(ids), await message_states.newest("code_id", ids)
        yield [
            (
                *_about(batch, code, zone, address),
                *_sent(code, mails, zone),
                *_used(used.get(code.id), zone),
            )
            for code in part
        ]


async def parts(batch: Batch) -> AsyncIterator[list[Code]]:
    """All codes of a batch in order, some at a time."""
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


async def _activations(ids: list[int]) -> dict[int, Activation]:
    rows = (
        await Activation.filter(code_id__in=ids, undone_at=None)
        .using_db(reader())
        .select_related("person")
    )
    return {activation.code_id: activation for activation in rows}


def _about(batch: Batch, code: Code, zone: str, address: str) -> Row:
    assert batch.product and batch.plan, "an access code batch has a product and a plan"
    return (
        codes.text_of(code, batch),
        address + codes.link_token(code),
        batch.product.name,
        batch.plan.name,
        status_of(code, batch).value,
        day(batch.valid_from, zone),
        day(batch.expires_at, zone, last=True),
        moment(batch.created_at, zone),
    )


def _sent(code: Code, mails: Mapping[int, Message], zone: str) -> Row:
    mail = mails.get(code.id)
    return code.sent_to.email if code.sent_to else "", moment(mail and mail.sent_at, zone)


def _used(used: Activation | None, zone: str) -> Row:
    if used is None:
        return "", "", ""
    return used.person.name, used.person.email, moment(used.created_at, zone)


def day(instant: datetime | None, zone: str, *, last: bool = False) -> str:
    """The day there; with `last` the one that an end still includes."""
    if instant is None:
        return ""
    return (zones.last_day(instant, zone) if last else zones.day(instant, zone)).isoformat()


def moment(instant: datetime | None, zone: str) -> str:
    """ISO 8601 with the offset of the zone, to the second."""
    return zones.local(instant, zone).isoformat(sep=" ", timespec="seconds") if instant else ""
