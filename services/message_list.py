"""The messages of a workspace, as a list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Batch, Message
from models.enums import MessageKind, MessageState
from services import batch_list, texts
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, can, require

SORTABLE = {
    "queued": "id",
    "recipient": "recipient_key",
    "state": "state",
    "tries": "tries",
}
ABOUT = ("batch__product", "batch__plan", "code__batch__product", "code__batch__plan")
AGAIN = (MessageState.FAILED, MessageState.RETRYING)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """The recipient is empty once it was forgotten; `codes` is how many the batch was made of."""

    id: int
    kind: MessageKind
    state: MessageState
    recipient: str
    name: str
    product: str
    days: int | None
    codes: int
    tries: int
    last_answer: str
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None

    @property
    def may_retry(self) -> bool:
        return self.state in AGAIN and bool(self.recipient)

    @property
    def may_resend(self) -> bool:
        return self.state is MessageState.SENT and bool(self.recipient)

    @property
    def may_redirect(self) -> bool:
        of_one = self.kind is MessageKind.CONFIRMATION
        return self.state is not MessageState.SENDING and not of_one


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    search: str = ""
    state: MessageState | None = None


def sees(actor: Actor, message: Message) -> bool:
    """Whether this person may see a message of the workspace: admins all, sales people theirs."""
    is_own = message.requested_by_id == actor.person_id
    return can(actor, Permission.READ_ALL_MESSAGES) or is_own


def of(actor: Actor) -> QuerySet[Message]:
    """What this person may see of the workspace's messages; of the installation's nothing."""
    require(actor, Permission.READ_OWN_MESSAGES)
    query = Message.filter(workspace_id=actor.workspace)
    if can(actor, Permission.READ_ALL_MESSAGES):
        return query
    return query.filter(requested_by_id=actor.person_id)


def _read(actor: Actor) -> QuerySet[Message]:
    return of(actor).using_db(reader())


def _matching(query: QuerySet[Message], wanted: MessageFilter) -> QuerySet[Message]:
    if wanted.state:
        query = query.filter(state=wanted.state)
    search = texts.sought(wanted.search)
    return query.filter(_found(search)) if search else query


def _found(text: str) -> Q:
    """By the recipient's address or name, or the number of the batch."""
    found = Q(recipient_key__contains=text.casefold()) | Q(recipient_name__icontains=text)
    number = batch_list.number_in(text)
    return found | Q(batch_id=number) if number else found


async def page(actor: Actor, wanted: MessageFilter, part: Slice) -> Page[MessageView]:
    """One page of the list and the total, newest first unless sorted otherwise."""
    query = _matching(_read(actor), wanted)
    total = await query.count()
    rows = (
        await query.select_related(*ABOUT)
        .order_by(*part.order(SORTABLE, "queued"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page([view(message) for message in rows], total)


async def some(actor: Actor, ids: tuple[int, ...]) -> list[MessageView]:
    """These messages as they are now, for patching rows on screen."""
    rows = await _read(actor).filter(id__in=ids).select_related(*ABOUT)
    return [view(message) for message in rows]


async def visible(actor: Actor, ids: Sequence[int]) -> list[int]:
    """Those of the ids that this person may see."""
    found = _read(actor).filter(id__in=list(ids)).order_by("id")
    return [int(str(each)) for each in await found.values_list("id", flat=True)]


async def newest(actor: Actor) -> int:
    """The id of the newest message, 0 where there is none."""
    message = await _read(actor).order_by("-id").first()
    return message.id if message else 0


def view(message: Message) -> MessageView:
    batch = _batch(message)
    assert batch.product and batch.plan, "an access code batch has a product and a plan"
    return MessageView(
        id=message.id,
        kind=message.kind,
        state=message.state,
        recipient=message.recipient,
        name=message.recipient_name,
        product=batch.product.name,
        days=batch.plan.days,
        codes=batch.quantity,
        tries=message.tries,
        last_answer=message.last_answer,
        created_at=message.created_at,
        next_try_at=message.next_try_at,
        sent_at=message.sent_at,
    )


def _batch(message: Message) -> Batch:
    batch = message.batch or (message.code and message.code.batch)
    assert batch, "a message of a workspace is about a batch"
    return batch
