"""Who is told of what the log holds, once, whatever crashes in between."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from tortoise.exceptions import IntegrityError

from models import AuditEntry, Membership, Notification, User
from models.enums import AuditAction, NotificationKind, Resource
from models.notification import AuditFanout
from services import audit, database, notices, signals
from services.actor import Actor
from services.database import unit_of_work
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Cast
from tests.hearing import but_the_log

WORDS: dict[NotificationKind, tuple[AuditAction, Resource]] = {
    NotificationKind.BATCH_READY: (AuditAction.COMPLETE, Resource.BATCH),
    NotificationKind.BATCH_FAILED: (AuditAction.FAIL, Resource.BATCH),
    NotificationKind.MAIL_FAILED: (AuditAction.FAIL, Resource.MESSAGE),
    NotificationKind.MAIL_PAUSED: (AuditAction.PAUSE, Resource.INSTALLATION),
    NotificationKind.AGREEMENT_USED: (AuditAction.REACH, Resource.AGREEMENT),
    NotificationKind.AGREEMENT_ENDS: (AuditAction.EXPIRE, Resource.AGREEMENT),
    NotificationKind.EXPORT_READY: (AuditAction.COMPLETE, Resource.EXPORT),
    NotificationKind.EXPORT_FAILED: (AuditAction.FAIL, Resource.EXPORT),
    NotificationKind.BACKUP_FAILED: (AuditAction.FAIL, Resource.BACKUP),
    NotificationKind.CODES_HELD: (AuditAction.RESTORE, Resource.BACKUP),
    NotificationKind.GUESSING: (AuditAction.GUESSING, Resource.INSTALLATION),
}


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_process", notices._Process())


async def happens(
    kind: NotificationKind, target: int | None = 7, *, by: Actor | None = None, **more: Any
) -> None:
    await audit.record(*WORDS[kind], target, by=by, **more)


async def told() -> dict[int, list[NotificationKind]]:
    """Each person's entries."""
    of: dict[int, list[NotificationKind]] = {}
    for row in await Notification.all().order_by("id"):
        of.setdefault(row.user_id, []).append(row.kind)
    return of


async def names(cast: Cast) -> set[str]:
    """Who of the cast was told anything."""
    ids = set(await told())
    people = ("olga", "ada", "sam", "eve", "mallory")
    return {name for name in people if getattr(cast, name).user_id in ids}


@pytest.mark.parametrize("kind", [NotificationKind.BATCH_READY, NotificationKind.BATCH_FAILED])
async def test_of_a_batch_the_person_who_asked_is_told(cast: Cast, kind: NotificationKind) -> None:
    await happens(kind, 12, by=cast.sam, codes=500)
    await notices.tell()
    row = await Notification.get()
    assert (row.user_id, row.kind, row.target_id) == (cast.sam.user_id, kind, 12)
    assert (row.workspace_id, row.detail) == (cast.northwind.id, {"codes": 500})
    entry = await AuditEntry.get()
    assert (row.entry_id, row.at, row.read_at) == (entry.id, entry.at, None)


async def test_the_worker_speaks_for_the_person_who_asked(cast: Cast) -> None:
    await happens(
        NotificationKind.BATCH_READY,
        by=None,
        workspace_id=cast.northwind.id,
        person_id=cast.sam.person_id,
    )
    await notices.tell()
    assert await names(cast) == {"sam"}


async def test_of_a_failed_mail_the_person_who_sent_it_is_told(cast: Cast) -> None:
    await happens(NotificationKind.MAIL_FAILED, by=cast.sam)
    await notices.tell()
    assert await names(cast) == {"sam"}


async def test_of_a_failed_mail_that_nobody_sent_the_admins_are_told(cast: Cast) -> None:
    await happens(NotificationKind.MAIL_FAILED, by=None, workspace_id=cast.northwind.id)
    await notices.tell()
    assert await names(cast) == {"ada"}


async def test_of_a_failed_mail_of_somebody_who_left_the_admins_are_told(cast: Cast) -> None:
    await Membership.filter(user_id=cast.sam.user_id).delete()
    await happens(NotificationKind.MAIL_FAILED, by=cast.sam)
    await notices.tell()
    assert await names(cast) == {"ada"}


