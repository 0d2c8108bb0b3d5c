"""What a message says, as data: read when it is sent or previewed, never stored."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models import Batch, Code, Entitlement, Message, Person
from models.enums import BatchState, MessageKind, Status
from services import code_alphabet, codes, links, zones
from services.code_list import status_of
from services.database import is_id
from services.errors import DomainError, NotFound
from services.links import DOWNLOAD_LASTS, Purpose
from services.zones import now

WORKS = (Status.READY, Status.NOT_YET_VALID)
ABOUT = (
    "workspace",
    "batch__sent_to",
    "batch__product",
    "batch__plan",
    "code__sent_to",
    "code__batch__product",
    "code__batch__plan",
)
TOO_LATE = {
    Status.ACTIVATED: "This code is activated already.",
    Status.REVOKED: "This code was revoked.",
    Status.EXPIRED: "This code has expired.",
    Status.HELD: "This code is held after a restore until somebody checks it.",
}


class Pointless(DomainError):
    """There is nothing left to say, such as a code that was revoked; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Whom it is to; the rest depends on its kind. What is masked has no token."""

    recipient: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPlan(Letter):
    """From a workspace, about a plan of a product; `zone` is where its days are counted."""

    workspace: str
    slug: str
    zone: str
    product: str
    plan: str
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCode:
    """A code, grouped, and the token of its activation link."""

    text: str
    token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCodes(OfPlan):
    """`valid_from` is the first day the codes work, `expires_on` the last."""

    valid_from: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesLetter(OfCodes):
    """The codes of a batch that are unused and sent to nobody; `made` counts the others too."""

    codes: tuple[LetterCode, ...]
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLetter(OfPlan):
    """The file of a large batch, to be had with `token` before `until`."""

    made: int
    token: str | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalLetter(OfCodes):
    code: LetterCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationLetter(OfPlan):
    """What the recipient has: up to the last day `until`, or for a lifetime."""

    activated_on: date
    begins_on: date
    until: date | None
    token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A letter in words: `sender` is the name beside the From address."""

    subject: str
    text: str
    html: str
    sender: str = ""


Compose = Callable[[Letter], Mail]
"""Turns a letter into words; `ui.mails` does, for wording and look are its matter."""


async def read(message_id: int, *, masked: bool = False) -> Letter:
    """What the message says now: codes in full with their links, or without both where masked.

    Raises Pointless, NotFound.
    """
    message = is_id(message_id) and await Message.get_or_none(id=message_id).select_related(*ABOUT)
    if not message or message.workspace_id is None:
        raise NotFound("There is no such message of a workspace.")
    return await READERS[message.kind](message, masked)


async def _codes(message: Message, masked: bool) -> Letter:
    batch = _set_of(message)
    # in one statement: whoever was the buyer a moment ago must not see the links of the next one
    ready = (
        await Code.filter(batch_id=batch.id, status=Status.READY, sent_to_id=None)
        .select_related("batch__sent_to")
        .order_by("ordinal")
    )
    if not ready:
        raise Pointless("Every code of this batch is used, revoked or sent to somebody.")
    _refuse_another(ready[0].batch.sent_to, message)
    if status_of(ready[0], batch) not in WORKS:
        raise Pointless("The codes of this batch have expired.")
    return CodesLetter(
        **_of_codes(message, batch),
        codes=tuple(_code(code, batch, masked) for code in ready),
        made=batch.quantity,
    )


def _set_of(message: Message) -> Batch:
    batch = _batch(message)
    _refuse_another(batch.sent_to, message)
    return batch


def _refuse_another(sent_to: Person | None, message: Message) -> None:
    if is_of_another(sent_to, message):
        raise Pointless("These codes were sent to another address since.")


async def _download(message: Message, masked: bool) -> Letter:
    batch = _set_of(message)
    until = message.created_at + DOWNLOAD_LASTS
    if until <= now():
        raise Pointless("The link of this mail has ended. The batch's page has the file.")
    return DownloadLetter(
        **_of_plan(message, batch),
        made=batch.quantity,
        token=None if masked else links.make(Purpose.DOWNLOAD, message.id),
        until=until,
    )


async def _personal(message: Message, masked: bool) -> Letter:
    code, batch = message.code, _batch(message)
    assert code, "a personal message is about a code"
    status = status_of(code, batch)
    if status not in WORKS:
        raise Pointless(TOO_LATE[status])
    if is_of_another(code.sent_to, message):
        raise Pointless("This code was sent to another address since.")
    return PersonalLetter(**_of_codes(message, batch), code=_code(code, batch, masked))


def is_of_another(sent_to: Person | None, message: Message) -> bool:
    """Whether it went to somebody else later: an earlier mail must not show the new links."""
    if sent_to is None or not message.recipient_key:
        return False
    return sent_to.email_key != message.recipient_key


async def _confirmation(message: Message, masked: bool) -> Letter:
    code, batch = message.code, _batch(message)
    assert code, "a confirmation is about a code"
    had = (
        await Entitlement.filter(activation_id=message.activation_id, activation__undone_at=None)
        .select_related("activation")
        .first()
    )
    if had is None:
        raise Pointless("This activation was undone.")
    common = _of_plan(message, batch)
    zone = common["zone"]
    return ConfirmationLetter(
        **common,
        activated_on=zones.day(had.activation.created_at, zone),
        begins_on=zones.day(had.starts_at, zone),
        until=zones.last_day(had.ends_at, zone) if had.ends_at else None,
        token=None if masked else codes.link_token(code),
    )


READERS: dict[MessageKind, Callable[[Message, bool], Awaitable[Letter]]] = {
    MessageKind.CODES: _codes,
    MessageKind.DOWNLOAD: _download,
    MessageKind.PERSONAL: _personal,
    MessageKind.CONFIRMATION: _confirmation,
}


def _batch(message: Message) -> Batch:
    batch = message.batch or (message.code and message.code.batch)
    assert batch, "a message of a workspace is about a batch"
    if batch.state is not BatchState.DONE:
        raise Pointless("This batch has no codes.")
    return batch


def _code(code: Code, batch: Batch, masked: bool) -> LetterCode:
    if masked:
        return LetterCode(text=code_alphabet.masked(code.ending), token=None)
    return LetterCode(text=codes.text_of(code, batch), token=codes.link_token(code))


def _of_plan(message: Message, batch: Batch) -> dict[str, Any]:
    assert message.workspace and batch.product and batch.plan, "an access code batch has all three"
    return {
        "recipient": message.recipient,
        "name": message.recipient_name,
        "workspace": message.workspace.name,
        "slug": message.workspace.slug,
        "zone": message.workspace.time_zone,
        "product": batch.product.name,
        "plan": batch.plan.name,
        "days": batch.plan.days,
    }


def _of_codes(message: Message, batch: Batch) -> dict[str, Any]:
    common = _of_plan(message, batch)
    begins, ends, zone = batch.valid_from, batch.expires_at, common["zone"]
    return common | {
        "valid_from": zones.day(begins, zone) if begins else None,
        "expires_on": zones.last_day(ends, zone) if ends else None,
    }
