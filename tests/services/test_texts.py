"""One rule for every short text."""

import pytest

from services import texts
from services.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Welding", "Welding"),
        ("  Arc\t welding\r\n2 ", "Arc welding 2"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("x" * 20, "x" * 20),
        ("👩‍🏭", "👩‍🏭"),
    ],
)
def test_a_line_is_trimmed_and_kept(typed: str, kept: str) -> None:
    assert texts.line(typed, field="name", what="a name", longest=20) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (" \n ", "Enter a name."),
        ("x" * 21, "At most 20 characters; this has 21."),
        ("a\x00b", "It holds a character that cannot be shown. Type it again."),
        ("a\x7fb", "It holds a character that cannot be shown. Type it again."),
        ("\ud83d", "It holds a character that cannot be shown. Type it again."),
    ],
)
def test_a_line_that_cannot_be_is_told_next_to_its_field(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid) as wrong:
        texts.line(typed, field="name", what="a name", longest=20)
    assert wrong.value.fields == {"name": sentence}


def test_a_line_that_is_not_required_may_be_empty() -> None:
    assert texts.line("  ", field="note", what="a note", longest=20, required=False) == ""


@pytest.mark.parametrize(
    ("typed", "sought"),
    [("  grace ", "grace"), ("a\x00b", "ab"), ("\ud800", ""), ("x" * 1000, "x" * 254)],
)
def test_a_search_is_what_a_database_can_look_for(typed: str, sought: str) -> None:
    assert texts.sought(typed) == sought
