"""`audit verify` on the command line: beside whatever runs, and 1 where something is wrong."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services import database, sealing
from services.settings import Settings
from tests.conftest import POSTGRES
from tests.sealed import disarm, forge, sealed
from tests.ui.living import within
from ui.cli import command_line

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="It looks at the files of SQLite")


def verify(*more: str) -> Result:
    return CliRunner().invoke(command_line, ["audit", "verify", *more])


@pytest.fixture
def lived(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose log is sealed; nothing holds it open."""
    monkeypatch.setattr(sealing, "_process", sealing._Process())
    within(settings, lambda: sealed(4))
    return settings


def test_a_clean_log_ends_with_nought_and_says_what_is_proved(lived: Settings) -> None:
    heads = str(lived.data_dir / "heads.jsonl")
    result = verify("--head", heads)
    assert result.exit_code == 0, result.output
    assert "Nothing was changed." in result.output
    assert "Up to seal 4 it is proved by the head you kept" in result.output


def test_a_forged_log_ends_with_one_and_names_the_entry(lived: Settings) -> None:
    async def tamper() -> None:
        await database.connect(lived)
        await disarm()
        await forge("DELETE FROM audit_entry WHERE id = ?", 3)
        await database.disconnect()

    asyncio.run(tamper())
    result = verify()
    assert result.exit_code == 1
    assert "Entry 3 (seal 3) was deleted." in result.output


def test_it_writes_nothing(lived: Settings) -> None:
    before = lived.sqlite_path.read_bytes()
    assert verify().exit_code == 0
    assert lived.sqlite_path.read_bytes() == before


@pytest.mark.parametrize("content", ["junk", None])
def test_a_file_without_heads_is_one_sentence(
    lived: Settings, tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.jsonl"
    if content:
        kept.write_text(content)
    result = verify("--head", str(kept))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "Nothing was changed" not in result.output


def test_without_a_database_it_makes_none(settings: Settings) -> None:
    result = verify()
    assert result.exit_code == 1
    assert not settings.sqlite_path.exists()
