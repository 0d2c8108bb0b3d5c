"""The mails of the installation, as a list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Message
from models.enums import AccountChange, MessageKind, MessageState
from services import texts
from services.actor import Actor
from services.database import reader
from services.message_list import AGAIN, SORTABLE, MessageFilter
from services.paging import Page, Slice
from services.permissions import Permission, require

ABOUT = "invitation__workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMessage:
    """The recipient is empty once it was forgotten; `workspace` is what an invitation is for,
    `change` what a warning is about.

    `is_over` says of an invitation that it was accepted or withdrawn.
    """

    id: int
    kind: MessageKind
    state: MessageState
    recipient: str
    name: str
    workspace: str
    change: AccountChange
    is_over: bool
    tries: int
    last_answer: str
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None

    @property
    def may_retry(self) -> bool:
        return self.state in AGAIN and bool(self.recipient) and not self.is_over


def of(actor: Actor) -> QuerySet[Message]:
    require(actor, Permission.RUN_INSTALLATION)
    return Message.filter(workspace_id=None)


def _read(actor: Actor) -> QuerySet[Message]:
    return of(actor).using_db(reader())


async def page(actor: Actor, wanted: MessageFilter, part: Slice) -> Page[AccountMessage]:
    """One page of the list and the total, newest first unless sorted otherwise."""
    query = _matching(_read(actor), wanted)
    total = await query.count()
    rows = (
        await query.select_related(ABOUT)
        .order_by(*part.order(SORTABLE, "queued"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page([_view(message) for message in rows], total)


def _matching(query: QuerySet[Message], wanted: MessageFilter) -> QuerySet[Message]:
    if wanted.state:
        query = query.filter(state=wanted.state)
    if text := texts.sought(wanted.search):
        by_name = Q(recipient_name__icontains=text)
        return query.filter(Q(recipient_key__contains=text.casefold()) | by_name)
    return query


async def some(actor: Actor, ids: Sequence[int]) -> list[AccountMessage]:
    """Those of these messages that are the installation's, as they are now."""
    rows = await _read(actor).filter(id__in=list(ids)).order_by("id").select_related(ABOUT)
    return [_view(message) for message in rows]


async def visible(actor: Actor, ids: Sequence[int]) -> list[int]:
    """Those of the ids that are the installation's."""
    return [message.id for message in await some(actor, ids)]


async def newest(actor: Actor) -> int:
    """The id of the newest message, 0 where there is none."""
    message = await _read(actor).order_by("-id").first()
    return message.id if message else 0


def _view(message: Message) -> AccountMessage:
    invitation = message.invitation
    workspace = invitation and invitation.workspace
    return AccountMessage(
        id=message.id,
        kind=message.kind,
        state=message.state,
        recipient=message.recipient,
        name=message.recipient_name,
        workspace=workspace.name if workspace else "",
        change=message.change or AccountChange.PASSWORD,
        is_over=bool(invitation and (invitation.accepted_at or invitation.withdrawn_at)),
        tries=message.tries,
        last_answer=message.last_answer,
        created_at=message.created_at,
        next_try_at=message.next_try_at,
        sent_at=message.sent_at,
    )
