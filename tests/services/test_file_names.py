"""Of a file's name only what is safe to show and to save under."""

import pytest

from services import file_names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../x", "x"),
        ("..\\..\\x.exe", "x.exe"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        (".hidden", "hidden"),
        ("a\x00b\r\nc\u202etxt.exe", "abctxt.exe"),
        ("  two   words .txt ", "two words .txt"),
        ("quo\"te;'s.txt", "quo\"te;'s.txt"),
        ("Prüfbericht 日本.pdf", "Prüfbericht 日本.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x." + "y" * 300, "x" + "." + "y" * 19),
    ],
)
def test_of_a_file_name_only_what_is_safe_is_kept(name: str, safe: str) -> None:
    assert file_names.safe(name) == safe
