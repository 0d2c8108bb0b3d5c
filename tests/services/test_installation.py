"""A data folder and its key belong together; without the right one nothing is touched."""

from pathlib import Path

import pytest

from services import database, installation, key_file, key_tie, keys, setup
from services.keys import KeyFileError, KeyRing
from services.settings import Settings
from tests.cast import activated, assemble, issue, printed, redeem
from tests.conftest import POSTGRES


async def start(settings: Settings) -> None:
    await installation.prepare(settings)
    await database.connect(settings)


@pytest.fixture
async def installed(db: Settings, ring: KeyRing, cheap_passwords: None) -> Settings:
    """An installation that was started once and stopped."""
    await key_tie.tie(ring.check_value)
    await database.disconnect()
    return db


async def kept(settings: Settings) -> object:
    """Every byte of the database, or what PostgreSQL says of its rows."""
    if not POSTGRES:
        # an index in -shm and an empty -wal may outlive a connection; they hold nothing
        names = ("tallystick.sqlite3", "tallystick.sqlite3-wal")
        files = [settings.data_dir / name for name in names]
        held = {file.name: file.read_bytes() for file in files if file.exists()}
        return {name: content for name, content in held.items() if content}
    await database.connect(settings)
    try:
        return await database.connection().execute_query_dict("SELECT * FROM installation")
    finally:
        await database.disconnect()


async def refused_start(settings: Settings) -> str:
    """The sentence of a start that is refused and changes nothing."""
    before = await kept(settings)
    with pytest.raises(KeyFileError) as wrong:
        await installation.prepare(settings)
    assert await kept(settings) == before
    return str(wrong.value)


async def test_a_first_start_makes_a_private_key_and_ties_the_database_to_it(
    empty: Settings,
) -> None:
    await start(empty)
    assert empty.key_path.stat().st_mode & 0o777 == 0o600
    [ring], [known] = key_file.load_all(empty.key_path), await key_tie.known()
    assert known.check_value == ring.check_value == keys.ring().check_value
    assert await setup.is_open()
    await database.disconnect()


async def test_a_second_start_changes_nothing(installed: Settings) -> None:
    key, before = installed.key_path.read_bytes(), await kept(installed)
    await installation.prepare(installed)
    assert (installed.key_path.read_bytes(), await kept(installed)) == (key, before)


async def test_codes_made_before_a_restart_work_after_it(installed: Settings) -> None:
    await database.connect(installed)
    cast = await assemble()
    issued = await issue(cast.ada, cast.month)
    await database.disconnect()
    await start(installed)
    assert (await printed(issued.batch)).texts == issued.texts
    activated(await redeem(issued.texts[0]))
    await database.disconnect()


async def test_a_missing_key_stops_the_start_and_no_second_one_is_made(
    installed: Settings,
) -> None:
    installed.key_path.unlink()
    assert "is missing" in await refused_start(installed)
    assert not installed.key_path.exists()


async def test_another_installations_key_stops_the_start(
    installed: Settings, tmp_path: Path
) -> None:
    key_file.create(tmp_path / "other.key")
    installed.key_path.write_bytes((tmp_path / "other.key").read_bytes())
    sentence = await refused_start(installed)
    assert "not the one this database was made with" in sentence
    assert str(installed.key_path) in sentence


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
async def test_a_key_that_others_can_read_stops_the_start(installed: Settings, mode: int) -> None:
    installed.key_path.chmod(mode)
    assert "chmod 600" in await refused_start(installed)


@pytest.mark.parametrize("content", [b"", b"junk\n", b"tallystick-key-1:1:AAAA\n", b"\xff" * 99])
async def test_a_damaged_key_stops_the_start_and_is_not_replaced(
    installed: Settings, content: bytes
) -> None:
    installed.key_path.write_bytes(content)
    assert await refused_start(installed)
    assert installed.key_path.read_bytes() == content


async def test_a_key_left_from_a_start_that_failed_is_used(empty: Settings) -> None:
    empty.data_dir.mkdir(parents=True)
    made = key_file.create(empty.key_path)
    await start(empty)
    [known] = await key_tie.known()
    assert known.check_value == made.check_value
    await database.disconnect()


async def test_the_key_may_lie_elsewhere(empty: Settings, tmp_path: Path) -> None:
    elsewhere = empty.model_copy(update={"key_file": tmp_path / "keys" / "tallystick.key"})
    await installation.prepare(elsewhere)
    assert elsewhere.key_path.exists()
    assert not empty.key_path.exists()


async def test_a_command_beside_the_server_opens_the_key_and_makes_none(
    installed: Settings,
) -> None:
    await database.connect(installed)
    await installation.open_key(installed)
    installed.key_path.unlink()
    with pytest.raises(KeyFileError, match="is missing"):
        await installation.open_key(installed)
    assert not installed.key_path.exists()
    await database.disconnect()
