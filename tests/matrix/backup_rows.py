"""Backups, which are the owner's, and codes that a restore held."""

from models.enums import CodeKind
from services import backup_list, backups, held
from services.actor import Actor
from services.backup_writing import BackupFailed
from services.errors import ConfirmationDue, Conflict
from tests.conftest import POSTGRES
from tests.matrix.commands import ADMINS, OWNER, Reach, reads, writes
from tests.matrix.world import World

NONE_HERE = BackupFailed if POSTGRES else None


async def _check(_: World, who: Actor) -> object:
    return await backups.check(who, await backups.make(who))


async def _delete(_: World, who: Actor) -> object:
    return await backups.delete(who, await backups.make(who))


async def _download(_: World, who: Actor) -> object:
    return await backups.download(who, await backups.make(who))


async def _may_download(_: World, who: Actor) -> object:
    return await backups.may_download(who, await backups.make(who))


ROWS = [
    reads("backup_list.every", OWNER, lambda w, who: backup_list.every(who), reach=Reach.ALL),
    reads("backup_list.state", OWNER, lambda w, who: backup_list.state(who), reach=Reach.ALL),
    writes(
        "backups.make",
        OWNER,
        lambda w, who: backups.make(who),
        reach=Reach.ALL,
        stopped=NONE_HERE,
    ),
    writes("backups.check", OWNER, _check, reach=Reach.ALL, stopped=NONE_HERE),
    writes("backups.delete", OWNER, _delete, reach=Reach.ALL, stopped=NONE_HERE),
    writes(
        "backups.may_download",
        OWNER,
        _may_download,
        reach=Reach.ALL,
        stopped=NONE_HERE or ConfirmationDue,
    ),
    writes(
        "backups.download",
        OWNER,
        _download,
        reach=Reach.ALL,
        stopped=NONE_HERE or ConfirmationDue,
    ),
    writes(
        "held.release",
        ADMINS,
        lambda w, who: held.release(who, w.batch.batch.id, "a reason"),
        stopped=Conflict,  # none is held
    ),
    writes(
        "held.release",
        ADMINS,
        lambda w, who: held.release(who, w.bought.batch.id, "a reason", kind=CodeKind.PURCHASE),
        stopped=Conflict,
        case="purchase codes",
    ),
]
