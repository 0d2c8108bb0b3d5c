"""Everybody with an account, as the owner's list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from models import Membership, Session, User
from models.enums import Role
from services import factors, texts
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, require

SORTABLE = {"name": "person__name", "email": "email_key", "since": "id", "seen": "last_seen"}
_LAST_SEEN = (
    'COALESCE((SELECT MAX("seen_at") FROM "session" WHERE "user_id" = "account"."id"), '
    '"account"."created_at")'
)


class Shown(StrEnum):
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    OWNERS = "OWNERS"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    search: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    workspace: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """`seen_at` is known for as long as ended sessions are kept; `factors` are app, passkey."""

    id: int
    person_id: int
    name: str
    email: str
    is_owner: bool
    is_disabled: bool
    is_you: bool
    seats: tuple[Seat, ...]
    factors: tuple[str, ...]
    since: datetime
    seen_at: datetime | None


async def page(actor: Actor, wanted: UserFilter, part: Slice) -> Page[UserView]:
    """One page of the list and the total, by name unless sorted otherwise."""
    query = _matching(_of(actor), wanted)
    total = await query.count()
    if part.sort == "seen":
        query = query.annotate(last_seen=RawSQL(_LAST_SEEN))
    rows = await (
        query.order_by(*part.order(SORTABLE, "name")).offset(part.offset(total)).limit(part.rows)
    )
    return Page(await _views(actor, rows), total)


async def some(actor: Actor, ids: Sequence[int]) -> list[UserView]:
    """These users as they are now, for patching rows on screen."""
    return await _views(actor, await _of(actor).filter(id__in=list(ids)))


async def read(actor: Actor, user_id: int) -> UserView | None:
    return next(iter(await some(actor, [user_id])), None)


def _of(actor: Actor) -> QuerySet[User]:
    require(actor, Permission.RUN_INSTALLATION)
    users = User.filter(person__erased_at=None).using_db(reader())
    return users.select_related("person")


def _matching(query: QuerySet[User], wanted: UserFilter) -> QuerySet[User]:
    if wanted.shown is Shown.OWNERS:
        query = query.filter(is_owner=True)
    elif wanted.shown:
        query = query.filter(disabled_at__isnull=wanted.shown is Shown.ACTIVE)
    search = texts.sought(wanted.search)
    if not search:
        return query
    return query.filter(
        Q(person__name__icontains=search) | Q(email_key__contains=search.casefold())
    )


async def _views(actor: Actor, users: Sequence[User]) -> list[UserView]:
    ids = [user.id for user in users]
    seats, seen, have = await _seats(ids), await _seen(ids), await factors.holders(ids)
    return [
        UserView(
            id=user.id,
            person_id=user.person_id,
            name=user.person.name,
            email=user.person.email,
            is_owner=user.is_owner,
            is_disabled=user.disabled_at is not None,
            is_you=user.id == actor.user_id,
            seats=tuple(seats.get(user.id, ())),
            factors=tuple(have.get(user.id, ())),
            since=user.created_at,
            seen_at=seen.get(user.id),
        )
        for user in users
    ]


async def _seats(ids: list[int]) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = {}
    rows = Membership.filter(user_id__in=ids).using_db(reader()).select_related("workspace")
    for row in await rows.order_by("workspace__name"):
        found.setdefault(row.user_id, []).append(Seat(row.workspace.name, row.role))
    return found


async def _seen(ids: list[int]) -> dict[int, datetime]:
    rows = Session.filter(user_id__in=ids).using_db(reader()).order_by("seen_at")
    return {row.user_id: row.seen_at for row in await rows.only("id", "user_id", "seen_at")}
