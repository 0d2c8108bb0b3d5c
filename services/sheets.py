"""Tables as files: what a file is, and CSV that a spreadsheet opens as it is meant."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import IO

BOM = "\ufeff"
CSV = "text/csv; charset=utf-8"
BYTES = "application/octet-stream"
PIECE = 64 * 1024
FORMULA = re.compile(r"(^|[;\t|])(?=\s*[=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫])")

Row = Sequence[str]
Parts = AsyncIterator[Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Export:
    """A file name and its content, to be sent as it comes."""

    name: str
    lines: AsyncIterator[bytes]
    media_type: str = CSV


def safe(cell: str) -> str:
    """The cell with an apostrophe before whatever a spreadsheet would read as a formula.

    OWASP "CSV Injection": = + - @ tab and return, here in full width too, after blanks, and
    after the separators at which some spreadsheets split a cell again.
    """
    return FORMULA.sub(r"\1'", cell)


def csv_lines(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


async def csv_stream(head: Row, parts: Parts) -> AsyncIterator[bytes]:
    yield BOM.encode() + csv_lines([head])
    async for part in parts:
        yield csv_lines(part)


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The content of a file from its beginning; closed at the end."""
    with file:
        await asyncio.to_thread(file.seek, 0)
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
