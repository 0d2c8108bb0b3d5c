"""T25: with a wrong key file the real program ends soon, names the file and changes no byte."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services import database, installation, key_file, key_rotation
from services.settings import Settings
from tests.e2e import server
from tests.trust.figures import held

SOON = 2.0  # seconds; judged in the whole tier only


def missing(key: Path) -> None:
    key.unlink()


def of_another_installation(key: Path) -> None:
    key.unlink()
    key_file.create(key)


def short(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:-9] + b"\n")


def empty(key: Path) -> None:
    key.write_bytes(b"")


def readable_by_all(key: Path) -> None:
    key.chmod(0o644)


def without_its_second_key(key: Path) -> None:
    """As it was before the rotation."""
    first, _ = key.read_bytes().splitlines(keepends=True)
    key.write_bytes(first)


HARMS: tuple[Callable[[Path], None], ...] = (
    missing,
    of_another_installation,
    short,
    empty,
    readable_by_all,
    without_its_second_key,
)


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation whose first key was replaced."""
    folder = tmp_path_factory.mktemp("keys") / "data"
    asyncio.run(_rotated(Settings(data_dir=folder)))
    return folder


async def _rotated(settings: Settings) -> None:
    await installation.prepare(settings)
    await database.connect(settings)
    await key_rotation.rotate(settings)
    await database.disconnect()


@pytest.fixture
def folder(rotated: Path, tmp_path: Path) -> Path:
    return shutil.copytree(rotated, tmp_path / "data")


def contents(folder: Path) -> dict[str, bytes]:
    """All but what a mere look leaves: the lock, and SQLite's empty files."""
    names = [path for path in folder.iterdir() if path.name.startswith("tallystick.")]
    kept = {path.name: path.read_bytes() for path in names if path.suffix != ".lock"}
    return {name: held for name, held in kept.items() if held and not name.endswith("-shm")}


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_nothing_starts_and_no_byte_changes(
    folder: Path, harm: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    key = folder / "tallystick.key"
    harm(key)
    before, began = contents(folder), time.monotonic()
    said = server.refused("run", folder)
    took = time.monotonic() - began
    assert "Traceback" not in said
    changed = sorted(contents(folder).items() ^ before.items())
    soon = took <= SOON or not request.config.getoption("whole")
    held(
        test="T25",
        figure=(
            f"key file {harm.__name__.replace('_', ' ')}: refused after {took:.1f} s, "
            f"{len(changed)} files changed"
        ),
        target=f"at most {SOON:.0f} s, 0",
        holds=str(key) in said and not changed and soon,
        why=said[-100:],
    )


def test_the_right_key_file_starts_the_same_folder(folder: Path) -> None:
    """So that it is the harm that the others are refused for."""
    started = server.start("run", folder)
    started.stop()
    assert started.new_trouble() == []
