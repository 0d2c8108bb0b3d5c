"""A sheet that is typed back gives the same keys, or names the line that is wrong."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import key_sheet
from services.errors import Invalid
from services.key_line import KeyLine

masters = st.binary(min_size=32, max_size=32)
KNOWN = [
    "1.1   000G 40R4 0M30 E209   04",
    "1.2   185G R38E 1W81 24GK   24",
    "1.3   2GAH C5RR 34D1 P70X   PQ",
    "1.4   3RFH V0KS 5FZ2 YVV6   V1",
    "Sum   2Y2E E5R0",
]
ONE = [KeyLine(1, bytes(range(32)))]
THREE = [KeyLine(1, bytes(32)), KeyLine(2, bytes(range(32))), KeyLine(255, b"\xff" * 32)]


def wrong(lines: Sequence[str]) -> str:
    with pytest.raises(Invalid) as caught:
        key_sheet.read(lines)
    return caught.value.fields["sheet"]


@given(st.dictionaries(st.integers(1, 255), masters, min_size=1, max_size=4))
def test_what_is_written_is_read(keys: dict[int, bytes]) -> None:
    lines = [KeyLine(number, keys[number]) for number in sorted(keys)]
    assert key_sheet.read(key_sheet.write(lines)) == lines


def test_a_known_key_gives_the_same_sheet_for_ever() -> None:
    assert key_sheet.write(ONE) == KNOWN


@pytest.mark.parametrize(
    "typed",
    [
        lambda line: line.lower(),
        lambda line: re.sub(r"(?<=\w) (?=\w)", "", line),
        lambda line: line.replace(" ", "  ").replace("0", "O").replace("1", "l", 0),
        lambda line: f"   {line}   ",
        lambda line: line.replace(".", "-", 1),
    ],
)
def test_it_is_typed_back_as_people_type(typed: object) -> None:
    lines = [typed(line) for line in key_sheet.write(THREE)]  # pyright: ignore
    assert key_sheet.read(["Printed 25 Nov 2026", "", *lines, "Good bye."]) == THREE


def test_the_order_of_lines_does_not_matter() -> None:
    assert key_sheet.read(key_sheet.write(THREE)[::-1]) == THREE


@given(st.integers(0, 3), st.integers(0, 17), st.sampled_from(key_sheet.ALPHABET))
def test_a_letter_typed_wrong_is_named_by_its_line(line: int, place: int, letter: str) -> None:
    lines = key_sheet.write(ONE)
    name, text = lines[line].split(" ", 1)
    letters = text.replace(" ", "")
    if letters[place] == letter:
        return
    lines[line] = f"{name} {letters[:place]}{letter}{letters[place + 1 :]}"
    said = wrong(lines)
    # one in 1,024 slips through its line and is caught by the sum of the key
    assert said in (f"Line {name} is mistyped.", "The lines of key 1 are not of one sheet.")


def test_two_lines_in_each_others_place_are_named() -> None:
    lines = key_sheet.write(ONE)
    lines[0], lines[1] = f"1.1 {lines[1][3:]}", f"1.2 {lines[0][3:]}"
    assert wrong(lines) == "Line 1.1 is mistyped."


@pytest.mark.parametrize("place", range(4))
def test_a_missing_line_is_named(place: int) -> None:
    lines = key_sheet.write(ONE)
    del lines[place]
    assert wrong(lines) == f"Line 1.{place + 1} is missing."


def test_a_missing_key_or_sum_is_said() -> None:
    lines = key_sheet.write(THREE)
    assert wrong(lines[4:]).startswith("The line Sum does not fit")
    assert wrong(lines[:-1]) == "The line Sum is missing."


def test_a_line_of_another_sheet_is_said() -> None:
    lines, other = key_sheet.write(ONE), key_sheet.write([KeyLine(1, b"\x07" * 32)])
    assert wrong([*lines[:3], other[3], lines[4]]) == "The lines of key 1 are not of one sheet."
    assert wrong([*lines, other[2]]) == "Line 1.3 is there twice, and not the same."
    assert wrong([*lines[:4], other[4]]).startswith("The line Sum does not fit")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1.1 ABCD", "Line 1.1 has 4 characters instead of 18."),
        ("1.1 ABCD EFGH JKMN PQRU 00", "Line 1.1 holds U, which no line does."),
        ("1.5 ABCD EFGH JKMN PQRS 00", "There is no line 1.5 on a sheet."),
        ("300.1 ABCD EFGH JKMN PQRS 00", "There is no line 300.1 on a sheet."),
        ("Sum 12", "Line Sum has 2 characters instead of 8."),
        ("", "There is no line of a key here. They begin with 1.1 or the like."),
        ("nonsense", "There is no line of a key here. They begin with 1.1 or the like."),
    ],
)
def test_what_cannot_be_a_line_is_said(line: str, said: str) -> None:
    assert wrong([line]) == said


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_text_is_refused_in_words(lines: list[str]) -> None:
    assert wrong(lines).endswith(".")
