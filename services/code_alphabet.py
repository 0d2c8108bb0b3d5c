"""The form of a code: its letters, its check character and how typed text is read."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul

from services.errors import Invalid

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 16
RAW_MAX = 512
CLEANED_MAX = 64
PREFIX_MAX = 8
TYPING_MISTAKE = "That code has a typing mistake. Codes never contain 0, O, 1, I, L or vowels."

_SIZE = len(ALPHABET)
_RANDOM = LENGTH - 1
_PRIME = 29
_WEIGHTS = tuple(range(LENGTH, 0, -1))
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}

# 252 is the largest multiple of 28 in a byte: dropping the four bytes above leaves no modulo bias.
_UNBIASED = 256 - 256 % _SIZE
_TO_VALUE = bytes(byte % _SIZE for byte in range(256))
_BIASED = bytes(range(_UNBIASED, 256))
_TO_LETTER = ALPHABET.encode() + bytes(256 - _SIZE)

_IGNORED_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Pc", "Pi", "Pf"})
# Marks that Unicode files elsewhere: dots and bullets, quotes and primes, dashes that are signs or
# letters, and blanks that are not spaces.
_IGNORED_MARKS = frozenset(
    ".\u2024\u2025\u2026\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u3002\uff0e\uff61"
    "'\"`\u00b4\u02b9\u02ba\u02bb\u02bc\u02bd\u02c8\u2032\u2033\u2034\u2035\u2036\uff02\uff07\uff40"
    "\u201a\u201e\u2043\u02d7\u2212\u2500\u2501\u2796\u30fc\uff70\u00af\u203e\uffe3\u02c9"
    "\u034f\u115f\u1160\u2800\u3164\uffa0"
)
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@dataclass(frozen=True)
class TypedCode:
    body: str
    prefix: str
    well_formed: bool


def generate(count: int) -> list[str]:
    """`count` distinct bodies of 16 characters, the last of them the check character."""
    bodies: dict[str, None] = {}
    while len(bodies) < count:
        bodies.update(dict.fromkeys(_draw(count - len(bodies))))
    return list(bodies)[:count]


def _draw(wanted: int) -> Iterator[str]:
    """About `wanted` bodies, a few more or fewer, from one block of randomness."""
    values = os.urandom(wanted * LENGTH + LENGTH).translate(_TO_VALUE, _BIASED)
    for start in range(0, len(values) - _RANDOM + 1, _RANDOM):
        drawn = values[start : start + _RANDOM]
        check = -sum(map(mul, drawn, _WEIGHTS)) % _PRIME
        if check < _SIZE:
            yield (drawn + bytes((check,))).translate(_TO_LETTER).decode("ascii")


def has_valid_check(body: str) -> bool:
    """False too for another length or a character outside the alphabet."""
    if len(body) != LENGTH or not _VALUES.keys() >= set(body):
        return False
    values = (_VALUES[letter] for letter in body)
    return sum(map(mul, values, _WEIGHTS)) % _PRIME == 0


def display(body: str, prefix: str = "") -> str:
    groups = [body[start : start + 4] for start in range(0, len(body), 4)]
    return "-".join([prefix, *groups] if prefix else groups)


def masked(ending: str) -> str:
    """The four last characters of a code behind bullets."""
    return display("•" * (LENGTH - 4)) + "-" + ending


def clean(text: str) -> str:
    """Upper case without spaces, dashes, dots, quotes and zero-width characters."""
    # A removed character can join a letter to an accent, and upper case can undo a composition:
    # only a text that no longer changes is clean.
    while (cleaned := _cleaned_once(text)) != text:
        text = cleaned
    return text


def _cleaned_once(text: str) -> str:
    # Marks go before NFKC too, which would turn a typed acute accent into one over the letter.
    normal = unicodedata.normalize("NFKC", _without_marks(text))
    return _without_marks(normal.upper())


def _without_marks(text: str) -> str:
    return "".join(character for character in text if not _is_ignored(character))


def _is_ignored(character: str) -> bool:
    return (
        character in _IGNORED_MARKS
        or unicodedata.category(character) in _IGNORED_CATEGORIES
        or ord(character) in _VARIATION_SELECTORS
    )


def read(text: str) -> TypedCode:
    """What somebody typed, raising Invalid with the field `code` where it cannot be a code."""
    if len(text) > RAW_MAX:
        raise Invalid({"code": "That is too long for a code. Enter one code of 16 characters."})
    cleaned = clean(text)
    if problem := _length_problem(cleaned):
        raise Invalid({"code": problem})
    body, before = cleaned[-LENGTH:], cleaned[:-LENGTH]
    return TypedCode(body, before[-PREFIX_MAX:], has_valid_check(body))


def _length_problem(cleaned: str) -> str | None:
    if not cleaned:
        return "Enter your code."
    if len(cleaned) < LENGTH:
        return "That is too short for a code. A code has 16 characters."
    if len(cleaned) > CLEANED_MAX:
        return "That is too long for a code. Enter one code of 16 characters."
    return None
