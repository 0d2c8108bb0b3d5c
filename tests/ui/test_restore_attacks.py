"""What an older copy would bring back to life: links, spent proofs; and what is put into one."""

import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models import Evidence, Message, PasswordReset, Step, User
from models.enums import Role
from services import (
    backup_checks,
    evidence,
    evidence_store,
    half_way,
    invitations,
    joining,
    key_rotation,
    links,
    recovery,
    second_step,
)
from services.database import unit_of_work
from services.errors import Invalid
from services.joining import Unusable
from services.links import Purpose
from services.second_step import SecondStep
from services.zones import now
from tests.certification import certification, granted, paid, purchased
from tests.conftest import POSTGRES
from tests.second_factors import App, signed_in, with_app
from tests.ui.living import Lived, run, within

OLDER = "--accept-older"
pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file")


def backed_up(lived: Lived) -> Path:
    """Another backup, of now."""
    shutil.rmtree(lived.away)
    made = run("backup", "--to", lived.away)
    assert made.exit_code == 0, made.output
    return lived.backup


def test_an_invitation_that_was_withdrawn_since_stays_dead(lived: Lived) -> None:
    async def invite() -> int:
        ada = await signed_in(lived.cast.ada)
        made = await invitations.invite(ada, email="new@example.org", role=Role.ADMIN)
        return made.id

    invited = within(lived.settings, invite)
    backup = backed_up(lived)

    async def withdraw() -> None:
        await invitations.withdraw(await signed_in(lived.cast.ada), invited)

    within(lived.settings, withdraw)
    result = run("restore", backup, OLDER)
    assert result.exit_code == 0, result.output
    assert "1 invitation is withdrawn" in result.output

    async def look() -> None:
        token = links.make(Purpose.INVITE, invited)
        assert await joining.open_link(token) is Unusable.OVER
        assert not await Message.filter(invitation_id=invited, state="QUEUED").exists()

    within(lived.settings, look)


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_link_of_the_lost_time_opens_no_row_that_came_after_the_restore(
    lived: Lived, is_lost: bool
) -> None:
    """Of tables that had no row in the backup."""

    async def one_more() -> list[int]:
        ada = lived.cast.ada
        reset = await PasswordReset.create(user_id=ada.user_id, expires_at=now())
        made = await invitations.invite(
            await signed_in(ada), email=f"{reset.id}@example.org", role=Role.ADMIN
        )
        return [reset.id, made.id]

    before = within(lived.settings, one_more)
    assert before == [1, 1]
    if is_lost:
        lived.lose_all_but_the_key()
    result = run("restore", lived.backup, OLDER)
    assert result.exit_code == 0, result.output
    after = within(lived.settings, one_more)
    assert all(new > old for new, old in zip(after, before, strict=True))


def test_a_code_of_an_app_that_was_seen_before_the_restore_opens_nothing_after_it(
    lived: Lived,
) -> None:
    apps = list[App]()

    async def set_up() -> None:
        apps.append(await with_app(lived.cast.ada))

    within(lived.settings, set_up)
    backup = backed_up(lived)

    async def enter(code: str) -> str:
        user = await User.get(id=lived.cast.ada.user_id)
        half = await half_way.of(user)
        assert half
        return await second_step.finish(SecondStep(half=half, code=code, address="192.0.2.9"))

    code = apps[0].code()
    within(lived.settings, lambda: enter(code))
    assert run("restore", backup, OLDER).exit_code == 0
    with pytest.raises(Invalid):
        within(lived.settings, lambda: enter(code))


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_recovery_code_that_was_used_since_is_dead_where_that_is_known(
    lived: Lived, *, is_lost: bool
) -> None:
    apps = list[App]()

    async def set_up() -> None:
        apps.append(await with_app(lived.cast.ada))

    within(lived.settings, set_up)
    backup = backed_up(lived)
    ada, used = lived.cast.ada.user_id, apps[0].recovery[0]

    @unit_of_work
    async def take(code: str) -> bool:
        return await recovery.take(ada, recovery.letters(code))

    assert within(lived.settings, lambda: take(used))
    if is_lost:
        lived.lose_all_but_the_key()
    result = run("restore", backup, OLDER)
    assert result.exit_code == 0, result.output
    assert within(lived.settings, lambda: take(used)) is is_lost
    assert within(lived.settings, lambda: take(apps[0].recovery[1]))
    assert "Passwords, second factors and recovery codes are those of then" in result.output


