"""Every workspace of the installation, as the owner's list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Count, Sum
from tortoise.queryset import QuerySet

from models import Batch, Membership, Workspace
from models.enums import BatchState
from services import texts
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, require

SORTABLE = {"name": "name", "slug": "slug", "since": "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceView:
    """`codes` counts all that were ever made there, of both kinds."""

    id: int
    slug: str
    name: str
    time_zone: str
    members: int
    codes: int
    since: datetime


async def page(actor: Actor, search: str, part: Slice) -> Page[WorkspaceView]:
    """One page of the list and the total, by name unless sorted otherwise."""
    require(actor, Permission.RUN_INSTALLATION)
    query = _matching(Workspace.all().using_db(reader()), texts.sought(search))
    total = await query.count()
    rows = await (
        query.order_by(*part.order(SORTABLE, "name")).offset(part.offset(total)).limit(part.rows)
    )
    return Page(await _views(rows), total)


def _matching(query: QuerySet[Workspace], search: str) -> QuerySet[Workspace]:
    if not search:
        return query
    return query.filter(Q(name__icontains=search) | Q(slug__contains=search.casefold()))


async def _views(rows: Sequence[Workspace]) -> list[WorkspaceView]:
    ids = [row.id for row in rows]
    members = await _by_workspace(Membership.filter(workspace_id__in=ids), Count("id"))
    done = Batch.filter(workspace_id__in=ids, state=BatchState.DONE)
    codes = await _by_workspace(done, Sum("quantity"))
    return [
        WorkspaceView(
            id=row.id,
            slug=row.slug,
            name=row.name,
            time_zone=row.time_zone,
            members=members.get(row.id, 0),
            codes=codes.get(row.id, 0),
            since=row.created_at,
        )
        for row in rows
    ]


async def _by_workspace(query: Any, number: Any) -> dict[int, int]:
    rows = await (
        query.using_db(reader())
        .annotate(number=number)
        .group_by("workspace_id")
        .values("workspace_id", "number")
    )
    return {row["workspace_id"]: int(row["number"]) for row in rows}
