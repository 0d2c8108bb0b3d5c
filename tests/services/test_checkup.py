"""What the owner and the doctor are told of how the installation does."""

import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine

from models import AuditEntry, Batch, Installation
from models.enums import AuditAction, BatchState, Resource
from services import (
    audit,
    backup_folder,
    backup_writing,
    backups,
    checkup,
    health_watch,
    heartbeats,
    machine,
    mail_pause,
    mailing,
    readiness,
    sealing,
    signals,
    throttling,
)
from services.backup_manifest import Made
from services.backup_writing import Wanted
from services.checkup import Checkup, Matter
from services.database import unit_of_work
from services.errors import NotFound
from services.heartbeats import Loop, Pulse
from services.settings import Settings, get_settings
from services.signals import Changed, Topic
from services.throttling import Kind
from services.zones import now
from tests.cast import Cast, every_row, issue
from tests.conftest import POSTGRES, Configure
from tests.hearing import but_the_log

only_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="a matter of SQLite alone")
WELL = Loop(name="Sending mail", word="mail", pulse=Pulse.WAITING, since=timedelta(0))
HUNG = Loop(name="Sending mail", word="mail", pulse=Pulse.HUNG, since=None)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "_server", mailing._Remembered())
    monkeypatch.setattr(health_watch, "_process", health_watch._Process())
    heartbeats.forget()


def disk(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = SimpleNamespace(total=10**12, used=0, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


async def look(*loops: Loop) -> Checkup:
    return await checkup.examine(get_settings(), loops or (WELL,))


async def test_where_all_is_well_nothing_is_the_matter(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk(monkeypatch, 10**11)
    await sealing.seal()
    before = await every_row()
    found = await checkup.of(cast.olga, (WELL,))
    assert (found.matters, found.is_well) == ((), True)
    assert found.database.size > 0
    assert found.version.python
    assert found.disk.folder == str(get_settings().data_dir.resolve())
    assert await every_row() == before


@only_sqlite
async def test_it_shows_the_settings_that_keep_the_database_whole(cast: Cast) -> None:
    state = (await look()).database
    assert (state.kind, state.journal, state.synchronous) == ("SQLite", "WAL", "FULL")
    assert state.foreign_keys
    assert state.log_size > 0


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_nobody_else_sees_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        await checkup.of(getattr(cast, who), ())


async def test_a_loop_that_hangs_and_a_full_disk_are_wrong(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk(monkeypatch, 10**8)
    found = await look(HUNG)
    assert found.matters[:2] == (Matter.LOOPS, Matter.DISK)
    assert not found.is_well


async def test_a_batch_that_waits_for_long_is_wrong(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    await Batch.filter(id=issued.batch.id).update(state=BatchState.QUEUED)
    assert Matter.JOBS_SLOW not in (await look()).matters
    clock.shift(timedelta(minutes=11))
    found = await look()
    assert Matter.JOBS_SLOW in found.matters
    assert found.work.oldest_batch == now() - timedelta(minutes=11)


async def test_paused_mail_is_wrong_and_held_mail_is_worth_knowing(
    cast: Cast, configure: Configure
) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    await mail_pause.begin("535 Wrong password")
    assert Matter.MAIL_PAUSED in (await look()).matters


@only_sqlite
async def test_a_backup_is_missed_after_two_days_and_a_failed_one_at_once(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await Installation.all().update(created_at=now())
    assert not (await look()).backup.is_late
    clock.shift(timedelta(hours=49))
    assert Matter.BACKUP_LATE in (await look()).matters
    name = await backups.make(cast.olga)
    found = await look()
    assert found.backup.made_at == now()
    await Installation.all().update(backup_tried_at=None)  # one of the command line
    assert (await look()).backup.tried_at == now()
    assert Matter.BACKUP_LATE not in found.matters
    (backup_folder.place(get_settings()) / name / "manifest.json").write_text("half")
    assert Matter.BACKUP_LATE in (await look()).matters
    await Installation.all().update(backup_problem="No room", backup_tried_at=now())
    assert Matter.BACKUP_FAILED in (await look()).matters
    clock.shift(timedelta(minutes=1))
    folder = backup_folder.place(get_settings())
    backup_writing.write(get_settings(), Wanted(folder=folder, made=Made.COMMAND))
    assert Matter.BACKUP_FAILED not in (await look()).matters


@only_sqlite
async def test_a_backup_is_looked_for_where_backups_are_put(
    cast: Cast, configure: Configure, tmp_path: Path
) -> None:
    configure(backup_dir=tmp_path / "elsewhere")
    await backups.make(cast.olga)
    assert (await look()).backup.made_at


async def test_a_clock_that_was_set_back_is_seen_by_the_log(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await issue(cast.ada, cast.month)
    assert not (await look()).clock.went_back
    clock.shift(timedelta(seconds=-31))
    found = await look()
    assert found.clock.back == timedelta(seconds=31)
    assert Matter.CLOCK in found.matters


async def test_entries_that_stay_unsealed_and_a_verify_that_found_something_are_wrong(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await issue(cast.ada, cast.month)
    clock.shift(timedelta(minutes=6))
    assert Matter.SEALS_LATE in (await look()).matters
    await sealing.seal()
    assert Matter.SEALS_LATE not in (await look()).matters
    for findings in (2, 0):
        await unit_of_work(audit.record)(
            AuditAction.VERIFY, Resource.AUDIT, None, by=cast.olga, findings=findings
        )
        found = await look()
        assert (found.log.findings, found.log.verified_at) == (findings, now())
        assert (Matter.LOG_FINDINGS in found.matters) is bool(findings)
    assert found.log.sealed == await AuditEntry.all().count() - 2


async def test_guessing_is_worth_knowing_and_needs_nobody(cast: Cast, configure: Configure) -> None:
    configure(sign_in_tries_per_installation=3)
    for _ in range(3):
        throttling.count(Kind.SIGN_IN)
    await throttling.keep()
    found = await look()
    assert Matter.GUESSING in found.matters
    assert found.throttling.failed_sign_ins == 3
    assert Matter.GUESSING in checkup.WORTH_KNOWING


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [((3, 6, 23), False), ((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)],
)
def test_the_versions_of_sqlite_with_the_fault_are_known(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], has_bug: bool
) -> None:
    monkeypatch.setattr(machine.sqlite3, "sqlite_version_info", version)
    assert machine.version(Settings()).has_wal_bug is has_bug
    on_postgres = Settings(database_url="postgres://a@b/c")
    assert not machine.version(on_postgres).has_wal_bug


async def test_who_watches_tells_the_log_what_changed_and_screens_to_look(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "services.health_watch")
    heard: list[Changed] = []
    await health_watch.work()  # the first time loops have only begun
    stop = signals.subscribe(but_the_log(heard))
    for free in (10**8, 10**8, 10**11):
        disk(monkeypatch, free)
        await health_watch.work()
    stop()
    assert heard == [Changed(None, Topic.HEALTH)] * 3
    told = [record.getMessage() for record in caplog.records if "disk" in record.getMessage()]
    assert told == ["Health: disk needs somebody.", "Health: disk is well again."]


async def test_ready_names_what_is_missing_in_one_word_each(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk(monkeypatch, 10**11)
    assert await readiness.lacks() == []

    async def broken(*_: object, **__: object) -> None:
        raise OSError("password of the database")

    beat = heartbeats.begin("Sending mail", "mail")
    beat.has_ended = True
    disk(monkeypatch, 0)
    monkeypatch.setattr(readiness, "fetch", broken)
    assert await readiness.lacks() == ["database", "disk", "mail"]
