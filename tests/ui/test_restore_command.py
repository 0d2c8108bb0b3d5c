"""`backup` and `restore` on the command line: what is lost, what is held, what is refused."""

import asyncio
import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from models import AuditEntry, Batch, Code, PasswordReset, Session
from models.enums import BatchState, RefusalReason, Status
from services import (
    audit_verify,
    codes,
    held,
    installation,
    instance_lock,
    kept_heads,
    restore_swap,
)
from services.audit_findings import Fault
from services.settings import Settings
from services.zones import now
from tests import recount
from tests.cast import activated, assemble, issue, redeem, redeem_link, refused
from tests.conftest import POSTGRES
from tests.ui.living import Lived, run, within

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file")
OLDER = "--accept-older"


def use_one_more(lived: Lived) -> None:
    async def use() -> None:
        activated(await redeem(lived.issued.texts[1]))

    within(lived.settings, use)


async def is_sound() -> None:
    assert await recount.wrong() == []
    assert (await audit_verify.check([])).findings == ()


def test_a_lost_machine_is_back_with_its_codes_held_and_they_work_once_released(
    lived: Lived,
) -> None:
    lived.lose_all_but_the_key()
    result = run("restore", lived.backup)
    assert result.exit_code == 0, result.output
    assert "4 codes are held: all that were ready" in result.output
    assert "What was there" not in result.output
    assert not list((lived.settings.data_dir / "backups").iterdir())
    assert lived.statuses() == [Status.ACTIVATED, *[Status.HELD] * 4]

    async def go_on() -> None:
        await is_sound()
        assert refused(await redeem(lived.issued.texts[1])).reason is RefusalReason.HELD
        assert refused(await redeem_link(lived.issued.tokens[1])).reason is RefusalReason.HELD
        assert await held.release(lived.cast.ada, lived.issued.batch.id, "Asked everybody") == 4
        activated(await redeem(lived.issued.texts[1]))
        await is_sound()

    within(lived.settings, go_on)
    assert run("audit", "verify").exit_code == 0


def test_who_knows_that_nothing_happened_since_says_so(lived: Lived) -> None:
    lived.lose_all_but_the_key()
    result = run("restore", lived.backup, "--nothing-since")
    assert "No code is held, as you said" in result.output
    assert Status.HELD not in lived.statuses()
    within(lived.settings, is_sound)


def test_a_head_that_was_kept_gives_the_lie_to_nothing_since(lived: Lived, tmp_path: Path) -> None:
    use_one_more(lived)
    kept = tmp_path / "kept.jsonl"
    shutil.copy(lived.settings.data_dir / "heads.jsonl", kept)
    lived.lose_all_but_the_key()
    assert run("restore", lived.backup, "--head", kept).exit_code == 1
    result = run("restore", lived.backup, "--head", kept, OLDER, "--nothing-since")
    assert result.exit_code == 1
    assert "Something did happen since" in result.output
    assert not lived.settings.sqlite_path.exists()
    assert run("restore", lived.backup, "--head", kept, OLDER).exit_code == 0
    assert lived.statuses() == [Status.ACTIVATED, *[Status.HELD] * 4]
    verdict = run("audit", "verify", "--head", kept)
    assert verdict.exit_code == 1
    assert "a restore (entry" in verdict.output
    assert "cut off" not in verdict.output


def test_a_copy_older_than_the_database_there_is_refused_with_both_ends(lived: Lived) -> None:
    use_one_more(lived)
    before = lived.settings.sqlite_path.read_bytes()
    result = run("restore", lived.backup)
    assert result.exit_code == 1
    assert "older than what is known" in result.output
    manifest = json.loads((lived.backup / "manifest.json").read_text())
    assert f"ends with seal {manifest['seq']}" in result.output
    assert "is known from the database in the data folder" in result.output
    assert lived.settings.sqlite_path.read_bytes() == before
    assert not (lived.settings.data_dir / restore_swap.STAGE).exists()


def test_the_heads_beside_a_lost_database_are_known_too(lived: Lived) -> None:
    use_one_more(lived)
    lived.settings.sqlite_path.unlink()
    result = run("restore", lived.backup)
    assert "known from heads.jsonl" in result.output
    assert result.exit_code == 1


