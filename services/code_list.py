"""The codes of one batch, as a list shows them: masked."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models import Activation, Batch, Code, Message, Person
from models.enums import BatchState, MessageState, Status
from services import batches, code_alphabet, message_states, texts, vault
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.zones import now

SORTABLE = {"code": "ordinal", "status": "status"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """`at` is when it was sent, or queued where it is not sent yet."""

    id: int
    state: MessageState
    at: datetime
    may_retry: bool
    may_resend: bool
    may_redirect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """`at` is when it was activated or revoked; `mail` is the newest one that brought the code."""

    id: int
    ordinal: int
    masked: str
    status: Status
    holder: str = ""
    email: str = ""
    at: datetime | None = None
    sent_to: str = ""
    sent_name: str = ""
    mail: MailView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFilter:
    search: str = ""
    status: Status | None = None


def status_of(code: Code, batch: Batch) -> Status:
    """The status shown: a READY code of a batch outside its validity is not ready."""
    if code.status is not Status.READY:
        return code.status
    if batch.expires_at and batch.expires_at <= now():
        return Status.EXPIRED
    if batch.valid_from and batch.valid_from > now():
        return Status.NOT_YET_VALID
    return Status.READY


def _matching(query: QuerySet[Code], batch: Batch, wanted: CodeFilter) -> QuerySet[Code]:
    if wanted.status:
        stored = wanted.status
        if stored in (Status.READY, Status.EXPIRED, Status.NOT_YET_VALID):
            shown = status_of(Code(status=Status.READY), batch)
            stored = Status.READY if shown is stored else Status.EXPIRED  # never stored: no rows
        query = query.filter(status=stored)
    search = texts.sought(wanted.search)
    return query.filter(_found(search)) if search else query


def _found(text: str) -> Q:
    """By the exact code, a fragment of its end, or who activated it or was sent it."""
    typed = code_alphabet.clean(text)
    body = typed[-code_alphabet.LENGTH :]
    if code_alphabet.has_valid_check(body):  # by its digests alone: a full code enters no statement
        return Q(digest__in=vault.digests(body))
    holders = Activation.filter(
        Q(person__name__icontains=text) | Q(person__email_key__contains=text.casefold()),
        undone_at=None,
    )
    found = Q(id__in=Subquery(holders.values("code_id")))
    found |= Q(sent_to__email_key__contains=text.casefold()) | Q(sent_to__name__icontains=text)
    short = 0 < len(typed) < code_alphabet.LENGTH
    return found | Q(ending__endswith=typed[-4:]) if short else found


async def page(actor: Actor, batch_id: int, wanted: CodeFilter, part: Slice) -> Page[CodeView]:
    """One page of a batch's codes and the total. Raises NotFound for a batch of others."""
    batch = await batches.own(actor, batch_id)
    query = _matching(_visible(batch), batch, wanted)
    total = await query.count()
    codes = await query.order_by(*_order(part)).offset(part.offset(total)).limit(part.rows)
    return Page(await _views(batch, codes), total)


def _order(part: Slice) -> list[str]:
    column = SORTABLE.get(part.sort, "ordinal")
    sign = "-" if part.descending and part.sort else ""
    return [f"{sign}{column}"] if column == "ordinal" else [f"{sign}{column}", "ordinal"]


def _visible(batch: Batch) -> QuerySet[Code]:
    # an unfinished batch shows none of its codes
    return Code.filter(batch_id=batch.id, batch__state=BatchState.DONE).using_db(reader())


async def some(actor: Actor, batch_id: int, ids: tuple[int, ...]) -> list[CodeView]:
    """These codes as they are now, for patching rows on screen."""
    batch = await batches.own(actor, batch_id)
    return await _views(batch, await _visible(batch).filter(id__in=ids))


async def _views(batch: Batch, codes: list[Code]) -> list[CodeView]:
    used = {
        activation.code_id: activation
        for activation in await Activation.filter(
            code_id__in=[code.id for code in codes if code.status is Status.ACTIVATED],
            undone_at=None,
        )
        .using_db(reader())
        .select_related("person")
    }
    sent = [code for code in codes if code.sent_to_id]
    people = await Person.filter(id__in=[code.sent_to_id for code in sent]).using_db(reader())
    to = {person.id: person for person in people}
    mails = await message_states.newest("code_id", [code.id for code in sent])
    views = {mail.code_id: mail_of(code, mail) for code in sent if (mail := mails.get(code.id))}
    return [
        _view(batch, code, used.get(code.id), to.get(code.sent_to_id or 0), views.get(code.id))
        for code in codes
    ]


def _view(
    batch: Batch,
    code: Code,
    activation: Activation | None,
    sent_to: Person | None,
    mail: MailView | None,
) -> CodeView:
    return CodeView(
        id=code.id,
        ordinal=code.ordinal,
        masked=code_alphabet.masked(code.ending),
        status=status_of(code, batch),
        holder=activation.person.name if activation else "",
        email=activation.person.email if activation else "",
        at=activation.created_at if activation else code.revoked_at,
        sent_to=sent_to.email if sent_to else "",
        sent_name=sent_to.name if sent_to else "",
        mail=mail,
    )


def mail_of(code: Code, message: Message) -> MailView:
    """How a mail with this code stands, and what may be done about it."""
    works = code.status is Status.READY and bool(message.recipient)
    return MailView(
        id=message.id,
        state=message.state,
        at=message.sent_at or message.created_at,
        may_retry=works and message.state in (MessageState.FAILED, MessageState.RETRYING),
        may_resend=works and message.state is MessageState.SENT,
        may_redirect=works and message.state is not MessageState.SENDING,
    )
