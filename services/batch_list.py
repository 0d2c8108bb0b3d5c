"""The batches of a workspace, as a list shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models import Batch, Code
from models.enums import UNDER_WAY, BatchState, CodeKind, Status
from services import code_alphabet, purchased_action, texts, vault
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, require
from services.zones import now

SORTABLE = {"created": "id", "product": "product__name", "plan": "plan__name", "codes": "quantity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """Access codes have a product and a plan, purchase codes an action."""

    id: int
    created_at: datetime
    product: str
    plan: str
    action: str
    codes: int
    made: int
    ready: int
    activated: int
    revoked: int
    held: int
    created_by: str
    requested_by_id: int
    state: BatchState
    failure: str
    is_expired: bool
    is_too_early: bool
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFilter:
    """`status` keeps the batches that hold such a code."""

    search: str = ""
    product_id: int | None = None
    status: Status | None = None


def _of(actor: Actor) -> QuerySet[Batch]:
    require(actor, Permission.USE_EDSPACE)
    return Batch.filter(workspace_id=actor.workspace, kind=CodeKind.ACCESS).using_db(reader())


def _matching(query: QuerySet[Batch], wanted: BatchFilter) -> QuerySet[Batch]:
    if wanted.product_id:
        query = query.filter(product_id=wanted.product_id)
    if wanted.status:
        query = query.filter(state=BatchState.DONE).filter(holding(wanted.status))
    search = texts.sought(wanted.search)
    return query.filter(_found(search)) if search else query


def holding(status: Status) -> Q:
    """Batches with a code of this status, by their counters."""
    moment = now()
    ended, early = Q(expires_at__lte=moment), Q(valid_from__gt=moment)
    # spelled out: in SQL the negation of a comparison with NULL is not true
    valid = (Q(expires_at=None) | Q(expires_at__gt=moment)) & (
        Q(valid_from=None) | Q(valid_from__lte=moment)
    )
    match status:
        case Status.ACTIVATED:
            return Q(activated__gt=0)
        case Status.REVOKED:
            return Q(revoked__gt=0)
        case Status.HELD:
            return Q(held__gt=0)
        case Status.EXPIRED:
            return Q(ready__gt=0) & ended
        case Status.NOT_YET_VALID:
            return Q(ready__gt=0) & early
        case _:
            return Q(ready__gt=0) & valid


def _found(text: str) -> Q:
    """By batch number, product name, an exact code, or the end of one."""
    typed = code_alphabet.clean(text)
    body = typed[-code_alphabet.LENGTH :]
    if code_alphabet.has_valid_check(body):  # by its digests alone: a full code enters no statement
        return _holding_code(digest__in=vault.digests(body))
    found = Q(product__name__icontains=text)
    if number := number_in(text):
        found |= Q(id=number)
    if len(typed) >= 4:
        found |= _holding_code(ending=typed[-4:])
    return found


def _holding_code(**which: Any) -> Q:
    # an unfinished batch is found by none of its codes
    codes = Code.filter(batch__state=BatchState.DONE, **which)
    return Q(id__in=Subquery(codes.values("batch_id")))


def number_in(text: str) -> int | None:
    """The number of a batch as people write it: 7, #7, Batch 7."""
    number = text.casefold().removeprefix("batch").strip().lstrip("#")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None


async def page(actor: Actor, wanted: BatchFilter, part: Slice) -> Page[BatchView]:
    """One page of the list and the total, newest first unless sorted otherwise."""
    query = _matching(_of(actor), wanted)
    total = await query.count()
    rows = (
        await query.select_related("product", "plan", "requested_by")
        .order_by(*part.order(SORTABLE, "created"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page([view(batch) for batch in rows], total)


async def newest(actor: Actor) -> int:
    """The id of the newest batch, 0 where there is none."""
    batch = await _of(actor).order_by("-id").first()
    return batch.id if batch else 0


async def some(actor: Actor, ids: tuple[int, ...]) -> list[BatchView]:
    """These batches as they are now, for patching rows on screen."""
    rows = await _of(actor).filter(id__in=ids).select_related("product", "plan", "requested_by")
    return [view(batch) for batch in rows]


def view(batch: Batch) -> BatchView:
    moment = now()
    return BatchView(
        id=batch.id,
        created_at=batch.created_at,
        product=batch.product.name if batch.product else "",
        plan=batch.plan.name if batch.plan else "",
        action=purchased_action.named(batch.action) if batch.action else "",
        codes=batch.quantity,
        made=batch.made,
        ready=batch.ready,
        activated=batch.activated,
        revoked=batch.revoked,
        held=batch.held,
        created_by=batch.requested_by.name,
        requested_by_id=batch.requested_by_id,
        state=batch.state,
        failure=batch.failure,
        is_expired=batch.expires_at is not None and batch.expires_at <= moment,
        is_too_early=batch.valid_from is not None and batch.valid_from > moment,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
    )
