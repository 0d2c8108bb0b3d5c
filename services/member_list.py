"""The members of a workspace, as a list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Max
from tortoise.queryset import QuerySet

from models import Membership, Session
from models.enums import Role
from services import texts
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, require

SORTABLE = {"name": "user__person__name", "role": "role", "since": "created_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """`seen_at` is the last click in any workspace, as long as its session is remembered."""

    user_id: int
    name: str
    email: str
    role: Role
    since: datetime
    seen_at: datetime | None
    is_disabled: bool


async def page(actor: Actor, search: str, part: Slice) -> Page[MemberView]:
    """One page of the members whose name or address holds the text, and the total."""
    query = _found(_read(actor), texts.sought(search))
    total = await query.count()
    rows = (
        await query.select_related("user__person")
        .order_by(*part.order(SORTABLE, "name"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page(await _views(rows), total)


async def some(actor: Actor, user_ids: Sequence[int]) -> list[MemberView]:
    """Those of these users who are members, as they are now."""
    rows = await _read(actor).filter(user_id__in=list(user_ids)).select_related("user__person")
    return await _views(rows)


def _read(actor: Actor) -> QuerySet[Membership]:
    require(actor, Permission.ADMINISTER_WORKSPACE)
    return Membership.filter(workspace_id=actor.workspace).using_db(reader())


def _found(query: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    if not text:
        return query
    by_address = Q(user__email_key__contains=text.casefold())
    return query.filter(by_address | Q(user__person__name__icontains=text))


async def _views(rows: Sequence[Membership]) -> list[MemberView]:
    seen = await _seen([row.user_id for row in rows])
    return [
        MemberView(
            user_id=row.user_id,
            name=row.user.person.name,
            email=row.user.person.email,
            role=row.role,
            since=row.created_at,
            seen_at=seen.get(row.user_id),
            is_disabled=row.user.disabled_at is not None,
        )
        for row in rows
    ]


async def _seen(user_ids: list[int]) -> dict[int, datetime]:
    found = Session.filter(user_id__in=user_ids).using_db(reader())
    rows = await found.annotate(last=Max("seen_at")).group_by("user_id").values("user_id", "last")
    return {row["user_id"]: row["last"] for row in rows}
