"""The paper sheet on the command line: out of the key file, and back where there is none."""

import asyncio
import resource
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services import installation, instance_lock
from services.settings import Settings
from tests.conftest import POSTGRES
from ui.cli import command_line, opened

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="It makes a database of its own")


def run(*words: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(command_line, list(words), input=typed)
    return done.exit_code, done.output


def test_a_sheet_brings_the_key_file_back(settings: Settings, tmp_path: Path) -> None:
    asyncio.run(installation.prepare(settings))
    assert run("keys", "rotate")[0] == 0
    key, sheet = settings.key_path, tmp_path / "sheet.txt"
    original = key.read_bytes()
    assert run("keys", "export", "--to", str(sheet))[0] == 0
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    code, printed = run("keys", "export")
    assert code == 0
    assert printed.split("1.1")[1] == sheet.read_text().split("1.1")[1]
    assert run("keys", "export", "--to", str(sheet))[0] == 1, "no file is written over"
    code, said = run("keys", "import", str(sheet))
    assert (code, "exists already and is never replaced" in said) == (1, True)
    key.unlink()
    wrong = sheet.read_text().replace("1.2   ", "1.2   22222")
    code, said = run("keys", "import", typed=wrong)
    assert (code, said.strip()) == (1, "Line 1.2 has 23 characters instead of 18.")
    assert not key.exists()
    code, said = run("keys", "import", typed=sheet.read_text().lower())
    assert (code, "it holds key 1, 2" in said) == (0, True)
    assert (key.read_bytes(), stat.S_IMODE(key.stat().st_mode)) == (original, 0o600)


def test_a_refused_command_leaves_the_folder_free(settings: Settings) -> None:
    code, said = run("keys", "rotate")
    assert (code, said.strip()) == (1, opened.NO_DATABASE)
    instance_lock.acquire(settings).release()


def test_no_dump_of_the_memory_is_left_that_would_hold_keys(settings: Settings) -> None:
    CliRunner().invoke(command_line, ["keys", "status"])
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
