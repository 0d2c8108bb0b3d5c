"""What needs somebody in a workspace: failed, about to end, waiting, under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from models import Agreement, Batch, Step
from models.enums import (
    UNDER_WAY,
    BatchState,
    CodeKind,
    EvaluationState,
    MessageState,
    StepState,
)
from services import message_list, purchased_action
from services.actor import Actor
from services.dashboards import SOON
from services.database import reader
from services.permissions import HANDLING, Permission, can
from services.zones import now

LOOK_BACK = timedelta(days=30)
MOST = 3  # of one kind


class Matter(StrEnum):
    MAIL_FAILED = "mail failed"
    BATCH_FAILED = "batch failed"
    BATCH_UNDER_WAY = "batch under way"
    CODES_HELD = "codes held"
    CODES_EXPIRE = "codes expire"
    AGREEMENT_ENDS = "agreement ends"
    AWAITING_CODE = "awaiting code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """`number` of things; `name` is the first one's, `target_id` its row where there is only one.

    `made` of so many codes are there, of a batch under way; codes of a `kind` that are held are in
    so many batches. `at` is when it happens.
    """

    matter: Matter
    number: int
    name: str
    detail: str = ""
    target_id: int | None = None
    made: int = 0
    kind: CodeKind | None = None
    at: datetime | None = None


async def of_codes(actor: Actor, kind: CodeKind) -> list[Attention]:
    """About batches and mails of that kind of code; nothing for somebody without the right."""
    if not can(actor, HANDLING[kind]):
        return []
    mails = await _mails(actor) if kind is CodeKind.ACCESS else []
    return [
        *mails,
        *await _held(actor, kind),
        *await _failed(actor, kind),
        *await _expiring(actor, kind),
        *await _under_way(actor, kind),
    ]


async def _mails(actor: Actor) -> list[Attention]:
    failed = (
        message_list.of(actor)
        .using_db(reader())
        .filter(state=MessageState.FAILED, created_at__gte=now() - LOOK_BACK)
    )
    number, newest = await failed.count(), await failed.order_by("-id").first()
    if newest is None:
        return []
    return [
        Attention(
            matter=Matter.MAIL_FAILED,
            number=number,
            name=newest.recipient,
            detail=newest.last_answer,
        )
    ]


async def _failed(actor: Actor, kind: CodeKind) -> list[Attention]:
    rows = (
        await _batches(actor, kind)
        .filter(state=BatchState.FAILED, created_at__gte=now() - LOOK_BACK)
        .order_by("-id")
        .limit(MOST)
    )
    return [
        Attention(
            matter=Matter.BATCH_FAILED,
            number=batch.quantity,
            name=_what(batch),
            detail=batch.failure,
            target_id=batch.id,
        )
        for batch in rows
    ]


async def _held(actor: Actor, kind: CodeKind) -> list[Attention]:
    """One line however many batches there are: after a restore it may be every one."""
    found = await _batches(actor, kind).filter(held__gt=0).order_by("-id")
    if not found:
        return []
    return [
        Attention(
            matter=Matter.CODES_HELD,
            number=sum(batch.held for batch in found),
            name=_what(found[0]) if len(found) == 1 else "",
            target_id=found[0].id if len(found) == 1 else None,
            made=len(found),
            kind=kind,
        )
    ]


async def _expiring(actor: Actor, kind: CodeKind) -> list[Attention]:
    at = now()
    ending = (
        _batches(actor, kind)
        .filter(state=BatchState.DONE, ready__gt=0)
        .filter(expires_at__gt=at, expires_at__lte=at + SOON)
    )
    return [
        Attention(
            matter=Matter.CODES_EXPIRE,
            number=batch.ready,
            name=_what(batch),
            target_id=batch.id,
            at=batch.expires_at,
        )
        for batch in await ending.order_by("expires_at", "id").limit(MOST)
    ]


async def _under_way(actor: Actor, kind: CodeKind) -> list[Attention]:
    rows = await _batches(actor, kind).filter(state__in=UNDER_WAY).order_by("id").limit(MOST)
    return [
        Attention(
            matter=Matter.BATCH_UNDER_WAY,
            number=batch.quantity,
            name=_what(batch),
            target_id=batch.id,
            made=batch.made,
        )
        for batch in rows
    ]


def _batches(actor: Actor, kind: CodeKind) -> QuerySet[Batch]:
    return (
        Batch.filter(workspace_id=actor.workspace, kind=kind)
        .using_db(reader())
        .select_related("product", "plan", "action__scheme")
    )


def _what(batch: Batch) -> str:
    if batch.action:
        return purchased_action.named(batch.action)
    return batch.product.name if batch.product else ""


async def of_agreements(actor: Actor) -> list[Attention]:
    """Agreements that end within 30 days and still leave something that can be generated."""
    if not can(actor, Permission.READ_AGREEMENTS):
        return []
    at = now()
    ending = (
        Agreement.filter(workspace_id=actor.workspace, ends_at__gt=at, ends_at__lte=at + SOON)
        .filter(issued__lt=F("returned") + F("quantity"))
        .filter(action__archived_at=None, action__scheme__archived_at=None)
        .using_db(reader())
        .select_related("action__scheme")
        .order_by("ends_at", "id")
        .limit(MOST)
    )
    return [
        Attention(
            matter=Matter.AGREEMENT_ENDS,
            number=row.left,
            name=row.reference,
            detail=purchased_action.named(row.action),
            target_id=row.id,
            at=row.ends_at,
        )
        for row in await ending
    ]


async def of_evaluations(actor: Actor) -> list[Attention]:
    """Evaluations that wait for a purchase code, the longest waiting first."""
    if not can(actor, Permission.USE_CYBERPASS):
        return []
    waiting = (
        Step.filter(
            workspace_id=actor.workspace,
            state=StepState.PAYMENT,
            evaluation__state=EvaluationState.OPEN,
        )
        .using_db(reader())
        .select_related("evaluation")
        .order_by("id")
        .limit(MOST)
    )
    return [
        Attention(
            matter=Matter.AWAITING_CODE,
            number=1,
            name=step.evaluation.product,
            detail=purchased_action.join(step.scheme_name, step.name),
            target_id=step.evaluation_id,
        )
        for step in await waiting
    ]
