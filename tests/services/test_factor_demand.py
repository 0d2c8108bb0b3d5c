"""A second factor that is demanded: who has none does nothing else than set one up."""

import pytest

from models import Installation, Membership, Message, Session, User
from models.enums import AccountChange, AuditAction, Demand, Role
from services import (
    accounts,
    batches,
    factor_demand,
    factor_removal,
    factors,
    joining,
    members,
    sessions,
    signals,
    user_list,
    users,
)
from services.actor import Actor
from services.errors import (
    ConfirmationDue,
    Conflict,
    FactorDue,
    NotFound,
)
from services.permissions import Permission, require
from services.signals import Changed, Topic
from tests.cast import Cast, entries, wanted
from tests.hearing import but_the_log
from tests.second_factors import signed_in, with_app


async def demanded(cast: Cast) -> Actor:
    """Olga has a factor and demands one; nobody else has any yet."""
    await with_app(cast.olga)
    olga = await signed_in(cast.olga)
    await factor_demand.choose(olga, Demand.ADMINS)
    return olga


async def token_of(actor: Actor) -> str:
    return await sessions.open_session(await User.get(id=actor.user_id), address="192.0.2.1")


async def entered(actor: Actor, slug: str = "northwind") -> Actor:
    return await sessions.enter(await token_of(actor), slug)


async def test_an_admin_without_one_may_do_nothing_and_a_standard_user_everything(
    cast: Cast,
) -> None:
    await demanded(cast)
    ada, sam = await entered(cast.ada), await entered(cast.sam)
    assert (ada.factor_due, sam.factor_due) == (True, False)
    for permission in Permission:
        with pytest.raises(FactorDue):
            require(ada, permission)
    with pytest.raises(FactorDue):
        await batches.request(ada, wanted(cast.month))
    await batches.request(sam, wanted(cast.month))
    await accounts.rename(ada, "Ada A.")


async def test_it_falls_on_admins_of_any_workspace_wherever_they_are(cast: Cast) -> None:
    await demanded(cast)
    await Membership.create(
        workspace_id=cast.elsewhere.id, user_id=cast.ada.user_id, role=Role.SALES
    )
    assert (await entered(cast.ada, "elsewhere")).factor_due
    assert (await entered(cast.ada, "acme")).factor_due


async def test_a_second_owner_is_held_too(cast: Cast) -> None:
    olga = await demanded(cast)
    await users.make_owner(olga, cast.eve.user_id)
    eve = await entered(cast.eve)
    with pytest.raises(FactorDue):
        await factor_demand.choose(eve, Demand.NOBODY)
    with pytest.raises(FactorDue):
        await users.disable(eve, cast.sam.user_id)


async def test_setting_one_up_opens_everything_at_once(cast: Cast) -> None:
    await demanded(cast)
    token = await token_of(cast.ada)
    assert (await sessions.enter(token, "northwind")).factor_due
    await with_app(cast.ada)
    ada = await sessions.enter(token, "northwind")
    assert not ada.factor_due
    await batches.request(ada, wanted(cast.month))


async def test_a_new_role_takes_the_demand_along(cast: Cast) -> None:
    olga = await demanded(cast)
    token = await token_of(cast.sam)
    await members.change_role(olga, cast.sam.user_id, Role.ADMIN)
    assert (await sessions.enter(token, "northwind")).factor_due


async def test_an_invitation_waits_for_the_factor(cast: Cast) -> None:
    await demanded(cast)
    with pytest.raises(FactorDue):
        await joining.join(await entered(cast.ada), "any link")


async def test_the_owner_needs_one_first(cast: Cast) -> None:
    olga = await signed_in(cast.olga)
    with pytest.raises(Conflict) as refusal:
        await factor_demand.choose(olga, Demand.ADMINS)
    assert refusal.value.message == factor_demand.OWN_FIRST
    assert await factors.demand() is Demand.NOBODY


