"""The table of `make trust` names what did not hold, and why."""

from pathlib import Path

import pytest

from tests.trust import figures, table
from tests.trust.figures import Line


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figures, "KEPT", tmp_path / "lines")
    return tmp_path / "page.md"


def test_a_line_that_holds_and_one_that_does_not_are_both_kept(lines: Path) -> None:
    figures.held(test="T02", figure="0 of 1,000 differ", target="0", holds=True)
    with pytest.raises(AssertionError, match="3 lost"):
        figures.held(test="T01", figure="3 lost", target="0", holds=False, why="Never written")
    assert table.write(figures.kept(), lines) == 1
    text = lines.read_text()
    assert "1 of 2 lines do not hold." in text
    assert "| T14 | A real server, real sockets, and somebody who forges frames. |" in text
    assert text.index("| T01 | 3 lost | 0 | **NO**: Never written |") < text.index("| T02 |")


def test_the_table_is_good_where_every_line_holds_and_never_when_empty(lines: Path) -> None:
    assert table.write([], lines) == 1
    assert not lines.exists()
    assert table.write([Line("T01", "0 | lost", "0", held=True)], lines) == 0
    assert "Every line holds." in lines.read_text()
    assert "| T01 | 0 / lost | 0 | yes |" in lines.read_text()
