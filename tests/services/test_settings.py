"""Settings as people write them into the environment."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.settings import Settings, get_settings


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(f"TALLYSTICK_{name.upper()}", value)
    return Settings()


@pytest.fixture(autouse=True)
def _only_what_a_test_sets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALLYSTICK_DATA_DIR")
    monkeypatch.delenv("TALLYSTICK_DATABASE_URL", raising=False)


def test_everything_has_a_default() -> None:
    settings = Settings()
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.key_path == Path("data/tallystick.key")
    assert settings.sqlite_path == Path("data/tallystick.sqlite3")
    assert (settings.bulk_from, settings.batch_max) == (150, 2000)
    assert (settings.session_idle, settings.session_absolute) == (
        timedelta(hours=12),
        timedelta(days=7),
    )
    assert not settings.is_https
    assert not settings.uses_postgres


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        (" 12 h ", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
    ],
)
def test_durations_are_written_with_a_unit(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: timedelta
) -> None:
    assert read(monkeypatch, session_idle=written).session_idle == meant


@pytest.mark.parametrize("written", ["a, b", "a b", "a,b", " a ,  b "])
def test_lists_are_separated_by_commas_or_blanks(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    assert read(monkeypatch, allowed_hosts=written).hosts == ("a", "b")


def test_the_public_url_gives_scheme_and_host(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, public_url="https://codes.example.org/")
    assert settings.base_url == "https://codes.example.org"
    assert settings.is_https
    assert settings.hosts == ("codes.example.org", "localhost", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "65536"),
        ("port", "http"),
        ("public_url", "codes.example.org"),
        ("public_url", "https://codes.example.org/under/a/path"),
        ("database_url", "mysql://localhost/codes"),
        ("batch_max", "0"),
        ("batch_max", "10"),  # below the number from which generation is in the background
        ("session_idle", "soon"),
        ("redeem_tries_per_address", "0"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError):
        read(monkeypatch, **{name: value})


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgres://codes:secret@db/codes\n")
    monkeypatch.setenv("TALLYSTICK_DATABASE_URL_FILE", str(tmp_path / "secret"))
    get_settings.cache_clear()
    assert get_settings().database_url == "postgres://codes:secret@db/codes"
    assert get_settings().uses_postgres
    get_settings.cache_clear()
