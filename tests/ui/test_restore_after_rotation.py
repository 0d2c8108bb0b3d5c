"""Backups restore whichever keys of the file they were made with, and re-sealing goes on."""

import shutil

import pytest

from models import Code, Key
from services import audit_heads, background, key_file, key_rotation, keys, resealing, sealing
from services.head_statement import Head
from tests.cast import activated, printed, redeem
from tests.conftest import POSTGRES
from tests.ui.living import Lived, run, within

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file")


@pytest.fixture(autouse=True)
def no_stop() -> None:
    background._stop.clear()  # another test has stopped its loops


def rotate(lived: Lived) -> None:
    within(lived.settings, lambda: key_rotation.rotate(lived.settings))


def numbers(lived: Lived) -> list[int]:
    return [line.number for line in key_file.read(lived.settings.key_path)]


def back_up_again(lived: Lived) -> None:
    shutil.rmtree(lived.away)
    assert run("backup", "--to", lived.away).exit_code == 0


async def is_sealed_with(number: int, lived: Lived) -> None:
    rows = await Code.all().values_list("sealed", flat=True)
    assert {bytes(each)[0] for each in rows} == {number}
    assert (await printed(lived.issued.batch)).texts == lived.issued.texts


@pytest.mark.parametrize("lost", [True, False])
def test_a_backup_from_before_a_rotation_restores_and_is_rotated_again(
    lived: Lived, lost: bool
) -> None:
    rotate(lived)
    assert numbers(lived) == [1, 2]
    if lost:
        lived.lose_all_but_the_key()
    words = ["restore", lived.backup] if lost else ["restore", lived.backup, "--accept-older"]
    done = run(*words)
    assert done.exit_code == 0, done.output

    async def look() -> None:
        assert keys.ring().key_id == 1
        await is_sealed_with(1, lived)

    async def go_on() -> None:
        done = await key_rotation.rotate(lived.settings)
        assert (done.number, done.taken_up) == (2, True)
        await resealing.work()
        await is_sealed_with(2, lived)
        assert (await Key.get(number=1)).retired_at

    within(lived.settings, look)
    within(lived.settings, go_on)
    assert numbers(lived) == [1, 2]


def test_a_backup_in_the_middle_of_a_rotation_is_sealed_anew_to_the_end(lived: Lived) -> None:
    rotate(lived)
    back_up_again(lived)
    lived.lose_all_but_the_key()
    assert run("restore", lived.backup, "--nothing-since").exit_code == 0

    async def go_on() -> None:
        assert keys.ring().key_id == 2
        await resealing.work()
        await is_sealed_with(2, lived)
        activated(await redeem(lived.issued.texts[1]))

    within(lived.settings, go_on)


def test_a_backup_from_after_a_rotation_restores(lived: Lived) -> None:
    rotate(lived)
    within(lived.settings, resealing.work)
    back_up_again(lived)
    lived.lose_all_but_the_key()
    assert run("restore", lived.backup, "--nothing-since").exit_code == 0
    within(lived.settings, lambda: is_sealed_with(2, lived))


@pytest.mark.parametrize("beside", [True, False])
def test_a_head_of_any_key_tells_that_a_copy_is_older(lived: Lived, beside: bool) -> None:
    rotate(lived)

    async def sign() -> list[Head]:
        await sealing.finish()
        await audit_heads.sign()
        return await audit_heads.every()

    heads = within(lived.settings, sign)
    assert heads[-1].installation == keys.ring().check_value
    file = lived.settings.data_dir / "heads.jsonl"
    kept = lived.away.with_name("kept.jsonl")
    shutil.copyfile(file, kept)
    lived.lose_all_but_the_key()
    if beside:
        shutil.copyfile(kept, file)
    words = ["restore", lived.backup] if beside else ["restore", lived.backup, "--head", kept]
    refused = run(*words)
    assert refused.exit_code == 1
    assert "older than what is known of the log" in refused.output


def test_a_key_file_without_a_key_that_codes_need_is_refused_and_names_it(lived: Lived) -> None:
    rotate(lived)
    back_up_again(lived)
    lived.lose_all_but_the_key()
    path = lived.settings.key_path
    first, second = path.read_text("ascii").splitlines(keepends=True)
    for left, told in ((first, "needs key 1 with the check value"), (second, "Key 1 is missing")):
        path.write_text(left)
        refused = run("restore", lived.backup)
        assert refused.exit_code == 1
        assert told in refused.output
        assert not lived.settings.sqlite_path.exists()