def test_only_what_differs_from_the_newer_database_is_held(lived: Lived) -> None:
    async def go_on() -> list[int]:
        activated(await redeem(lived.issued.texts[1]))
        await codes.revoke(lived.cast.ada, lived.issued.codes[2].id)
        await Code.filter(id=lived.issued.codes[3].id).update(link_version=2)
        later = await issue(lived.cast.ada, lived.cast.month, 2)
        return [code.id for code in later.codes]

    later = within(lived.settings, go_on)
    result = run("restore", lived.backup, OLDER)
    assert result.exit_code == 0, result.output
    assert "3 codes are held: those that are not ready any more" in result.output
    assert "2 codes made since are not in the backup" in result.output
    ready, used, held_ones = Status.READY, Status.ACTIVATED, [Status.HELD] * 3
    assert lived.statuses() == [used, *held_ones, ready]
    replaced = next((lived.settings.data_dir / "backups").glob("replaced-*"))
    assert (replaced / "tallystick.sqlite3").is_file()
    assert (replaced / "heads.jsonl").is_file()

    async def look() -> None:
        await is_sound()
        batch = await Batch.get(id=lived.issued.batch.id)
        assert (batch.ready, batch.activated, batch.held) == (1, 1, 3)
        told = await AuditEntry.filter(action__in=["RESTORE", "HOLD"]).order_by("id")
        assert [(each.action, each.resource) for each in told] == [
            ("RESTORE", "BACKUP"),
            ("HOLD", "BATCH"),
        ]
        assert (told[0].detail["held"], told[0].detail["gone"]) == (3, 2)
        new = await issue(lived.cast.ada, lived.cast.month, 2)
        assert not {code.id for code in new.codes} & set(later), "old links would open new codes"

    within(lived.settings, look)


def test_where_nothing_happened_since_nothing_is_held(lived: Lived) -> None:
    result = run("restore", lived.backup)
    assert result.exit_code == 0, result.output
    assert "0 codes are held" in result.output
    assert Status.HELD not in lived.statuses()


def test_a_newer_database_that_is_damaged_tells_nothing(lived: Lived) -> None:
    content = bytearray(lived.settings.sqlite_path.read_bytes())
    content[4096 * 2 : 4096 * 12] = b"x" * 4096 * 10
    lived.settings.sqlite_path.write_bytes(content)
    result = run("restore", lived.backup, OLDER)
    assert "4 codes are held: all" in result.output, result.output


def test_ways_in_of_the_older_time_end_and_unfinished_batches_begin_again(
    settings: Settings, cheap_passwords: None, template: str, tmp_path: Path
) -> None:
    settings.data_dir.mkdir(mode=0o700)
    shutil.copyfile(template, settings.sqlite_path)

    async def live() -> int:
        cast = await assemble()
        await Session.create(
            user_id=cast.ada.user_id, token_digest="x", address="", browser="", seen_at=now()
        )
        await PasswordReset.create(user_id=cast.ada.user_id, expires_at=now())
        issued = await issue(cast.ada, cast.month)
        await Batch.filter(id=issued.batch.id).update(state=BatchState.RUNNING, made=2, ready=0)
        return issued.batch.id

    batch_id = within(settings, live)
    run("backup", "--to", tmp_path)
    [backup] = [each for each in tmp_path.iterdir() if each.name[0] == "2"]
    assert run("restore", backup).exit_code == 0

    async def look() -> None:
        assert not await Session.filter(ended_at=None).exists()
        assert not await PasswordReset.filter(used_at=None).exists()
        batch = await Batch.get(id=batch_id)
        assert (batch.state, batch.made) == (BatchState.QUEUED, 0)
        assert not await Code.filter(batch_id=batch_id).exists()

    within(settings, look)


@pytest.mark.parametrize("file", ["database.sqlite3", "heads.jsonl", "manifest.json"])
def test_a_backup_that_was_changed_is_refused(lived: Lived, file: str) -> None:
    changed = lived.backup / file
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    before = lived.settings.sqlite_path.read_bytes()
    result = run("restore", lived.backup)
    assert result.exit_code == 1
    assert lived.settings.sqlite_path.read_bytes() == before


