"""Turns what was pasted or uploaded into recipients: whom, who twice, and what is no address."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from services import emails, texts
from services.errors import Invalid
from services.settings import get_settings

INPUT_MAX = 1024 * 1024  # bytes
TOO_LARGE = "The file is larger than 1 MB."
FIELD = "recipients"
NO_ADDRESS = "not an address"
NO_COLUMN = "The first line must name a column email."
ADDRESS_HEADS = frozenset({"email", "e-mail", "mail", "email address", "e-mail address"})
NAME_HEAD = "name"
DELIMITERS = ",;\t"
BLANK = DELIMITERS + " \ufeff"
HEAD_MAX = 10_000  # characters of the first line that are searched for the column
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
QUOTED = re.compile(r'"(?P<inside>(?:[^"\\]|\\.)*)"')
LINES_OF_EACH = 5  # lines that are read for each recipient there may be, before it is too much
LONGEST_SHOWN = 60  # characters of what is wrong


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person: an address that `emails.read` gave, a name or none, and the line it stands in."""

    email: str
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be written to: the beginning of it, and why, as words after a colon."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """In the order entered; of an address that stands there more often the first counts."""

    people: tuple[Recipient, ...] = ()
    twice: tuple[Recipient, ...] = ()
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    address: str
    name: str


def read(entered: str | bytes, *, field: str = FIELD) -> Recipients:
    """The people in a pasted text or the bytes of a file. Raises Invalid(field) with a sentence.

    A text whose first line names a column `email` is a table, and only that column and `name`
    are looked at; any other is a list of addresses. Some thousand lines take a moment: call it
    in a thread.
    """
    is_file = isinstance(entered, bytes)
    try:
        text = _decoded(entered) if is_file else _short_enough(entered)
        return _sorted_out(_entries(text, is_file=is_file))
    except _Unreadable as problem:
        raise Invalid({field: str(problem)}) from None


class _Unreadable(Exception):
    """A sentence about the whole of it."""


def _refuse(sentence: str) -> NoReturn:
    raise _Unreadable(sentence)


def _short_enough(text: str) -> str:
    if len(text.encode("utf-8", "replace")) > INPUT_MAX:
        _refuse("This is more than 1 MB of text.")
    return text.removeprefix("\ufeff")


def _decoded(content: bytes) -> str:
    if len(content) > INPUT_MAX:
        _refuse(TOO_LARGE)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if content.startswith(b"PK\x03\x04"):
        _refuse("This is a workbook or an archive. Save the table as CSV and choose that file.")
    content = content.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _entries(text: str, *, is_file: bool) -> Iterator[_Entry]:
    first = next((line for line in _lines(text) if line.strip(BLANK)), "")
    if not first and is_file:
        _refuse("The file is empty.")
    for delimiter in DELIMITERS:
        if ADDRESS_HEADS & set(_head(first[:HEAD_MAX], delimiter)):
            return _table(text, delimiter)
    has_columns = any(delimiter in first for delimiter in DELIMITERS)
    holds_nobody = is_file and "@" not in text
    if "@" not in first and (has_columns or holds_nobody):  # the head of some other table
        _refuse(NO_COLUMN)
    return _list(_lines(text))


def _lines(text: str) -> Iterator[str]:
    """One after the other: to part a million at once would hold up everybody else."""
    return (line.removesuffix("\n") for line in io.StringIO(text, newline=None))


def _head(line: str, delimiter: str) -> list[str]:
    return _heads(next(csv.reader([line], delimiter=delimiter), []))


def _heads(cells: list[str]) -> list[str]:
    return [" ".join(re.split(r"[\s_]+", cell.strip().casefold())) for cell in cells]


def _table(text: str, delimiter: str) -> Iterator[_Entry]:
    rows = _rows(text, delimiter)
    heads = _heads(next(rows, (1, list[str]()))[1])
    address = next((place for place, cell in enumerate(heads) if cell in ADDRESS_HEADS), None)
    name = heads.index(NAME_HEAD) if NAME_HEAD in heads else None
    if address is None:
        _refuse(NO_COLUMN)
    is_empty = True
    for line, row in rows:
        is_empty = False
        yield _Entry(line, _cell(row, address), _cell(row, name))
    if is_empty:
        _refuse("There is no line below the first.")


def _cell(row: list[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds anything, with the line in which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:  # an open quotation mark would swallow the lines after it
            _refuse(f"Line {line} has a quotation mark that is not closed.")
        if any(cell.strip() for cell in row):
            yield line, row


def _list(lines: Iterator[str]) -> Iterator[_Entry]:
    for number, line in enumerate(lines, start=1):
        for part in _parts(line):
            if part.strip():
                yield _named(number, part.strip(" \t"))


def _parts(line: str) -> Iterator[str]:
    """What commas and semicolons part, except inside of quotation marks."""
    is_quoted, start, closes = False, 0, line.count('"') % 2 == 0
    for place, character in enumerate(line):
        if character == '"' and closes:
            is_quoted = not is_quoted
        elif character in ",;" and not is_quoted:
            yield line[start:place]
            start = place + 1
    yield line[start:]


def _named(line: int, part: str) -> _Entry:
    found = NAMED.fullmatch(part)
    if not found:
        return _Entry(line, part, "")
    name = found["name"].strip()
    if quoted := QUOTED.fullmatch(name):
        name = re.sub(r"\\(.)", r"\1", quoted["inside"])
    return _Entry(line, found["address"], name)


def _sorted_out(entries: Iterator[_Entry]) -> Recipients:
    most = get_settings().batch_max
    people: dict[str, Recipient] = {}
    twice: list[Recipient] = []
    wrong: list[Wrong] = []
    for number, entry in enumerate(entries, start=1):
        if number > most * LINES_OF_EACH:
            _refuse(f"At most {most:,} people at once.")
        found = _recipient(entry)
        if isinstance(found, Wrong):
            wrong.append(found)
        elif (key := emails.key(found.email)) in people:
            twice.append(found)
        else:
            people[key] = found
            if len(people) > most:
                _refuse(f"At most {most:,} people at once.")
    return Recipients(people=tuple(people.values()), twice=tuple(twice), wrong=tuple(wrong))


def _recipient(entry: _Entry) -> Recipient | Wrong:
    if not _is_plain(entry.address):
        return _wrong(entry, NO_ADDRESS)
    try:
        email = emails.read(entry.address)
    except Invalid:
        return _wrong(entry, NO_ADDRESS)
    try:
        name = texts.line(entry.name, field="name", what="a name", longest=120, required=False)
    except Invalid as problem:
        return _wrong(entry, f"the name: {problem.message}")
    return Recipient(email, name, entry.line)


def _is_plain(address: str) -> bool:
    """Without control characters and line breaks, some of which `emails.read` would take off."""
    return not any(map(_is_control, address.strip(" \t")))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _wrong(entry: _Entry, reason: str) -> Wrong:
    words = " ".join((entry.address or entry.name)[:LONGEST_SHOWN].split())
    shown = "".join("\ufffd" if _is_control(each) else each for each in words)
    return Wrong(entry.line, texts.sought(shown), reason)
