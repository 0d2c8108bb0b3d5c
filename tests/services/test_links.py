"""Tokens are read back only as they were made; everything else is no link."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import key_file, keys, links
from services.links import Link, Purpose

row_ids = st.integers(min_value=0, max_value=2**63 - 1)
versions = st.integers(min_value=0, max_value=2**16 - 1)
SPELLING = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BASE = "https://codes.example.org"


@pytest.fixture(autouse=True, scope="module")
def key_in_use(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_in_use", key_file.create(tmp_path_factory.mktemp("key") / "key"))
        yield


@given(row_ids, versions)
def test_a_token_is_read_back_as_its_row_and_version(row_id: int, version: int) -> None:
    token = links.make(Purpose.ACTIVATE, row_id, version)
    assert links.read(Purpose.ACTIVATE, token) == Link(row_id, version)
    assert len(token) == 35
    assert set(token) <= set(SPELLING)


def test_a_link_is_the_same_each_time_and_another_for_each_version() -> None:
    assert links.make(Purpose.ACTIVATE, 7) == links.make(Purpose.ACTIVATE, 7, 1)
    assert links.make(Purpose.ACTIVATE, 7) != links.make(Purpose.ACTIVATE, 7, 2)


@given(st.text() | st.text(alphabet=SPELLING, min_size=33, max_size=37))
def test_junk_is_no_link_and_never_raises(token: str) -> None:
    assert links.read(Purpose.ACTIVATE, token) is None


def test_no_token_altered_in_one_character_is_a_link() -> None:
    token = links.make(Purpose.ACTIVATE, 123456, 2)
    altered = [
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in SPELLING + "=+/ \n\u00e9\ud800"
        if letter != token[place]
    ]
    assert [each for each in altered if links.read(Purpose.ACTIVATE, each)] == []


@pytest.mark.parametrize("spelling", ["{}=", "{}==", " {}", "{}\n", "{}A", "\u200b{}"])
def test_a_link_has_one_spelling_only(spelling: str) -> None:
    token = links.make(Purpose.ACTIVATE, 5)
    assert links.read(Purpose.ACTIVATE, spelling.format(token)) is None


def test_another_installation_does_not_read_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = links.make(Purpose.ACTIVATE, 5)
    monkeypatch.setattr(keys, "_in_use", key_file.create(tmp_path / "other.key"))
    assert links.read(Purpose.ACTIVATE, token) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://codes.example.org/a/TOKEN",
        "  https://codes.example.org/a/TOKEN \n",
        "HTTPS://Codes.Example.ORG/a/TOKEN",
        "https://codes.example.org/a/TOKEN/",
        "https://codes.example.org/a/TOKEN?utm_source=mail#top",
        "<https://codes.example.org/a/TOKEN>",
        "Activate it at https://codes.example.org/a/TOKEN. Thank you.",
    ],
)
@pytest.mark.parametrize("base_url", [BASE, BASE + "/"])
def test_a_pasted_link_is_taken_by_its_token(text: str, base_url: str) -> None:
    token = links.make(Purpose.ACTIVATE, 5)
    assert links.token_in(text.replace("TOKEN", token), base_url) == token


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2345-6789-BCDF-GHJK",
        "https://codes.example.org",
        "https://codes.example.org/a/",
        "https://codes.example.org/A/TOKEN",
        "https://codes.example.org/i/TOKEN",
        "https://codes.example.org.evil.test/a/TOKEN",
        "https://codesxexample.org/a/TOKEN",
        "http://codes.example.org/a/TOKEN",
        "https://codes.example.org:8080/a/TOKEN",
    ],
)
def test_other_text_holds_no_token(text: str) -> None:
    assert links.token_in(text, BASE) is None


@given(st.text())
def test_any_text_can_be_searched_for_a_link(text: str) -> None:
    links.token_in(text, BASE)


def test_a_loopback_address_with_a_port_is_found() -> None:
    assert links.token_in("http://127.0.0.1:8080/a/abc", "http://127.0.0.1:8080") == "abc"
