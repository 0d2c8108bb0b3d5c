"""Batches of purchase codes in all workspaces that one runs: what is under way, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.queryset import QuerySet

from models import Batch
from models.enums import UNDER_WAY, BatchState, CodeKind
from services import administered, purchased_action
from services.actor import Actor
from services.database import reader


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseBatch:
    id: int
    workspace_id: int
    slug: str
    workspace: str
    action_id: int | None
    action: str
    codes: int
    made: int
    state: BatchState
    requested_by_id: int

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


async def under_way(actor: Actor) -> list[PurchaseBatch]:
    """Those that are being made or wait for it, oldest first. Raises NotFound."""
    return await _read(actor, state__in=UNDER_WAY)


async def some(actor: Actor, ids: Sequence[int]) -> list[PurchaseBatch]:
    """Those among these that are of purchase codes and of that person's workspaces."""
    return await _read(actor, id__in=list(ids))


async def newest(actor: Actor) -> int:
    """The id of the newest one, 0 where there is none."""
    here = _of([place.id for place in await administered.places(actor)])
    found = await here.order_by("-id").first()
    return found.id if found else 0


def _of(workspace_ids: Sequence[int]) -> QuerySet[Batch]:
    here = Batch.filter(workspace_id__in=workspace_ids, kind=CodeKind.PURCHASE)
    return here.using_db(reader())


async def _read(actor: Actor, **which: object) -> list[PurchaseBatch]:
    seats = {place.id: place for place in await administered.places(actor)}
    found = _of(list(seats)).filter(**which).select_related("action__scheme").order_by("id")
    return [
        PurchaseBatch(
            id=batch.id,
            workspace_id=batch.workspace_id,
            slug=seats[batch.workspace_id].slug,
            workspace=seats[batch.workspace_id].name,
            action_id=batch.action_id,
            action=purchased_action.named(batch.action) if batch.action else "",
            codes=batch.quantity,
            made=batch.made,
            state=batch.state,
            requested_by_id=batch.requested_by_id,
        )
        for batch in await found
    ]