def test_a_manifest_signed_by_another_key_is_refused_and_names_the_key(
    lived: Lived, tmp_path: Path
) -> None:
    lived.settings.key_path.unlink()
    assert "is missing" in run("restore", lived.backup).output
    other = tmp_path / "other"
    asyncio.run(installation.prepare(Settings(data_dir=other)))
    shutil.copy(other / "tallystick.key", lived.settings.key_path)
    result = run("restore", lived.backup)
    assert result.exit_code == 1
    assert "This backup needs key 1 with the check value" in result.output


def test_a_tar_is_as_good_as_the_folder(lived: Lived, tmp_path: Path) -> None:
    lived.lose_all_but_the_key()
    tar = tmp_path / "backup.tar"
    with tarfile.open(tar, "w") as archive:
        archive.add(lived.backup, arcname=f"./{lived.backup.name}")
    assert run("restore", tar).exit_code == 0
    within(lived.settings, is_sound)


@pytest.mark.parametrize(
    "name",
    ["../../evil", "/etc/evil", "x/../../evil", "x/evidence/../../evil", "x/evidence/evil", "evil"],
)
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_tar_with_ways_out_is_refused_and_leaves_nothing(
    lived: Lived, tmp_path: Path, name: str, kind: bytes
) -> None:
    tar = tmp_path / "backup.tar"
    member = tarfile.TarInfo(name if kind == tarfile.REGTYPE else "x/heads.jsonl")
    member.type, member.size, member.linkname = kind, 4, name
    with tarfile.open(tar, "w") as archive:
        archive.addfile(member, io.BytesIO(b"evil"))
    instance_lock.acquire(lived.settings).release()
    before = sorted(path for path in tmp_path.rglob("*"))
    result = run("restore", tar)
    assert result.exit_code == 1
    assert "which no backup holds" in result.output
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_junk_is_no_backup(lived: Lived, tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(b"junk" * 1000)
    assert run("restore", tmp_path / "junk").exit_code == 1
    assert run("restore", tmp_path / "nowhere").exit_code == 2  # as a word that is none


class Killed(BaseException):
    pass


@pytest.mark.parametrize("moves", range(6))
def test_whenever_it_is_cut_short_the_next_start_has_the_old_or_the_new(
    lived: Lived, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_one_more(lived)
    real, done = restore_swap.move, 0

    def move(old: Path, new: Path) -> None:
        nonlocal done
        if done == moves:
            raise Killed
        done += 1
        real(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(restore_swap, "move", move)
        with pytest.raises(Killed):
            run("restore", lived.backup, OLDER)
    assert lived.statuses()[1] is Status.HELD
    within(lived.settings, is_sound)
    assert not (lived.settings.data_dir / restore_swap.STAGE).exists()
    replaced = next((lived.settings.data_dir / "backups").glob("replaced-*"))
    assert (replaced / "tallystick.sqlite3").is_file()


def test_cut_short_before_it_counts_nothing_has_changed(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_one_more(lived)

    def sync(_: Path) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(restore_swap, "_sync_all", sync)
        with pytest.raises(Killed):
            run("restore", lived.backup, OLDER)
    assert lived.statuses()[:2] == [Status.ACTIVATED, Status.ACTIVATED]


def test_beside_a_server_there_is_a_backup_and_no_restore(lived: Lived) -> None:
    lock = instance_lock.acquire(lived.settings)
    try:
        assert run("backup").exit_code == 0
        assert "Stop it first" in run("restore", lived.backup).output
    finally:
        lock.release()


def test_a_head_of_the_time_that_was_given_up_is_a_finding_that_says_so(
    lived: Lived,
) -> None:
    use_one_more(lived)
    heads = (lived.settings.data_dir / "heads.jsonl").read_text()
    assert run("restore", lived.backup, OLDER).exit_code == 0

    async def look() -> set[Fault]:
        verdict = await audit_verify.check(kept_heads.read(heads))
        return {each.fault for each in verdict.findings}

    assert within(lived.settings, look) == {Fault.SET_BACK}
