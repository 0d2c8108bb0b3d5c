"""Keys on the command line, with the real program: exit codes, files, and what is on screen."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from services import installation, key_file
from services.settings import Settings
from tests.e2e import server


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=server.ROOT,
        env=server.environment(folder, server.free_port()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=server.SOON,
        check=False,
        text=True,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    asyncio.run(installation.prepare(Settings(data_dir=data)))
    return data


def secrets_of(folder: Path) -> list[str]:
    return re.findall(r":([^:\s]{40,})", (folder / "tallystick.key").read_text())


def test_a_key_is_rotated_and_the_status_shows_neither(folder: Path) -> None:
    code, said = run(folder, "keys", "rotate", "--withdraw-links")
    assert code == 0
    assert "Key 2 took over from key 1." in said
    assert "Links made until now work no more" in said
    code, said_again = run(folder, "keys", "rotate")
    assert (code, "still being replaced" in said_again) == (1, True)
    code, status = run(folder, "keys", "status")
    assert code == 0
    assert re.search(r"^Key 2 +IN USE", status, re.MULTILINE)
    assert re.search(
        r"^Key 1 +BEING REPLACED.*links made with it work no more", status, re.MULTILINE
    )
    assert len(secrets_of(folder)) == 2
    for secret in secrets_of(folder):
        assert secret not in said + said_again + status
    running = server.start("run", folder)
    try:
        code, busy = run(folder, "keys", "rotate")
        assert (code, "Stop it first." in busy) == (1, True)
        assert "RETIRED" in run(folder, "keys", "status")[1]
    finally:
        running.stop()
    assert running.new_trouble() == []


def test_where_nothing_is_yet_nothing_is_rotated(tmp_path: Path) -> None:
    code, said = run(tmp_path / "nothing", "keys", "rotate")
    assert (code, "There is no database" in said) == (1, True)
    assert [path.name for path in (tmp_path / "nothing").iterdir()] == ["tallystick.lock"]


def test_a_rotation_that_died_before_its_row_is_taken_up(folder: Path) -> None:
    key_file.append(folder / "tallystick.key")
    held = (folder / "tallystick.key").read_bytes()
    assert "The next keys rotate takes it up." in run(folder, "keys", "status")[1]
    server.start("run", folder).stop()
    assert "It was in the key file already." in run(folder, "keys", "rotate")[1]
    assert (folder / "tallystick.key").read_bytes() == held
    rows = sqlite3.connect(folder / "tallystick.sqlite3").execute("SELECT number FROM key")
    assert sorted(rows) == [(1,), (2,)]
    assert not (folder / "tallystick.key.new").exists()
