"""Settings of a workspace, and what is the owner's: workspaces, users, mail."""

from dataclasses import replace

from models.enums import Demand
from services import (
    checkup,
    erasure,
    factor_demand,
    factor_removal,
    key_status,
    mail_health,
    mailing,
    own_address,
    trial_mail,
    user_list,
    users,
    whole_person,
    workspace_list,
    workspace_settings,
    workspaces,
)
from services.actor import Actor
from services.errors import Conflict
from services.letters import Mail
from services.paging import Slice
from services.user_list import UserFilter
from tests.matrix.commands import ADMINS, EVERYBODY, OWNER, Reach, reads, writes
from tests.matrix.world import World
from tests.second_factors import signed_in, with_app


async def _change_settings(_: World, who: Actor) -> object:
    shown = await workspace_settings.read(who)
    return await workspace_settings.change(who, replace(shown, name="Renamed"), shown=shown)


async def _change_unread(world: World, who: Actor) -> object:
    """By who never saw them."""
    shown = await workspace_settings.read(world.here["A"])
    return await workspace_settings.change(who, replace(shown, name="Renamed"), shown=shown)


async def _demand(_: World, who: Actor) -> object:
    """An owner with a factor, in a session that was confirmed; anybody else as they are."""
    if who.is_owner:
        await with_app(who)
        who = await signed_in(who)
    return await factor_demand.choose(who, Demand.ADMINS)


async def _remove_sams_factor(world: World, who: Actor) -> object:
    if who.is_owner:
        await with_app(world.cast.sam)
        who = await signed_in(who)
    return await factor_removal.remove(who, world.cast.sam.user_id)


ROWS = [
    reads(
        "workspace_settings.read",
        ADMINS,
        lambda w, who: workspace_settings.read(who),
        reach=Reach.PLACE,
    ),
    writes("workspace_settings.change", ADMINS, _change_settings, reach=Reach.PLACE),
    writes(
        "workspace_settings.change",
        ADMINS,
        _change_unread,
        elsewhere=Conflict,
        case="as another workspace has them",
    ),
    reads("workspaces.of", EVERYBODY, lambda w, who: workspaces.of(who), reach=Reach.RUN_LIST),
    writes(
        "workspaces.create",
        OWNER,
        lambda w, who: workspaces.create(who, name="New", slug="new-one", time_zone="UTC"),
        reach=Reach.ALL,
    ),
    reads(
        "workspace_list.page",
        OWNER,
        lambda w, who: workspace_list.page(who, "", Slice()),
        reach=Reach.ALL,
    ),
    reads(
        "user_list.page",
        OWNER,
        lambda w, who: user_list.page(who, UserFilter(), Slice()),
        reach=Reach.ALL,
    ),
    reads(
        "user_list.some",
        OWNER,
        lambda w, who: user_list.some(who, [w.cast.sam.user_id]),
        reach=Reach.ALL,
    ),
    reads(
        "user_list.read",
        OWNER,
        lambda w, who: user_list.read(who, w.cast.sam.user_id),
        reach=Reach.ALL,
    ),
    *[
        writes(
            f"users.{act.__name__}",
            OWNER,
            lambda w, who, act=act: act(who, w.cast.sam.user_id),
            reach=Reach.ALL,
        )
        for act in (users.disable, users.sign_out, users.make_owner)
    ],
    writes("users.enable", OWNER, lambda w, who: users.enable(who, w.disabled.id), reach=Reach.ALL),
    writes(
        "users.remove_owner",
        OWNER,
        lambda w, who: users.remove_owner(who, w.second_owner.id),
        reach=Reach.ALL,
    ),
    reads(
        "whole_person.find",
        OWNER,
        lambda w, who: whole_person.find(who, w.activation.person_id),
        reach=Reach.ALL,
    ),
    reads(
        "erasure.preview",
        OWNER,
        lambda w, who: erasure.preview(who, w.activation.person_id),
        reach=Reach.ALL,
    ),
    writes(
        "erasure.erase",
        OWNER,
        lambda w, who: erasure.erase(who, w.activation.person_id),
        reach=Reach.ALL,
    ),
    reads("factor_demand.read", OWNER, lambda w, who: factor_demand.read(who), reach=Reach.ALL),
    writes(
        "factor_demand.choose",
        OWNER,
        _demand,
        reach=Reach.ALL,
    ),
    writes(
        "factor_removal.remove",
        OWNER,
        _remove_sams_factor,
        reach=Reach.ALL,
    ),
    reads("key_status.read", OWNER, lambda w, who: key_status.read(who), reach=Reach.ALL),
    reads("mail_health.mail", OWNER, lambda w, who: mail_health.mail(who), reach=Reach.ALL),
    reads("checkup.of", OWNER, lambda w, who: checkup.of(who, ()), reach=Reach.ALL),
    reads(
        "own_address.check", OWNER, lambda w, who: own_address.check(who, "/alive"), reach=Reach.ALL
    ),
    writes(
        "trial_mail.send",
        OWNER,
        lambda w, who: trial_mail.send(who, "a@example.org", Mail(subject="", text="", html="")),
        reach=Reach.ALL,
        stopped=Conflict,  # there is no mail server
    ),
    writes("mailing.try_now", OWNER, lambda w, who: mailing.try_now(who), reach=Reach.ALL),
]
