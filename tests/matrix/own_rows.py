"""What is a person's own: account, sessions, bell, and an invitation to their address."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from models import Passkey, Session, User
from models.enums import Theme
from services import (
    accounts,
    confirming,
    factors,
    joining,
    links,
    notifications,
    own_sessions,
    passkeys,
    recovery,
    sessions,
    totp,
)
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.links import Purpose
from services.paging import Slice
from services.zones import now
from tests.cast import PASSWORD
from tests.matrix.commands import EVERYBODY, Reach, reads, writes
from tests.matrix.world import World
from tests.second_factors import signed_in, with_app

NEW = "quiet orchard marble 77"


async def _with_app(who: Actor) -> Actor:
    """With an authenticator app, in a session that was confirmed."""
    await with_app(who)
    return await signed_in(who)


async def _remove_app(_: World, who: Actor) -> object:
    return await totp.remove(await _with_app(who))


async def _renew(_: World, who: Actor) -> object:
    return await recovery.renew(await _with_app(who))


async def _begin(_: World, who: Actor) -> object:
    """What it writes is the session that it needs."""
    return await totp.begin(await signed_in(who))


@unit_of_work
async def _of_sams_passkey(world: World, act: Callable[[int], Awaitable[None]]) -> None:
    """It is there for this command only: whoever has one does not sign in by password alone."""
    sam = await User.get(email_key=world.cast.sam.email)
    row = await Passkey.create(
        user_id=sam.id, name="Phone", credential="of Sam", public_key=b"a key"
    )
    await act(row.id)


@unit_of_work
async def _confirm(world: World, who: Actor) -> None:
    """At a session of Ada's; of whoever else asks there nothing is left."""
    ada = await User.get(email_key=world.cast.ada.email)
    session = await Session.create(
        user_id=ada.id,
        token_digest="of Ada",
        address="::1",
        browser="",
        seen_at=now(),
    )
    await confirming.confirm(replace(who, session_id=session.id), PASSWORD)


ROWS = [
    reads("factors.mine", EVERYBODY, lambda w, who: factors.mine(who), reach=Reach.PLACE),
    writes("totp.begin", EVERYBODY, _begin, reach=Reach.ALL),
    writes("totp.add", EVERYBODY, lambda w, who: with_app(who), reach=Reach.ALL),
    writes("totp.remove", EVERYBODY, _remove_app, reach=Reach.ALL),
    writes("recovery.renew", EVERYBODY, _renew, reach=Reach.ALL),
    writes(
        "accounts.choose_theme",
        EVERYBODY,
        lambda w, who: accounts.choose_theme(who, Theme.DARK),
        reach=Reach.ALL,
    ),
    writes(
        "accounts.rename", EVERYBODY, lambda w, who: accounts.rename(who, "New"), reach=Reach.ALL
    ),
    writes(
        "accounts.change_password",
        EVERYBODY,
        lambda w, who: accounts.change_password(who, current=PASSWORD, password=NEW),
        reach=Reach.ALL,
    ),
    reads("confirming.asks", EVERYBODY, lambda w, who: confirming.asks(who), reach=Reach.ALL),
    writes(
        "confirming.confirm",
        "A",
        lambda w, who: _confirm(w, who),
        case="a session of Ada's",
    ),
    reads("passkeys.of", EVERYBODY, lambda w, who: passkeys.of(who), reach=Reach.PLACE),
    writes(
        "passkeys.begin_adding",
        EVERYBODY,
        lambda w, who: passkeys.begin_adding(who, "Phone"),
        reach=Reach.ALL,
        stopped=NotFound,  # the matrix has no https
    ),
    writes(
        "passkeys.add",
        EVERYBODY,
        lambda w, who: passkeys.add(who, name="Phone", answer="{}"),
        reach=Reach.ALL,
        stopped=NotFound,
    ),
    writes(
        "passkeys.rename",
        "S",
        lambda w, who: _of_sams_passkey(w, lambda each: passkeys.rename(who, each, "Mine")),
        case="of Sam's",
    ),
    writes(
        "passkeys.remove",
        "S",
        lambda w, who: _of_sams_passkey(w, lambda each: passkeys.remove(who, each)),
        case="of Sam's",
    ),
    writes(
        "passkeys.begin_confirming",
        EVERYBODY,
        lambda w, who: passkeys.begin_confirming(who),
        reach=Reach.ALL,
        stopped=NotFound,
    ),
    writes(
        "passkeys.confirm",
        EVERYBODY,
        lambda w, who: passkeys.confirm(who, "{}"),
        reach=Reach.ALL,
        stopped=NotFound,
    ),
    reads("own_sessions.of", EVERYBODY, lambda w, who: own_sessions.of(who), reach=Reach.PLACE),
    writes(
        "own_sessions.end",
        "S",
        lambda w, who: own_sessions.end(who, w.sams_session.id),
        case="of Sam's",
    ),
    writes(
        "own_sessions.end_others",
        EVERYBODY,
        lambda w, who: own_sessions.end_others(who),
        reach=Reach.PLACE,
    ),
    reads(
        "notifications.unread",
        EVERYBODY,
        lambda w, who: notifications.unread(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "notifications.latest",
        EVERYBODY,
        lambda w, who: notifications.latest(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "notifications.newest",
        EVERYBODY,
        lambda w, who: notifications.newest(who),
        reach=Reach.PLACE,
        empty=[],
    ),
    reads(
        "notifications.page",
        EVERYBODY,
        lambda w, who: notifications.page(who, Slice()),
        reach=Reach.PLACE,
    ),
    writes(
        "notifications.mark_read",
        "A",
        lambda w, who: notifications.mark_read(who, w.notification.id),
        case="of Ada's",
    ),
    writes(
        "notifications.mark_all_read",
        EVERYBODY,
        lambda w, who: notifications.mark_all_read(who, up_to=10**9),
        reach=Reach.PLACE,
    ),
    writes(
        "joining.join",
        "S",
        lambda w, who: joining.join(who, links.make(Purpose.INVITE, w.welcome.id)),
        case="an invitation of Sam's",
        refused=Conflict,
        elsewhere=Conflict,
    ),
    reads(
        "sessions.seated",
        EVERYBODY,
        lambda w, who: sessions.seated(who, w.cast.northwind),
        case="in Northwind",
        reach=Reach.RUN_LIST,
        empty=None,
    ),
]