@pytest.mark.parametrize("where", ["elsewhere", None])
async def test_of_a_failed_mail_without_an_admin_the_owners_are_told(
    cast: Cast, where: str | None
) -> None:
    workspace_id = getattr(cast, where).id if where else None
    await happens(NotificationKind.MAIL_FAILED, by=None, workspace_id=workspace_id)
    await notices.tell()
    assert await names(cast) == {"olga"}


async def test_of_a_paused_outbox_the_owners_are_told(cast: Cast) -> None:
    await happens(NotificationKind.MAIL_PAUSED, None)
    await notices.tell()
    assert await names(cast) == {"olga"}


async def test_of_guessing_everywhere_the_owners_are_told(cast: Cast) -> None:
    await happens(NotificationKind.GUESSING, None, budget="redeem:installation")
    await notices.tell()
    assert await names(cast) == {"olga"}
    assert (await Notification.get()).workspace_id is None


@pytest.mark.parametrize("named", ["budget", "entry"])
async def test_of_guessing_in_a_workspace_its_admins_are_told_too(cast: Cast, named: str) -> None:
    acme = cast.acme.id
    more = {"budget": f"redeem:workspace:{acme}"} if named == "budget" else {"workspace_id": acme}
    await happens(NotificationKind.GUESSING, None, **more)
    await notices.tell()
    assert await names(cast) == {"olga", "ada"}
    assert {row.workspace_id for row in await Notification.all()} == {acme}


async def test_what_is_in_no_table_is_told_to_nobody(cast: Cast) -> None:
    for action, resource in (
        (AuditAction.LOGIN, Resource.USER),
        (AuditAction.FAIL, Resource.CODE),
        (AuditAction.COMPLETE, Resource.MESSAGE),
        (AuditAction.PAUSE, Resource.BATCH),
    ):
        await audit.record(action, resource, 1, by=cast.ada)
    await notices.tell()
    assert not await Notification.exists()
    assert not await AuditFanout.exists()


@pytest.mark.parametrize("kind", NotificationKind)
async def test_a_disabled_person_is_not_told(cast: Cast, kind: NotificationKind) -> None:
    await User.all().update(disabled_at=now())
    await happens(kind, by=cast.olga)
    await notices.tell()
    assert not await Notification.exists()
    assert await AuditFanout.all().count() == 1


async def test_who_lost_the_workspace_is_not_told(cast: Cast) -> None:
    await Membership.filter(user_id=cast.sam.user_id).delete()
    await happens(NotificationKind.BATCH_READY, by=cast.sam)
    await notices.tell()
    assert not await Notification.exists()


async def test_an_owner_needs_no_seat(cast: Cast) -> None:
    await happens(NotificationKind.BATCH_READY, by=cast.olga)
    await notices.tell()
    assert await names(cast) == {"olga"}


async def test_a_holder_without_an_account_is_not_told(cast: Cast) -> None:
    await happens(
        NotificationKind.BATCH_READY, by=None, workspace_id=cast.northwind.id, person_id=10**6
    )
    await notices.tell()
    assert not await Notification.exists()


async def test_an_entry_is_told_once_however_often_one_looks(cast: Cast) -> None:
    await happens(NotificationKind.BATCH_READY, by=cast.sam)
    for _ in range(3):
        assert await notices.tell() == timedelta(minutes=1)
    assert len(await Notification.all()) == len(await AuditFanout.all()) == 1


async def test_an_entry_is_told_once_by_many_at_the_same_time(cast: Cast) -> None:
    for target in range(30):
        await happens(NotificationKind.BATCH_READY, target, by=cast.sam)
    await asyncio.gather(*(notices.tell() for _ in range(6)))
    targets = [row.target_id for row in await Notification.all()]
    assert sorted(target or 0 for target in targets) == list(range(30))
    assert await AuditFanout.all().count() == 30


async def test_what_was_told_and_forgotten_is_not_told_again(cast: Cast) -> None:
    await happens(NotificationKind.BATCH_READY, by=cast.sam)
    await notices.tell()
    await Notification.all().delete()
    await notices.tell()
    assert not await Notification.exists()