async def test_it_is_the_owners_choice_and_wants_a_confirmed_session(cast: Cast) -> None:
    for who in (cast.ada, cast.sam, cast.eve, cast.mallory):
        actor = await signed_in(who)
        for refused in (
            factor_demand.choose(actor, Demand.ADMINS),
            factor_demand.read(actor),
            factor_removal.remove(actor, cast.sam.user_id),
        ):
            with pytest.raises(NotFound):
                await refused
    await with_app(cast.olga)
    olga = await signed_in(cast.olga)
    await Session.filter(id=olga.session_id).update(confirmed_at=None)
    with pytest.raises(ConfirmationDue):
        await factor_demand.choose(olga, Demand.ADMINS)
    with pytest.raises(ConfirmationDue):
        await factor_removal.remove(olga, cast.sam.user_id)


async def test_the_choice_is_in_the_log_once_and_opens_tabs_hear_of_it(cast: Cast) -> None:
    await with_app(cast.olga)
    olga, heard = await signed_in(cast.olga), list[Changed]()
    end = signals.subscribe(but_the_log(heard))
    await factor_demand.choose(olga, Demand.ADMINS)
    await factor_demand.choose(olga, Demand.ADMINS)
    end()
    [entry] = [e for e in await entries(AuditAction.UPDATE) if e.resource == "INSTALLATION"]
    assert entry.detail == {"field": "second factor", "demand": "ADMINS"}
    [changed] = heard
    assert changed.topic is Topic.MEMBERS
    assert set(changed.ids) == {cast.olga.user_id, cast.ada.user_id}
    assert await factor_demand.read(olga) == factor_demand.DemandView(
        demand=Demand.ADMINS, concerned=2, without=1, has_own=True
    )
    await factor_demand.choose(olga, Demand.NOBODY)
    assert not (await entered(cast.ada)).factor_due
    assert (await Installation.get()).second_factor is Demand.NOBODY


async def test_the_owner_removes_what_somebody_lost(cast: Cast) -> None:
    await with_app(cast.sam)
    token, olga = await token_of(cast.sam), await signed_in(cast.olga)
    await factor_removal.remove(olga, cast.sam.user_id)
    assert await sessions.find(token) is None
    assert not (await factors.of(cast.sam.user_id)).any
    [entry] = await entries(AuditAction.REMOVE)
    assert (entry.resource, entry.target_id, entry.person_id, entry.detail) == (
        "FACTOR",
        cast.sam.user_id,
        cast.olga.person_id,
        {"kind": "all"},
    )
    mail = await Message.filter().order_by("-id").first()
    assert mail and mail.change is AccountChange.FACTORS_REMOVED
    assert mail.recipient == "sam@example.org"
    with pytest.raises(Conflict):
        await factor_removal.remove(olga, cast.sam.user_id)


async def test_nobody_is_there_to_remove_it_from_by_a_forged_id(cast: Cast) -> None:
    olga = await signed_in(cast.olga)
    for forged in (0, -1, 10**6, 2**70):
        with pytest.raises(NotFound):
            await factor_removal.remove(olga, forged)
    await with_app(cast.olga)
    with pytest.raises(Conflict):
        await factor_removal.remove(await signed_in(cast.olga), cast.olga.user_id)


async def test_by_hand_it_works_for_the_owner_too(cast: Cast) -> None:
    await demanded(cast)
    await factor_removal.remove_by_hand("Olga@Example.org")
    assert not (await factors.of(cast.olga.user_id)).any
    assert not await Session.exists(user_id=cast.olga.user_id, ended_at=None)
    assert (await entered(cast.olga)).factor_due
    for unknown in ("nobody@example.org", ""):
        with pytest.raises(NotFound):
            await factor_removal.remove_by_hand(unknown)


async def test_the_list_of_users_says_who_has_one(cast: Cast) -> None:
    await with_app(cast.sam)
    found = await user_list.some(cast.olga, [cast.sam.user_id, cast.ada.user_id])
    assert {each.name: each.factors for each in found} == {
        "Sam Sales": ("app",),
        "Ada Admin": (),
    }