def test_backups_of_before_and_after_a_rotation_are_restored(lived: Lived) -> None:
    before = lived.backup

    async def rotate() -> None:
        await key_rotation.rotate(lived.settings)

    within(lived.settings, rotate)
    after = lived.away / "after"
    made = run("backup", "--to", after)
    assert made.exit_code == 0, made.output
    [after] = [each for each in after.iterdir() if each.is_dir()]
    lived.lose_all_but_the_key()
    for backup in (after, before):
        result = run("restore", backup, OLDER)
        assert result.exit_code == 0, result.output
        assert within(lived.settings, lambda: User.all().count())


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of an evaluation, in a backup."""

    backup: Path
    digest: str

    @property
    def file(self) -> Path:
        return self.backup / "evidence" / self.digest


def with_evidence(lived: Lived) -> Filed:
    async def add() -> str:
        cast, made = lived.cast, await certification()
        await granted(cast.acme, made.lab)
        bought = await purchased(await signed_in(cast.ada_at_acme), cast.acme, made.lab, 1)
        step = await Step.get(evaluation_id=(await paid(bought.codes[0], cast.eve)).id)
        await evidence.add_file(cast.eve, step.id, "report.pdf", b"all is well")
        return (await Evidence.get(step_id=step.id)).digest or ""

    digest = within(lived.settings, add)
    filed = Filed(backed_up(lived), digest)
    lived.lose_all_but_the_key()
    return filed


def restored_evidence(lived: Lived, filed: Filed) -> Path:
    result = run("restore", filed.backup, OLDER)
    assert result.exit_code == 0, result.output
    file = evidence_store.path_of(lived.settings.data_dir, filed.digest)
    assert file.read_bytes() == b"all is well"
    return file


@pytest.mark.parametrize("is_link", [True, False])
def test_a_file_that_is_swapped_after_the_check_is_not_taken(
    lived: Lived, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, is_link: bool
) -> None:
    filed, real = with_evidence(lived), backup_checks.problems
    forged = tmp_path / "forged"
    forged.write_bytes(b"all is bad!")

    def swapped(folder: Path, *rest: Any) -> list[str]:
        found = real(folder, *rest)
        filed.file.unlink()
        filed.file.symlink_to(forged) if is_link else forged.rename(filed.file)
        return found

    monkeypatch.setattr(backup_checks, "problems", swapped)
    result = run("restore", filed.backup, OLDER)
    assert result.exit_code == 1
    assert "changed while it was copied" in result.output
    assert not lived.settings.sqlite_path.exists()


def test_what_is_on_another_disk_is_said_before_anything_moves(lived: Lived) -> None:
    elsewhere = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        if elsewhere.stat().st_dev == lived.settings.data_dir.stat().st_dev:
            pytest.skip("There is no other disk here.")
        (lived.settings.data_dir / "backups").symlink_to(elsewhere)
        refused = run("restore", lived.backup, OLDER)
        assert refused.exit_code == 1
        assert "is on another disk" in refused.output
        assert "HELD" not in lived.statuses()
    finally:
        shutil.rmtree(elsewhere)


def test_into_an_empty_folder_backups_may_be_kept_anywhere(lived: Lived) -> None:
    elsewhere = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        lived.lose_all_but_the_key()
        (lived.settings.data_dir / "backups").symlink_to(elsewhere)
        restored = run("restore", lived.backup)
        assert restored.exit_code == 0, restored.output
    finally:
        shutil.rmtree(elsewhere)


def test_whoever_can_write_to_a_backup_cannot_to_what_was_restored_from_it(lived: Lived) -> None:
    filed = with_evidence(lived)
    filed.file.chmod(0o666)
    file = restored_evidence(lived, filed)
    filed.file.write_bytes(b"all is bad!")
    assert file.read_bytes() == b"all is well"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_for_all_lends_no_lock_to_write_elsewhere(lived: Lived, tmp_path: Path) -> None:
    shared, elsewhere = tmp_path / "shared", tmp_path / "elsewhere"
    shared.mkdir()
    (shared / ".lock").symlink_to(elsewhere)
    result = run("backup", "--to", shared)
    assert result.exit_code == 1
    assert not elsewhere.exists()


def test_nobody_else_reads_what_is_in_a_backup(lived: Lived) -> None:
    filed = with_evidence(lived)
    for path in (filed.backup, *filed.backup.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
