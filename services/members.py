"""Members of a workspace: who they are, their role, and taking them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Max
from tortoise.queryset import QuerySet

from models import Membership, Session
from models.enums import AuditAction, Resource, Role
from services import audit, signals, texts
from services.actor import Actor
from services.database import is_id, lock, reader, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.invitations import OF_WORKSPACE
from services.paging import Page, Slice
from services.permissions import Permission, require
from services.signals import Changed, Topic

SORTABLE = {"name": "user__person__name", "role": "role", "since": "created_at"}
LAST_ADMIN = "This is the last admin of the workspace. Make somebody else an admin first."


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


@unit_of_work
async def change_role(actor: Actor, user_id: int, role: Role) -> None:
    """Raises NotFound, Invalid(role), and Conflict for the last admin."""
    if role not in OF_WORKSPACE:
        raise Invalid({"role": "Choose a role."})
    seat = await _in_hand(actor, user_id)
    if seat.role is role:
        return
    await _refuse_last_admin(seat)
    await Membership.filter(id=seat.id).update(role=role)
    await audit.record(
        AuditAction.UPDATE,
        Resource.MEMBER,
        user_id,
        by=actor,
        role=role.value,
        was=seat.role.value,
    )
    _changed(seat)


@unit_of_work
async def remove(actor: Actor, user_id: int) -> None:
    """Raises NotFound, and Conflict for the last admin."""
    seat = await _in_hand(actor, user_id)
    await _refuse_last_admin(seat)
    await Membership.filter(id=seat.id).delete()
    await audit.record(AuditAction.REMOVE, Resource.MEMBER, user_id, by=actor, role=seat.role.value)
    _changed(seat)


async def _in_hand(actor: Actor, user_id: int) -> Membership:
    """The seat, while nobody else changes one of this workspace."""
    require(actor, Permission.ADMINISTER_WORKSPACE)
    await lock(f"members:{actor.workspace}")
    await _refuse_removed(actor)
    seat = is_id(user_id) and await Membership.get_or_none(
        workspace_id=actor.workspace, user_id=user_id
    )
    if not seat:
        raise NotFound("This person is not a member of this workspace any more.")
    return seat


async def _refuse_removed(actor: Actor) -> None:
    # two who remove each other at the same moment: the second one is no admin any more
    mine = Membership.filter(workspace_id=actor.workspace, user_id=actor.user_id, role=Role.ADMIN)
    if not actor.is_owner and not await mine.exists():
        raise NotFound("This page does not exist, or not for you.")


async def _refuse_last_admin(seat: Membership) -> None:
    """Admins whose account is disabled count as none."""
    others = Membership.filter(
        workspace_id=seat.workspace_id, role=Role.ADMIN, user__disabled_at=None
    ).exclude(id=seat.id)
    if seat.role is Role.ADMIN and not await others.exists():
        raise Conflict(LAST_ADMIN)


def _changed(seat: Membership) -> None:
    signals.emit(Changed(seat.workspace_id, Topic.MEMBERS, (seat.user_id,)))
    signals.emit(Changed(seat.workspace_id, Topic.WORKSPACES, (seat.workspace_id,)))
