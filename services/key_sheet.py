"""The paper sheet of the keys: lines to type back, each with characters that check it."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from services.errors import Invalid
from services.key_line import FIRST_KEY_ID, LAST_KEY_ID, MASTER_BYTES, KeyLine

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # 32 letters, without I, L, O and U
SUM = "SUM"
LINES, LINE_LENGTH, CHECK_LENGTH, SUM_LENGTH = 4, 16, 2, 8
_SUM_BYTES = 8
_READ_AS = str.maketrans("OIL", "011")
_LINE = re.compile(r"\s*(\d{1,3})\s*[.:,-]\s*(\d)\s*[:)]?\s+(.+)")
_LAST = re.compile(r"\s*SUM\b[\s:]*(.*)", re.IGNORECASE)

Typed = dict[tuple[int, int], str]


def write(lines: Sequence[KeyLine]) -> list[str]:
    """Four lines for each key, and a last one over all of them."""
    written = [each for line in lines for each in _written(line)]
    return [*written, f"{SUM.title()}   {_grouped(_sum(lines))}"]


def _written(line: KeyLine) -> Iterator[str]:
    text = _encode(line.master + _own_sum(line.number, line.master))
    for place in range(LINES):
        part = text[place * LINE_LENGTH : (place + 1) * LINE_LENGTH]
        check = _check(line.number, place + 1, part)
        yield f"{line.number}.{place + 1}   {_grouped(part)}   {check}"


def read(text: Iterable[str]) -> list[KeyLine]:
    """The keys of a sheet that was typed back; other lines say nothing. Raises Invalid(sheet)."""
    sheet = Sheet()
    for line in text:
        sheet.add(line)
    return sheet.keys()


class Sheet:
    """A sheet as its lines come in; `add` names at once what is mistyped."""

    def __init__(self) -> None:
        self._parts: Typed = {}
        self._sum = ""

    @property
    def is_whole(self) -> bool:
        return bool(self._sum)

    def add(self, line: str) -> None:
        """Raises Invalid(sheet), naming the line, which then counts as not typed."""
        if last := _LAST.fullmatch(line.rstrip()):
            self._sum = _exact(SUM.title(), last[1], SUM_LENGTH)
        elif found := _LINE.fullmatch(line.rstrip()):
            self._add(int(found[1]), int(found[2]), found[3])

    def _add(self, number: int, place: int, typed: str) -> None:
        name = f"{number}.{place}"
        if not (FIRST_KEY_ID <= number <= LAST_KEY_ID and 1 <= place <= LINES):
            raise _wrong(f"There is no line {name} on a sheet.")
        text = _exact(name, typed, LINE_LENGTH + CHECK_LENGTH)
        part, check = text[:LINE_LENGTH], text[LINE_LENGTH:]
        if _check(number, place, part) != check:
            raise _wrong(f"Line {name} is mistyped.")
        if self._parts.setdefault((number, place), part) != part:
            raise _wrong(f"Line {name} is there twice, and not the same.")

    def keys(self) -> list[KeyLine]:
        """Raises Invalid(sheet) where a line is missing, or lines are not of one sheet."""
        numbers = sorted({number for number, _ in self._parts})
        if not numbers:
            raise _wrong("There is no line of a key here. They begin with 1.1 or the like.")
        lines = [KeyLine(number, self._master(number)) for number in numbers]
        if not self._sum:
            raise _wrong(f"The line {SUM.title()} is missing.")
        if self._sum != _sum(lines):
            raise _wrong(
                f"The line {SUM.title()} does not fit: it is mistyped, or a key is missing."
            )
        return lines

    def _master(self, number: int) -> bytes:
        for place in range(1, LINES + 1):
            if (number, place) not in self._parts:
                raise _wrong(f"Line {number}.{place} is missing.")
        raw = _decode("".join(self._parts[number, place] for place in range(1, LINES + 1)))
        master, own_sum = raw[:MASTER_BYTES], raw[MASTER_BYTES:]
        if own_sum != _own_sum(number, master):
            raise _wrong(f"The lines of key {number} are not of one sheet.")
        return master


def _wrong(sentence: str) -> Invalid:
    return Invalid({"sheet": sentence})


def _exact(name: str, typed: str, length: int) -> str:
    text = re.sub(r"[\s-]", "", typed).upper().translate(_READ_AS)
    if strange := sorted(set(text) - set(ALPHABET)):
        raise _wrong(f"Line {name} holds {' '.join(strange)}, which no line does.")
    if len(text) != length:
        raise _wrong(f"Line {name} has {len(text)} characters instead of {length}.")
    return text


def _check(number: int, place: int, part: str) -> str:
    digest = hashlib.sha256(f"tallystick sheet line {number}.{place} {part}".encode()).digest()
    return _encode(digest[:5])[:CHECK_LENGTH]


def _own_sum(number: int, master: bytes) -> bytes:
    said = b"tallystick sheet key %d " % number
    return hashlib.sha256(said + master).digest()[:_SUM_BYTES]


def _sum(lines: Sequence[KeyLine]) -> str:
    sums = b"".join(bytes((line.number,)) + line.master for line in lines)
    return _encode(hashlib.sha256(b"tallystick sheet " + sums).digest()[:5])


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _encode(raw: bytes) -> str:
    """Five bytes are eight letters."""
    number, length = int.from_bytes(raw, "big"), len(raw) * 8 // 5
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _decode(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number << 5 | ALPHABET.index(letter)
    return number.to_bytes(len(text) * 5 // 8, "big")
