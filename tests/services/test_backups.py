"""Backups: whole, checked, of one moment, without the key; or none at all."""

import asyncio
import errno
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from time_machine import Traveller

from models import AuditEntry, Evidence, Installation, Notification
from models.enums import AuditAction, NotificationKind, Resource
from services import (
    audit_verify,
    backup_checks,
    backup_folder,
    backup_list,
    backup_manifest,
    backup_tar,
    backup_writing,
    backups,
    disk,
    evidence_store,
    last_backup,
    notices,
    sealing,
)
from services.audit_findings import Fault
from services.backup_manifest import Made, Manifest, NotABackup
from services.backup_writing import BackupFailed, Wanted
from services.errors import ConfirmationDue, Conflict, Limited, NotFound
from services.settings import Settings, get_settings
from tests.cast import Cast, issue
from tests.conftest import POSTGRES, Configure
from tests.paying import Scene
from tests.sealed import sealed
from tests.services.test_step_up import grown_old, signed_in

pytestmark = [
    pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file"),
    pytest.mark.usefixtures("fresh_sealer"),
]


def folder() -> Path:
    return backup_folder.place(get_settings())


def manifest_of(name: str) -> Manifest:
    return backup_folder.manifest(folder() / name)


def problems(name: str) -> list[str]:
    return backup_checks.problems(folder() / name, manifest_of(name), backup_writing.nothing)


async def test_a_backup_holds_everything_of_one_moment(cast: Cast, scene: Scene) -> None:
    digest = await evidence_store.keep(b"a photograph")
    await Evidence.create(
        workspace_id=cast.acme.id,
        step_id=scene.lab.id,
        added_by_id=cast.eve.person_id,
        text="photo.jpg",
        digest=digest,
        size=12,
    )
    await issue(cast.ada, cast.month)
    await sealing.finish()
    name = await backups.make(cast.olga)
    manifest = manifest_of(name)
    assert (manifest.made, manifest.person_id) == (Made.HAND, cast.olga.person_id)
    assert manifest.codes == manifest.tables["code"] == 6
    assert manifest.seq > 0
    assert manifest.head
    assert set(manifest.files) == {"database.sqlite3", "heads.jsonl", f"evidence/{digest}"}
    assert problems(name) == []
    stored = evidence_store.path_of(get_settings().data_dir, digest)
    assert (folder() / name / "evidence" / digest).samefile(stored)
    [view] = await backup_list.every(cast.olga)
    assert (view.name, view.by, view.codes, view.problems) == (name, "Olga Owner", 6, ())


async def test_it_goes_on_beside_writers(cast: Cast) -> None:
    async def work() -> None:
        for _ in range(10):
            await issue(cast.ada, cast.month)

    name, *_ = await asyncio.gather(backups.make(cast.olga), work())
    assert problems(name) == []
    assert manifest_of(name).codes % 3 == 0


async def test_a_clock_that_was_once_ahead_stops_no_backup(clock: Traveller, cast: Cast) -> None:
    await sealed(2)
    clock.shift(timedelta(hours=-3))
    await sealed(2)
    verdict = await audit_verify.check([])
    assert {finding.fault for finding in verdict.findings} == {Fault.BACKDATED}
    assert problems(await backups.make(cast.olga)) == []


async def test_what_is_in_the_log_of_it_holds_no_name(cast: Cast) -> None:
    name = await backups.make(cast.olga)
    await backups.check(cast.olga, name)
    await backups.delete(cast.olga, name)
    entries = await AuditEntry.filter(resource=Resource.BACKUP).order_by("id")
    assert [entry.action for entry in entries] == ["CREATE", "VERIFY", "REMOVE"]
    assert {entry.person_id for entry in entries} == {cast.olga.person_id}
    assert entries[1].detail == {"backup": name, "findings": 0}
    assert await backup_list.every(cast.olga) == []


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_to_everybody_but_an_owner_there_are_no_backups(cast: Cast, who: str) -> None:
    name, actor = await backups.make(cast.olga), getattr(cast, who)
    commands: list[Callable[[], Any]] = [
        lambda: backups.make(actor),
        lambda: backups.check(actor, name),
        lambda: backups.delete(actor, name),
        lambda: backups.download(actor, name),
        lambda: backup_list.every(actor),
        lambda: backup_list.state(actor),
    ]
    for command in commands:
        with pytest.raises(NotFound):
            await command()
    assert len(backup_folder.every(folder())) == 1


