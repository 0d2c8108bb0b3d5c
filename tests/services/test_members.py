"""Members: listed, given another role, taken out; never the last admin."""

import asyncio
from dataclasses import replace

import pytest

from models import Membership, Session, User
from models.enums import AuditAction, Role
from services import member_list, members, signals
from services.actor import Actor
from services.errors import Conflict, DomainError, Invalid, NotFound
from services.paging import Slice
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Cast, entries


async def names(actor: Actor, search: str = "", **part: object) -> list[str]:
    asked = Slice(sort="name", descending=False, **part)
    return [each.name for each in (await member_list.page(actor, search, asked)).rows]


async def role_of(actor: Actor) -> Role | None:
    seat = await Membership.get_or_none(workspace_id=actor.workspace, user_id=actor.user_id)
    return seat and seat.role


async def promoted(cast: Cast) -> Actor:
    """Sam, an admin of Northwind as well."""
    await members.change_role(cast.olga, cast.sam.user_id, Role.ADMIN)
    return replace(cast.sam, role=Role.ADMIN)


async def test_the_members_of_one_workspace_are_listed(cast: Cast) -> None:
    at = now()
    await Session.create(
        user_id=cast.sam.user_id, token_digest="x", address="::1", browser="", seen_at=at
    )
    assert await names(cast.ada) == ["Ada Admin", "Sam Sales"]
    assert await names(cast.ada_at_acme) == ["Ada Admin", "Eve Evaluator"]
    [ada, sam] = (await member_list.page(cast.ada, "", Slice(sort="name", descending=False))).rows
    assert (sam.email, sam.role, sam.is_disabled) == ("sam@example.org", Role.SALES, False)
    assert (ada.seen_at, sam.seen_at) == (None, at)


@pytest.mark.parametrize(
    ("search", "found"),
    [("SAM@", ["Sam Sales"]), ("admin", ["Ada Admin"]), ("%", []), ("eve", []), ("'", [])],
)
async def test_they_are_searched_by_name_and_address(
    cast: Cast, search: str, found: list[str]
) -> None:
    assert await names(cast.ada, search) == found


async def test_only_admins_and_the_owner_see_and_change_members(cast: Cast) -> None:
    for actor in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await member_list.page(actor, "", Slice())
        with pytest.raises(NotFound):
            await member_list.some(actor, [actor.user_id])
        with pytest.raises(NotFound):
            await members.change_role(actor, actor.user_id, Role.ADMIN)
        with pytest.raises(NotFound):
            await members.remove(actor, actor.user_id)
    assert await names(cast.olga) == ["Ada Admin", "Sam Sales"]


async def test_a_role_is_changed_and_told(cast: Cast) -> None:
    heard: list[Changed] = []
    end = signals.subscribe(heard.append)
    await members.change_role(cast.ada, cast.sam.user_id, Role.EVALUATOR)
    end()
    assert await role_of(cast.sam) is Role.EVALUATOR
    assert Changed(cast.northwind.id, Topic.MEMBERS, (cast.sam.user_id,)) in heard
    [entry] = await entries(AuditAction.UPDATE)
    assert (entry.resource, entry.target_id, entry.workspace_id, entry.person_id) == (
        "MEMBER",
        cast.sam.user_id,
        cast.northwind.id,
        cast.ada.person_id,
    )
    assert entry.detail == {"role": "EVALUATOR", "was": "SALES"}


async def test_the_same_role_again_is_no_change(cast: Cast) -> None:
    await members.change_role(cast.ada, cast.sam.user_id, Role.SALES)
    assert await entries(AuditAction.UPDATE) == []


async def test_nobody_becomes_an_owner_here(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await members.change_role(cast.olga, cast.sam.user_id, Role.OWNER)
    assert refused.value.fields == {"role": "Choose a role."}


async def test_a_member_is_taken_out_and_the_account_stays(cast: Cast) -> None:
    await members.remove(cast.ada, cast.sam.user_id)
    assert await role_of(cast.sam) is None
    assert await User.exists(id=cast.sam.user_id)
    [entry] = await entries(AuditAction.REMOVE)
    assert (entry.resource, entry.target_id, entry.detail) == (
        "MEMBER",
        cast.sam.user_id,
        {"role": "SALES"},
    )


async def test_a_member_of_another_workspace_is_nobody_here(cast: Cast) -> None:
    for user_id in (cast.eve.user_id, cast.mallory.user_id, 0, -1, 2**70):
        with pytest.raises(NotFound):
            await members.remove(cast.ada, user_id)
        with pytest.raises(NotFound):
            await members.change_role(cast.ada, user_id, Role.SALES)
    assert await role_of(cast.eve) is Role.EVALUATOR


async def test_the_last_admin_stays_whoever_asks(cast: Cast) -> None:
    for actor in (cast.ada, cast.olga):
        with pytest.raises(Conflict):
            await members.remove(actor, cast.ada.user_id)
        with pytest.raises(Conflict):
            await members.change_role(actor, cast.ada.user_id, Role.SALES)
    assert await role_of(cast.ada) is Role.ADMIN
    await promoted(cast)
    await members.change_role(cast.ada, cast.ada.user_id, Role.SALES)
    assert await role_of(cast.ada) is Role.SALES


async def test_a_disabled_admin_is_no_other_admin(cast: Cast) -> None:
    await promoted(cast)
    await User.filter(id=cast.sam.user_id).update(disabled_at=now())
    with pytest.raises(Conflict):
        await members.remove(cast.olga, cast.ada.user_id)


async def test_of_two_admins_who_remove_each_other_one_wins(cast: Cast) -> None:
    sam = await promoted(cast)
    outcomes = await asyncio.gather(
        members.remove(cast.ada, sam.user_id),
        members.remove(sam, cast.ada.user_id),
        return_exceptions=True,
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert await Membership.filter(workspace_id=cast.northwind.id, role=Role.ADMIN).count() == 1
    assert len(await entries(AuditAction.REMOVE)) == 1


async def test_however_often_all_step_down_at_once_one_admin_is_left(cast: Cast) -> None:
    admins = Membership.filter(workspace_id=cast.northwind.id, role=Role.ADMIN)
    for _ in range(8):  # the first round opens the connections on which the others race
        await Membership.filter(workspace_id=cast.northwind.id).update(role=Role.ADMIN)
        outcomes = await asyncio.gather(
            *(
                members.change_role(cast.olga, user_id, Role.SALES)
                for user_id in (cast.sam.user_id, cast.ada.user_id) * 2
            ),
            return_exceptions=True,
        )
        assert any(isinstance(outcome, Conflict) for outcome in outcomes)
        assert await admins.count() == 1


async def test_an_admin_who_was_removed_removes_nobody(cast: Cast) -> None:
    sam = await promoted(cast)
    await Membership.create(
        workspace_id=cast.northwind.id, user_id=cast.eve.user_id, role=Role.ADMIN
    )
    await members.remove(cast.ada, sam.user_id)
    with pytest.raises(NotFound):
        await members.remove(sam, cast.ada.user_id)
    assert await role_of(cast.ada) is Role.ADMIN
