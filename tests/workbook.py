"""Reads a workbook as the XML it is, and refuses cells that are anything but text."""

import io
import zipfile
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(content: bytes) -> list[list[str]]:
    """The rows of its one sheet, empty cells as empty text."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 1
        tree = ElementTree.fromstring(book.read(sheets[0]))
        for name in book.namelist():
            ElementTree.fromstring(book.read(name))
    rows = [_row(row) for row in tree.iter(f"{SHEET}row")]
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows]


def _row(row: ElementTree.Element) -> list[str]:
    found: list[str] = []
    for cell in row:
        assert cell.get("t") == "inlineStr", ElementTree.tostring(cell)
        assert [part.tag for part in cell] == [f"{SHEET}is"]
        place = _column(cell.get("r") or "")
        found += [""] * (place - len(found))
        found.append(_text("".join(cell.itertext())))
    return found


def _column(reference: str) -> int:
    [letter] = [character for character in reference if character.isalpha()]
    return ord(letter) - ord("A")


def _text(written: str) -> str:
    """Office escapes what looks like its own escape (ECMA-376, ST_Xstring)."""
    return written.replace("_x005F_", "_")