@pytest.mark.parametrize("name", ["..", "../../x", "20260101T000000Z", ".unfinished-1", "", "a/b"])
async def test_a_name_that_is_none_is_not_found(cast: Cast, name: str) -> None:
    for command in (backups.check, backups.delete, backups.download):
        with pytest.raises(NotFound):
            await command(cast.olga, name)


async def test_neither_codes_nor_the_key_are_readable_in_it(cast: Cast, db: Settings) -> None:
    issued = await issue(cast.ada, cast.month)
    name = await backups.make(cast.olga)
    key = db.key_path.read_bytes().strip().rsplit(b":", 1)[1]
    content = b"".join(each.read_bytes() for each in (folder() / name).rglob("*") if each.is_file())
    for secret in (key, *(text.encode() for text in issued.texts + issued.bodies)):
        assert secret not in content
    assert db.key_path.name not in {each.name for each in (folder() / name).rglob("*")}


async def test_of_two_at_once_one_is_made(cast: Cast) -> None:
    done = await asyncio.gather(
        backups.make(cast.olga), backups.make(cast.olga), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "str"]
    assert isinstance(next(each for each in done if not isinstance(each, str)), Conflict)


async def test_a_full_disk_leaves_nothing_and_is_told_to_the_owner(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(disk, "write_new", full)
        with pytest.raises(BackupFailed, match="is full"):
            await backups.make(cast.olga)
    assert {each.name for each in folder().iterdir()} == {".lock"}
    installation = await Installation.get()
    assert "is full" in installation.backup_problem
    await notices.tell()
    [told] = await notifications_of(cast, NotificationKind.BACKUP_FAILED)
    assert told == cast.olga.user_id
    await backups.make(cast.olga)
    assert (await Installation.get()).backup_problem == ""


async def notifications_of(cast: Cast, kind: NotificationKind) -> list[Any]:
    return await Notification.filter(kind=kind).values_list("user_id", flat=True)


async def test_a_disk_without_room_is_not_begun_upon(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    with pytest.raises(BackupFailed, match="lacks 65 MB"):
        await backups.make(cast.olga)


async def test_what_a_killed_process_left_is_no_backup_and_is_swept(cast: Cast) -> None:
    left = folder() / ".unfinished-1"
    left.mkdir(parents=True)
    (left / "database.sqlite3").write_bytes(b"half")
    assert await backup_list.every(cast.olga) == []
    await backups.make(cast.olga)
    assert not left.exists()


async def test_a_copy_that_is_not_sound_is_not_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_checks, "problems", lambda *_: ["The database is damaged."])
    with pytest.raises(BackupFailed, match="not sound"):
        await backups.make(cast.olga)
    assert backup_folder.every(folder()) == []


async def test_a_changed_file_a_lost_one_and_a_changed_manifest_are_found(cast: Cast) -> None:
    name = await backups.make(cast.olga)
    backup = folder() / name
    with sqlite3.connect(backup / "database.sqlite3") as database:
        database.execute("UPDATE code SET status = 'READY'")
        database.execute("UPDATE person SET name = 'Somebody'")
    assert await backups.check(cast.olga, name) == (
        "database.sqlite3 was changed after the backup was made.",
    )
    [view] = await backup_list.every(cast.olga)
    assert view.problems
    (backup / "database.sqlite3").unlink()
    assert await backups.check(cast.olga, name) == ("database.sqlite3 is missing.",)
    manifest = backup / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"person_id": 1', '"person_id": 2'))
    [problem] = await backups.check(cast.olga, name)
    assert "was changed since it was made" in problem


async def test_files_of_evaluations_that_are_gone_are_told_and_stop_no_backup(
    cast: Cast, scene: Scene
) -> None:
    digest = await evidence_store.keep(b"a photograph")
    stored = evidence_store.path_of(get_settings().data_dir, digest)
    await Evidence.create(
        workspace_id=cast.acme.id,
        step_id=scene.lab.id,
        added_by_id=cast.eve.person_id,
        text="photo.jpg",
        digest=digest,
        size=12,
    )
    stored.write_bytes(b"another one")
    name = await backups.make(cast.olga)
    assert manifest_of(name).missing == (digest,)
    assert problems(name) == []


async def test_taking_it_away_asks_who_one_is_and_brings_the_same_backup_back(
    cast: Cast, tmp_path: Path
) -> None:
    name = await backups.make(cast.olga)
    with pytest.raises(ConfirmationDue):
        await backups.download(await grown_old(cast.olga), name)
    export = await backups.download(await signed_in(cast.olga), name)
    tar, target = tmp_path / export.name, tmp_path / "unpacked"
    tar.write_bytes(b"".join([piece async for piece in export.lines]))
    target.mkdir()
    backup_tar.unpack(tar, target)
    manifest = backup_folder.manifest(target)
    assert manifest == manifest_of(name)
    assert backup_checks.problems(target, manifest, backup_writing.nothing) == []
    assert await AuditEntry.filter(action=AuditAction.EXPORT, resource=Resource.BACKUP).count() == 1


async def test_deleting_one_asks_who_one_is(cast: Cast) -> None:
    name = await backups.make(cast.olga)
    with pytest.raises(ConfirmationDue):
        await backups.delete(await grown_old(cast.olga), name)
    assert len(backup_folder.every(folder())) == 1
    await backups.delete(await signed_in(cast.olga), name)
    assert backup_folder.every(folder()) == []


async def test_a_download_counts_as_a_file_of_the_account(cast: Cast, configure: Configure) -> None:
    configure(exports_per_account=1)
    name = await backups.make(cast.olga)
    await backups.download(cast.olga, name)
    with pytest.raises(Limited):
        await backups.download(cast.olga, name)
    assert await AuditEntry.filter(action=AuditAction.EXPORT, resource=Resource.BACKUP).count() == 1


def test_a_folder_that_never_was_a_backup_is_refused(tmp_path: Path, ring: object) -> None:
    with pytest.raises(NotABackup):
        backup_folder.manifest(tmp_path)


async def test_one_that_another_key_signed_is_never_called_sound(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = await backups.make(cast.olga)
    stranger = Ed25519PrivateKey.generate()
    monkeypatch.setattr(backup_manifest, "_signer", lambda: stranger)
    public = stranger.public_key().public_bytes_raw().hex()
    forged = backup_manifest.to_bytes(replace(manifest_of(name), public_key=public))
    (folder() / name / "manifest.json").write_bytes(forged)
    assert await backups.check(cast.olga, name) == (backup_checks.FOREIGN,)
    [view] = await backup_list.every(cast.olga)
    assert view.problems == (backup_checks.FOREIGN,)
    assert (await last_backup.last(get_settings())).made_at is None


async def test_a_backup_beside_others_is_put_where_it_was_asked_for(
    cast: Cast, tmp_path: Path
) -> None:
    made = backup_writing.write(get_settings(), Wanted(folder=tmp_path / "away", made=Made.COMMAND))
    assert made.parent == tmp_path / "away"


MAKER = """
import sys, time
from services import backup_writing, database, installation
from services.audit_findings import Fault
from services.backup_manifest import Made
from services.backup_writing import Wanted
from services.settings import get_settings
import asyncio

def progress(what, done, of):
    if what == sys.argv[1]:
        print(what, flush=True)
        time.sleep(60)

async def key():
    await database.connect(get_settings())
    await installation.open_key(get_settings())
    await database.disconnect()

asyncio.run(key())
folder = get_settings().data_dir / "backups"
backup_writing.write(get_settings(), Wanted(folder=folder, made=Made.COMMAND), progress)
"""


@pytest.mark.parametrize("stage", ["Copying the database", "Checking the database"])
async def test_killed_in_the_middle_it_leaves_no_backup_and_stands_in_nobodys_way(
    cast: Cast, stage: str
) -> None:
    await sealing.finish()
    with subprocess.Popen(  # noqa: ASYNC220 - what is killed must not share our loop
        [sys.executable, "-c", MAKER, stage], stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout
        assert (await asyncio.to_thread(maker.stdout.readline)).strip() == stage
        with pytest.raises(Conflict):  # it is being made
            await backups.make(cast.olga)
        maker.kill()
    assert await backup_list.every(cast.olga) == []
    name = await backups.make(cast.olga)
    assert {each.name for each in folder().iterdir()} == {".lock", name}
