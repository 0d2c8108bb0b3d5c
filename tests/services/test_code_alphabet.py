"""Codes as they are made, shown, and read from what people type."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.code_alphabet import (
    ALPHABET,
    LENGTH,
    clean,
    display,
    generate,
    has_valid_check,
    masked,
    read,
)
from services.errors import Invalid

bodies = st.sampled_from(generate(500))
DECORATIONS = " -.'\"_\t\n\u2013\u2014\u2212\u200b\ufeff\u00a0\u2019\u201c\u00ad\u00b4\u00b7\ufe0f"


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def refusal(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        read(text)
    return caught.value.fields["code"]


def test_generated_codes_are_distinct_and_well_formed() -> None:
    codes = generate(2000)
    assert len(set(codes)) == 2000
    assert all(has_valid_check(code) for code in codes)


@pytest.mark.parametrize("count", [0, 1, 2, 149])
def test_exactly_as_many_codes_are_made_as_were_asked_for(count: int) -> None:
    assert len(generate(count)) == count


def test_no_letter_is_drawn_more_often_than_another() -> None:
    letters = Counter("".join(code[:-1] for code in generate(20_000)))
    expected = 20_000 * 15 / len(ALPHABET)
    # Seven standard deviations; the bias of a plain modulo would be ten.
    assert set(letters) == set(ALPHABET)
    assert max(abs(seen - expected) for seen in letters.values()) < 720


def test_every_single_substitution_is_caught() -> None:
    missed = [
        (code, place, letter)
        for code in generate(100)
        for place in range(LENGTH)
        for letter in ALPHABET
        if letter != code[place] and has_valid_check(code[:place] + letter + code[place + 1 :])
    ]
    assert missed == []


def test_every_swap_of_any_two_characters_is_caught() -> None:
    missed: list[str] = []
    for code in generate(200):
        for first, second in combinations(range(LENGTH), 2):
            letters = list(code)
            letters[first], letters[second] = letters[second], letters[first]
            if code[first] != code[second] and has_valid_check("".join(letters)):
                missed.append("".join(letters))
    assert missed == []


@pytest.mark.parametrize("body", ["", "2", "2" * 15, "2" * 17, "O" * 16, "\ud800" * 16])
def test_text_of_another_shape_has_no_valid_check(body: str) -> None:
    assert not has_valid_check(body)


def test_the_check_is_the_weighted_sum_modulo_29() -> None:
    assert has_valid_check("2222222222222222")
    assert has_valid_check("222222222222223" + ALPHABET[27])
    assert not has_valid_check("2222222222222223")


def test_a_code_is_shown_in_groups_of_four() -> None:
    assert display("23456789BCDFGHJK") == "2345-6789-BCDF-GHJK"
    assert display("23456789BCDFGHJK", "ACME") == "ACME-2345-6789-BCDF-GHJK"
    assert masked("7KQM") == "••••-••••-••••-7KQM"


@given(bodies, st.lists(st.sampled_from(DECORATIONS), min_size=17, max_size=17), st.booleans())
def test_decorated_codes_are_read_as_the_code(
    body: str, decorations: list[str], wide: bool
) -> None:
    typed = full_width(body) if wide else body.lower()
    text = "".join(mark + letter for mark, letter in zip(decorations, typed, strict=False))
    code = read(text + decorations[-1])
    assert (code.body, code.prefix, code.well_formed) == (body, "", True)


@given(st.text())
@example("A\u200b\u0301")
@example("A\u00b4")
@example("\u0149")
@example("\u0390\u0345")
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_cleaning_any_character_of_the_first_two_planes_is_idempotent() -> None:
    for number in range(0x20000):
        cleaned = clean(chr(number))
        assert clean(cleaned) == cleaned


@given(st.text(max_size=600))
def test_any_text_is_either_read_or_refused_in_words(text: str) -> None:
    try:
        code = read(text)
    except Invalid as invalid:
        assert invalid.fields["code"].endswith(".")
    else:
        assert len(code.body) == LENGTH
        assert code.well_formed == has_valid_check(code.body)


def test_the_last_sixteen_are_the_code_and_up_to_eight_before_the_prefix() -> None:
    body = generate(1)[0]
    assert read(f"acme-{body}").prefix == "ACME"
    assert read(f"Your code: ACME2026 {body}").prefix == "ACME2026"
    assert read(f"Your code: ACME2026 {body}").body == body


def test_a_typing_mistake_is_not_well_formed() -> None:
    assert not read("2222-2222-2222-2223").well_formed
    assert not read("OOOO-OOOO-OOOO-OOOO").well_formed


@pytest.mark.parametrize("text", ["", "   ", "---", "\u200b"])
def test_an_empty_code_is_a_form_error(text: str) -> None:
    assert refusal(text) == "Enter your code."


@pytest.mark.parametrize("text", ["A" * 15, "2222-2222-2222-222"])
def test_a_short_code_is_a_form_error(text: str) -> None:
    assert "too short" in refusal(text)


@pytest.mark.parametrize("text", ["2" * 65, "2" * 10_000, " " * 513, "\ufdfa" * 100])
def test_a_long_code_is_a_form_error(text: str) -> None:
    assert "too long" in refusal(text)


def test_the_limits_themselves_are_taken() -> None:
    assert read("2" * 64).well_formed
    assert read("2" * 16 + " " * 496).well_formed
