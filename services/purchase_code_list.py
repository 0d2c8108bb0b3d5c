"""Purchase codes of all workspaces that one runs, as a list shows them: masked, newest first.

Without a search, page and total come from the counters of the batches, however many codes there
are; a search goes by an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

MOST_USES = 10_000  # of products that match a search, the newest
COUNTERS = {
    None: "quantity",
    Status.ACTIVATED: "activated",
    Status.REVOKED: "revoked",
    Status.HELD: "held",
}


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
    if search := texts.sought(wanted.search):
        found = await _searched(search, places, wanted, batches)
        found.sort(key=lambda row: (row["batch_id"] * _sign(part), row["ordinal"]))
        total, start = len(found), part.offset(len(found))
        ids = [row["id"] for row in found[start : start + part.rows]]
        codes = Code.filter(id__in=ids)
    else:
        total = await _total(batches, wanted)
        ids, start = await _cut(batches, wanted, part, part.offset(total))
        codes = _of_status(wanted).filter(batch_id__in=ids).offset(start).limit(part.rows)
    ordered = codes.order_by(_newest(part, "batch_id"), "ordinal").using_db(reader())
    return Page(await _views(await ordered, places, batches), total)


async def some(actor: Actor, ids: Sequence[int]) -> list[PurchaseCodeView]:
    """These codes as they are now, for patching rows on screen."""
    places = await administered.places(actor)
    codes = await Code.filter(id__in=list(ids)).using_db(reader())
    return await _views(codes, places, _batches(places, PurchaseFilter()))


def _batches(places: Sequence[Membered], wanted: PurchaseFilter) -> QuerySet[Batch]:
    chosen = {
        "workspace_id": wanted.workspace_id,
        "action_id": wanted.action_id,
        "id": wanted.batch_id,
    }
    found = Batch.filter(
        workspace_id__in=[place.id for place in places],
        kind=CodeKind.PURCHASE,
        state=BatchState.DONE,
        **{name: value for name, value in chosen.items() if value is not None},
    ).using_db(reader())
    return found.filter(batch_list.holding(wanted.status)) if wanted.status else found


def _of_status(wanted: PurchaseFilter) -> QuerySet[Code]:
    """Of batches that hold such codes: what the clock makes of READY is a matter of the batch."""
    if wanted.status is None:
        return Code.all()
    stored = wanted.status if wanted.status in COUNTERS else Status.READY
    return Code.filter(status=stored)


async def _searched(
    text: str, places: Sequence[Membered], wanted: PurchaseFilter, batches: QuerySet[Batch]
) -> list[dict[str, int]]:
    """The ids and places of the codes that a search finds, each by an index of its own.

    In several statements, as one that joins the batches starts from them, however many there are.
    """
    columns = ("id", "batch_id", "ordinal")
    found: dict[int, dict[str, int]] = {}
    for which in await _found(text, places):
        rows = await _of_status(wanted).filter(**which).using_db(reader()).values(*columns)
        found |= {row["id"]: row for row in rows}
    ids = list({row["batch_id"] for row in found.values()})
    here = set(await batches.filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    return [row for row in found.values() if row["batch_id"] in here]


async def _found(text: str, places: Sequence[Membered]) -> list[dict[str, Any]]:
    """By the exact code; or by the end of one, or by the product that one was used for."""
    typed = code_alphabet.clean(text)
    body = typed[-code_alphabet.LENGTH :]
    if code_alphabet.has_valid_check(body):  # by its digests alone: a full code enters no statement
        return [{"digest__in": vault.digests(body)}]
    here: dict[str, Any] = {"workspace_id__in": [place.id for place in places]}
    used = Activation.filter(step__evaluation__product__icontains=text, undone_at=None, **here)
    newest = used.using_db(reader()).order_by("-id").limit(MOST_USES)
    of_product = {"id__in": await newest.values_list("code_id", flat=True)}
    return [of_product, {"ending": typed[-4:], **here}] if len(typed) >= 4 else [of_product]


def _counter(wanted: PurchaseFilter) -> str:
    return COUNTERS.get(wanted.status, "ready")


def _sign(part: Slice) -> int:
    return -1 if part.descending else 1


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


async def _views(
    codes: Sequence[Code], places: Sequence[Membered], batches: QuerySet[Batch]
) -> list[PurchaseCodeView]:
    """Of these codes, those in one of the batches."""
    wanted = batches.filter(id__in=list({code.batch_id for code in codes}))
    found = {batch.id: batch for batch in await wanted.select_related("action__scheme")}
    seats = {place.id: place for place in places}
    used = await uses([code.id for code in codes if code.status is Status.ACTIVATED])
    return [
        _view(code, found[code.batch_id], seats[code.workspace_id], used.get(code.id))
        for code in codes
        if code.batch_id in found
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
