"""The documents say what the program does: every setting, every command, every file they name."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from services.settings import SECRETS, Settings

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "docs" / "configuration.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = {f"TALLYSTICK_{name.upper()}" for name in Settings.model_fields}
FILES = {f"TALLYSTICK_{name.upper()}_FILE" for name in SECRETS}


def _text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def _settings_in(text: str) -> set[str]:
    return set(re.findall(r"TALLYSTICK_[A-Z]+(?:_[A-Z]+)*", text))


def _missing(text: str) -> set[str]:
    return (NAMES | FILES) - _settings_in(text)


def _invented(text: str) -> set[str]:
    return _settings_in(text) - NAMES - FILES


def test_every_setting_is_documented() -> None:
    assert not _missing(_text(CONFIGURATION))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_setting_that_is_not_there(document: Path) -> None:
    assert not _invented(_text(document))


def test_a_setting_left_out_or_made_up_is_found() -> None:
    text = _text(CONFIGURATION).replace("TALLYSTICK_PORT", "TALLYSTICK_PROT")
    assert _missing(text) == {"TALLYSTICK_PORT"}
    assert _invented(text) == {"TALLYSTICK_PROT"}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_documented_default_is_the_default(name: str) -> None:
    [row] = [
        line
        for line in _text(CONFIGURATION).splitlines()
        if line.startswith(f"| `TALLYSTICK_{name.upper()}` |")
    ]
    assert row.split("|")[2].strip() == _shown(Settings.model_fields[name].default)


def _shown(default: object) -> str:
    if default in (None, "", ()):
        return "–"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, timedelta):
        return _shown_length(default)
    return f"`{default}`"


def _shown_length(default: timedelta) -> str:
    for unit, length in {"d": 86400, "h": 3600, "m": 60}.items():
        if default.total_seconds() >= length:
            return f"`{default.total_seconds() / length:g}{unit}`"
    return f"`{default.seconds}s`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", _text(document)):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def _anchors(document: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", _text(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_section_leads_to_one(document: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", _text(document)):
        place = document.parent / target if target else document
        assert anchor in _anchors(place), f"{document.name} links to {target}#{anchor}"


def test_what_the_dockerfile_copies_is_there() -> None:
    copied = re.findall(r"^COPY (\S+) ", _text(ROOT / "docs" / "Dockerfile"), re.MULTILINE)
    assert {"main.py", "models", "services", "ui"} < set(copied)
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_a_document_names_is_there(document: Path) -> None:
    named = re.findall(
        r"`((?:models|services|ui|tests|bench|docs)/[\w/]+\.(?:py|md|css|js))`", _text(document)
    )
    for path in named:
        assert (ROOT / path).exists(), f"{document.name} names {path}"


def test_every_make_target_a_document_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text(ROOT / "Makefile"), re.MULTILINE))
    for document in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z-]+)", _text(document)))
        assert named <= targets, f"{document.name} names {named - targets}"


def test_the_readme_is_short() -> None:
    assert len(_text(ROOT / "README.md").splitlines()) <= 150
