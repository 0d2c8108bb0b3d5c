"""Purchase codes of all workspaces that one runs, as a list shows them: masked, newest first.

Without a search, page and total come from the counters of the batches, however many codes there
are; a search goes by an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from models import Activation, Batch, Code
from models.enums import BatchState, CodeKind, Status
from services import administered, batch_list, code_alphabet, purchased_action, texts, vault
from services.actor import Actor
from services.code_list import status_of
from services.database import reader
from services.paging import Page, Slice
from services.workspaces import Membered

COUNTERS = {None: "quantity", Status.ACTIVATED: "activated", Status.REVOKED: "revoked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseFilter:
    search: str = ""
    status: Status | None = None
    action_id: int | None = None
    workspace_id: int | None = None
    batch_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCodeView:
    """`evaluated` is the product whose evaluation the code paid for, `by` who paid with it."""

    id: int
    ordinal: int
    batch_id: int
    workspace_id: int
    slug: str
    workspace: str
    action: str
    masked: str
    status: Status
    created_at: datetime
    activated_at: datetime | None = None
    evaluation_id: int | None = None
    evaluated: str = ""
    by: str = ""


async def page(actor: Actor, wanted: PurchaseFilter, part: Slice) -> Page[PurchaseCodeView]:
    """One page and the total; oldest first where the slice is ascending. Raises NotFound."""
    places = await administered.places(actor)
    batches = _batches(places, wanted)
    search = texts.sought(wanted.search)
    if search:
        found = _codes(wanted).filter(_found(search, places), batch_id__in=_ids(batches))
        total = await found.count()
        start = part.offset(total)
    else:
        total = await _total(batches, wanted)
        ids, start = await _cut(batches, wanted, part, part.offset(total))
        found = _codes(wanted).filter(batch_id__in=ids)
    codes = (
        await found.order_by(_newest(part, "batch_id"), "ordinal").offset(start).limit(part.rows)
    )
    return Page(await _views(codes, places), total)


async def some(actor: Actor, ids: Sequence[int]) -> list[PurchaseCodeView]:
    """These codes as they are now, for patching rows on screen."""
    places = await administered.places(actor)
    batches = _batches(places, PurchaseFilter())
    codes = await _codes(PurchaseFilter()).filter(id__in=ids, batch_id__in=_ids(batches))
    return await _views(codes, places)


def _batches(places: Sequence[Membered], wanted: PurchaseFilter) -> QuerySet[Batch]:
    found = Batch.filter(
        workspace_id__in=[place.id for place in places],
        kind=CodeKind.PURCHASE,
        state=BatchState.DONE,
    ).using_db(reader())
    chosen = {
        "workspace_id": wanted.workspace_id,
        "action_id": wanted.action_id,
        "id": wanted.batch_id,
    }
    found = found.filter(**{name: value for name, value in chosen.items() if value is not None})
    return found.filter(batch_list.holding(wanted.status)) if wanted.status else found


def _ids(batches: QuerySet[Batch]) -> Subquery:
    return Subquery(batches.values("id"))


def _codes(wanted: PurchaseFilter) -> QuerySet[Code]:
    found = Code.all().using_db(reader())
    if wanted.status is None:
        return found
    # what the clock makes of READY is a matter of the batch
    stored = wanted.status if wanted.status in COUNTERS else Status.READY
    return found.filter(status=stored)


def _found(text: str, places: Sequence[Membered]) -> Q:
    """By the exact code, the end of one, or the product that one was used for."""
    typed = code_alphabet.clean(text)
    body = typed[-code_alphabet.LENGTH :]
    if code_alphabet.has_valid_check(body):  # by its digest alone: a full code enters no statement
        return Q(digest=vault.digest(body))
    here: dict[str, Any] = {"workspace_id__in": [place.id for place in places]}
    used = Activation.filter(step__evaluation__product__icontains=text, undone_at=None, **here)
    found = Q(id__in=Subquery(used.values("code_id")))
    return found | Q(ending=typed[-4:], **here) if len(typed) >= 4 else found


def _counter(wanted: PurchaseFilter) -> str:
    return COUNTERS.get(wanted.status, "ready")


def _newest(part: Slice, column: str) -> str:
    return f"-{column}" if part.descending else column


async def _total(batches: QuerySet[Batch], wanted: PurchaseFilter) -> int:
    [row] = await batches.annotate(codes=Sum(_counter(wanted))).values("codes")
    return row["codes"] or 0


async def _cut(
    batches: QuerySet[Batch], wanted: PurchaseFilter, part: Slice, offset: int
) -> tuple[list[int], int]:
    """The batches that the page's codes are in, and how many codes of the first stand before."""
    end, passed, before = offset + part.rows, 0, 0
    # each of them holds one at least, so that this many are enough
    counted = batches.order_by(_newest(part, "id")).limit(end).values("id", _counter(wanted))
    ids: list[int] = []
    for row in await counted:
        codes = row[_counter(wanted)]
        if passed + codes > offset and passed < end:
            before = before if ids else offset - passed
            ids.append(row["id"])
        passed += codes
    return ids, before


async def _views(codes: Sequence[Code], places: Sequence[Membered]) -> list[PurchaseCodeView]:
    batches = {
        batch.id: batch
        for batch in await Batch.filter(id__in=list({code.batch_id for code in codes}))
        .using_db(reader())
        .select_related("action__scheme")
    }
    seats = {place.id: place for place in places}
    used = await uses([code.id for code in codes if code.status is Status.ACTIVATED])
    return [
        _view(code, batches[code.batch_id], seats[code.workspace_id], used.get(code.id))
        for code in codes
    ]


async def uses(ids: Sequence[int]) -> dict[int, Activation]:
    """What these codes paid for, and who used them."""
    found = Activation.filter(code_id__in=list(ids), undone_at=None).using_db(reader())
    rows = await found.select_related("person", "step__evaluation")
    return {activation.code_id: activation for activation in rows}


def _view(code: Code, batch: Batch, seat: Membered, used: Activation | None) -> PurchaseCodeView:
    assert batch.action, "a purchase code batch has an action"
    evaluation = used.step.evaluation if used and used.step else None
    return PurchaseCodeView(
        id=code.id,
        ordinal=code.ordinal,
        batch_id=code.batch_id,
        workspace_id=seat.id,
        slug=seat.slug,
        workspace=seat.name,
        action=purchased_action.named(batch.action),
        masked=code_alphabet.masked(code.ending),
        status=status_of(code, batch),
        created_at=batch.created_at,
        activated_at=used.created_at if used else None,
        evaluation_id=evaluation.id if evaluation else None,
        evaluated=evaluation.product if evaluation else "",
        by=used.person.name if used else "",
    )
