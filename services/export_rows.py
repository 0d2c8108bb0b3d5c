"""The rows of a file of access codes: each code, and what became of it."""

from collections.abc import AsyncIterator, Mapping

from models import Activation, Batch, Code, Message
from services import cells, code_parts, codes, message_states
from services.code_list import status_of
from services.database import reader

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

Row = tuple[str, ...]


async def rows(batch: Batch, zone: str, address: str) -> AsyncIterator[list[Row]]:
    async for part in code_parts.parts(batch):
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
        cells.day(batch.valid_from, zone),
        cells.day(batch.expires_at, zone, last=True),
        cells.moment(batch.created_at, zone),
    )


def _sent(code: Code, mails: Mapping[int, Message], zone: str) -> Row:
    mail = mails.get(code.id)
    return code.sent_to.email if code.sent_to else "", cells.moment(mail and mail.sent_at, zone)


def _used(used: Activation | None, zone: str) -> Row:
    if used is None:
        return "", "", ""
    return used.person.name, used.person.email, cells.moment(used.created_at, zone)