async def test_a_crash_between_the_entry_and_the_notice_loses_nothing(cast: Cast) -> None:
    """What a killed process leaves: the entry, and nothing else."""
    await happens(NotificationKind.BATCH_READY, by=cast.sam)

    @unit_of_work
    async def killed_before_the_commit() -> None:
        await notices._tell([(await AuditEntry.get()).id])
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await killed_before_the_commit()
    assert not await Notification.exists()
    assert not await AuditFanout.exists()
    await notices.tell()
    assert await names(cast) == {"sam"}


async def test_hundreds_are_told_in_order(cast: Cast) -> None:
    word = WORDS[NotificationKind.BATCH_READY]
    await audit.record_all([audit.entry(*word, each, by=cast.sam) for each in range(250)])
    await notices.tell()
    rows = await Notification.all().order_by("id")
    assert [row.target_id for row in rows] == list(range(250))


async def test_one_that_cannot_be_told_holds_up_no_other(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    await happens(NotificationKind.BATCH_READY, 1, by=cast.sam)
    poisoned = await _poison()
    await happens(NotificationKind.BATCH_READY, 2, by=cast.sam)
    with caplog.at_level(logging.CRITICAL + 1):  # what it logs is asked for below
        await notices.tell()
    assert [row.target_id for row in await Notification.all().order_by("id")] == [1, 2]
    assert poisoned not in [row.entry_id for row in await AuditFanout.all()]
    caplog.clear()
    await notices.tell()
    assert [record.getMessage() for record in caplog.records] == [
        f"Entry {poisoned} of the log could not be told; it is tried again."
    ]


async def _poison() -> int:
    """An entry that this program never writes: its detail is no object."""
    row = (now(), "GUESSING", "INSTALLATION", "[]")
    await database.insert_many("audit_entry", ("at", "action", "resource", "detail"), [row])
    entries = await AuditEntry.all().order_by("-id").limit(1)
    return entries[0].id


async def test_the_first_look_of_a_process_goes_back_to_the_beginning(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await happens(NotificationKind.BATCH_READY, by=cast.sam)
    clock.shift(timedelta(days=1000))
    await notices.tell()
    assert await names(cast) == {"sam"}


async def test_later_looks_go_back_one_day(clock: time_machine.Traveller, cast: Cast) -> None:
    await notices.tell()
    await happens(NotificationKind.BATCH_READY, 1, by=cast.sam)
    clock.shift(timedelta(hours=13))
    await happens(NotificationKind.BATCH_READY, 2, by=cast.sam)
    clock.shift(timedelta(hours=13))
    await notices.tell()
    assert [row.target_id for row in await Notification.all()] == [2]


async def test_the_mark_of_what_was_told_cannot_be_taken_away(cast: Cast) -> None:
    await happens(NotificationKind.BATCH_READY, by=cast.sam)
    await notices.tell()
    with pytest.raises(IntegrityError):
        await AuditFanout.all().delete()


@pytest.fixture
def heard() -> Any:
    changes: list[Changed] = []
    end = signals.subscribe(but_the_log(changes))
    yield changes
    end()


@pytest.mark.parametrize("kind", NotificationKind)
async def test_an_entry_to_be_told_wakes_who_tells(
    cast: Cast, heard: list[Changed], kind: NotificationKind
) -> None:
    await happens(kind, by=cast.olga)
    assert heard == [Changed(None, Topic.HISTORY)]


async def test_an_activation_wakes_nobody(cast: Cast, heard: list[Changed]) -> None:
    await audit.record(AuditAction.ACTIVATE, Resource.CODE, 1, by=cast.ada)
    assert heard == []


async def test_who_tells_is_woken_after_the_commit_only(cast: Cast, heard: list[Changed]) -> None:
    @unit_of_work
    async def work() -> None:
        await happens(NotificationKind.BATCH_READY, by=cast.sam)
        assert heard == []

    await work()
    assert heard == [Changed(None, Topic.HISTORY)]


async def test_the_bells_of_those_who_were_told_are_rung(cast: Cast, heard: list[Changed]) -> None:
    await happens(NotificationKind.GUESSING, budget=f"redeem:workspace:{cast.acme.id}")
    heard.clear()
    await notices.tell()
    assert heard == [Changed(None, Topic.NOTIFICATIONS, (cast.olga.user_id, cast.ada.user_id))]


async def test_nobody_told_rings_no_bell(cast: Cast, heard: list[Changed]) -> None:
    await happens(NotificationKind.BATCH_READY)
    heard.clear()
    await notices.tell()
    assert heard == []
