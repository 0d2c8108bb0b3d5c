"""XLSX files whose cells are text, built beside the loop."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from services import sheets
from services.settings import get_settings
from services.sheets import Parts, Row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_MOST_ROWS = 2**20 - 1  # the format's own limit, less the head
WORKSHOP = "export-"
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TEXT_ONLY = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


async def xlsx_stream(head: Row, parts: Parts) -> AsyncIterator[bytes]:
    """Build the whole file beside the loop, and return what streams it.

    The file has no name, so that it is gone when nobody reads it any more: sent, given up by the
    browser, or the process killed.
    """
    folder = get_settings().data_dir
    file = await asyncio.to_thread(tempfile.TemporaryFile, dir=folder)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=WORKSHOP) as workshop:
            await _build(file, workshop, head, parts)
    except BaseException:
        file.close()
        raise
    return sheets.pieces(file)


async def _build(file: IO[bytes], workshop: str, head: Row, parts: Parts) -> None:
    book = xlsxwriter.Workbook(file, {**TEXT_ONLY, "tmpdir": workshop})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 22)
    await asyncio.to_thread(_write, sheet, 0, [head], book.add_format({"bold": True}))
    written = 1
    async for part in parts:
        await asyncio.to_thread(_write, sheet, written, part)
        written += len(part)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{written}"})
    await asyncio.to_thread(book.close)


def _write(sheet: Any, first: int, rows: Sequence[Row], look: Any = None) -> None:
    for number, row in enumerate(rows, start=first):
        for place, cell in enumerate(row):
            if cell:
                sheet.write_string(number, place, NOT_IN_XML.sub("\ufffd", cell), look)


def clear_workshops(folder: Path) -> None:
    """Delete what a killed process left of files it was building; call at the start."""
    for left in folder.glob(f"{WORKSHOP}*"):
        shutil.rmtree(left, ignore_errors=True)
