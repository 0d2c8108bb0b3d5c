"""The whole story of one code in order: issued, sent, tried, used, undone, held, revoked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q

from models import Activation, AuditEntry, Code, Message, Refusal, Release
from models.enums import (
    AuditAction,
    MessageKind,
    MessageState,
    RefusalReason,
    Resource,
    Status,
)
from services import code_alphabet, code_facts, refusal_list
from services.actor import Actor
from services.code_list import status_of
from services.database import is_id, reader
from services.errors import NotFound
from services.message_states import OF_A_SET
from services.permissions import Permission, require

MOST_REFUSALS = 100
READ_WITH = (
    "workspace",
    "batch__product",
    "batch__action__scheme",
    "batch__requested_by",
    "agreement",
    "revoked_by",
)


class Turn(StrEnum):
    """What happened, in the order of what happened at the same moment."""

    ISSUED = "issued"
    ACTIVATED = "activated"
    SENT = "sent"
    REFUSED = "refused"
    UNDONE = "undone"
    HELD = "held"
    RELEASED = "released"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`about` is the agreement, what a use was for, or the reason of an undoing.

    `to` is whom a mail went to, empty once that was forgotten; `state` is how the mail stands.
    `codes` counts those of the whole batch that were held or released; none is this code alone.
    """

    turn: Turn
    at: datetime
    by: str = ""
    about: str = ""
    to: str = ""
    mail: MessageKind | None = None
    state: MessageState | None = None
    reason: RefusalReason | None = None
    address: str = ""
    reference: str = ""
    tries: int = 1
    codes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Of a code, or of a refusal that hit none: then `code_id` is None and the rest is empty.

    `older` counts refusals before those that are told.
    """

    code_id: int | None
    masked: str
    status: Status | None
    opens: str
    batch_id: int | None
    events: tuple[Event, ...]
    older: int = 0


async def of_code(actor: Actor, code_id: int) -> Story:
    """Of a code of this workspace. Raises NotFound."""
    require(actor, Permission.ADMINISTER_WORKSPACE)
    mine = Code.filter(id=code_id, workspace_id=actor.workspace).using_db(reader())
    code = await mine.select_related(*READ_WITH).first() if is_id(code_id) else None
    if code is None:
        raise NotFound("This code does not exist, or not in this workspace.")
    refused = Refusal.filter(code_id=code_id, workspace_id=actor.workspace).using_db(reader())
    total = await refused.count()
    newest = await refused.select_related(*refusal_list.ABOUT).order_by("-id").limit(MOST_REFUSALS)
    events = [
        _issued(code),
        *[_sent(message) for message in await _messages(code)],
        *[_refused(view) for view in await refusal_list.views(actor, newest)],
        *[event for use in await _uses(code) for event in _used(use, code)],
        *await _holds(code),
        *await _releases(code),
        *_revoked(code),
    ]
    turns = list(Turn)
    return Story(
        code_id=code.id,
        masked=code_alphabet.masked(code.ending),
        status=status_of(code, code.batch),
        opens=code_facts.opens(code),
        batch_id=code.batch_id,
        events=tuple(sorted(events, key=lambda event: (event.at, turns.index(event.turn)))),
        older=total - len(newest),
    )


async def of_no_code(actor: Actor, refusal: Refusal) -> Story:
    [view] = await refusal_list.views(actor, [refusal])
    return Story(
        code_id=None, masked="", status=None, opens="", batch_id=None, events=(_refused(view),)
    )


def _issued(code: Code) -> Event:
    return Event(
        turn=Turn.ISSUED,
        at=code.batch.created_at,
        by=code.batch.requested_by.name,
        about=code.agreement.reference if code.agreement else "",
    )


async def _messages(code: Code) -> list[Message]:
    of_set = Q(batch_id=code.batch_id, code_id=None, kind__in=OF_A_SET)
    mine = Message.filter(Q(code_id=code.id) | of_set, workspace_id=code.workspace_id)
    return await mine.using_db(reader()).order_by("id")


def _sent(message: Message) -> Event:
    return Event(
        turn=Turn.SENT,
        at=message.created_at,
        to=message.recipient,
        mail=message.kind,
        state=message.state,
    )


def _refused(view: refusal_list.RefusalView) -> Event:
    return Event(
        turn=Turn.REFUSED,
        at=view.at,
        by=view.by,
        about=view.step,
        reason=view.reason,
        address=view.address,
        reference=view.reference,
        tries=view.tries,
    )


async def _uses(code: Code) -> list[Activation]:
    return (
        await Activation.filter(code_id=code.id)
        .using_db(reader())
        .select_related("person", "undone_by", "step__evaluation")
        .order_by("id")
    )


def _used(use: Activation, code: Code) -> Iterator[Event]:
    yield Event(
        turn=Turn.ACTIVATED,
        at=use.created_at,
        by=use.person.name,
        about=code_facts.used_for(use, code),
    )
    if use.undone_at:
        by = use.undone_by.name if use.undone_by else ""
        yield Event(turn=Turn.UNDONE, at=use.undone_at, by=by, about=use.undo_reason)


def _revoked(code: Code) -> Iterator[Event]:
    if code.revoked_at:
        by = code.revoked_by.name if code.revoked_by else ""
        yield Event(turn=Turn.REVOKED, at=code.revoked_at, by=by)


async def _holds(code: Code) -> list[Event]:
    """Restores that held codes of its batch: the log counts them and names none."""
    entries = AuditEntry.filter(
        resource=Resource.BATCH, target_id=code.batch_id, action=AuditAction.HOLD
    )
    rows = await entries.using_db(reader()).order_by("id")
    return [Event(turn=Turn.HELD, at=row.at, codes=int(row.detail.get("codes", 0))) for row in rows]


async def _releases(code: Code) -> list[Event]:
    mine = Release.filter(Q(code_id=code.id) | Q(code_id=None), batch_id=code.batch_id)
    rows = await mine.using_db(reader()).select_related("released_by").order_by("id")
    return [
        Event(
            turn=Turn.RELEASED,
            at=row.created_at,
            by=row.released_by.name,
            about=row.reason,
            codes=0 if row.code_id else row.codes,
        )
        for row in rows
    ]
