"""T19: no text of a person is a formula in a file, or a header or a recipient of a mail."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from services import emails, exports, products, sheets, workbooks
from services.errors import Invalid
from services.mail_outcome import Permanent
from services.smtp import Line
from tests.cast import Cast, activated, issue, redeem
from tests.mail_server import Accepted, Box, running
from tests.services.test_smtp import MAIL, SHORT, post, server
from tests.trust.figures import held
from tests.trust.web.evil import formulas, header_lines
from tests.workbook import cells

SEPARATORS = (",", ";", "\t", "|")
OURS = Counter(
    ("from", "subject", "to", "date", "message-id", "auto-submitted", "mime-version")
) + Counter(("content-type",))
LEADS = tuple("=+-@＝＋－＠﹢﹣﹦﹫")


async def _parts(values: list[str]) -> AsyncIterator[list[list[str]]]:
    yield [[value, "beside"] for value in values]


async def test_no_cell_of_a_file_is_a_formula_and_every_cell_comes_back(cast: Cast) -> None:
    values = formulas()
    pieces = [piece async for piece in sheets.csv_stream(["name", "other"], _parts(values))]
    text = b"".join(pieces).decode("utf-8-sig")
    calculated = [
        cell
        for separator in SEPARATORS
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
        if cell.strip().startswith(LEADS)
    ]
    back = [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    pairs = list(zip(values, back, strict=True))
    lost = [value for value, cell in pairs if cell.replace("'", "") != value.replace("'", "")]
    book = await workbooks.xlsx_stream(["name", "other"], _parts(values))
    written = [row[0] for row in cells(b"".join([piece async for piece in book]))[1:]]
    lost += [value for value, cell in zip(values, written, strict=True) if cell != _in_xml(value)]
    held(
        test="T19",
        figure=f"{len(values)} formulas: {len(calculated)} calculated, {len(lost)} altered",
        target="0 and 0 of 200 or more",
        holds=not calculated and not lost and len(values) >= 200,
        why=repr([*calculated, *lost][:5]),
    )


def _in_xml(text: str) -> str:
    """Office's own way to write a return (ECMA-376, ST_Xstring)."""
    return text.replace("\r", "_x000D_")


async def test_what_people_named_is_disarmed_in_the_whole_way_to_the_file(
    cast: Cast, many_tries: None
) -> None:
    named = [value for value in formulas() if value.isprintable()][::8]
    issued = await issue(cast.ada, cast.month, len(named))
    await products.rename(cast.ada, cast.welding.id, named[0])
    for text, value in zip(issued.texts, named, strict=True):
        activated(await redeem(text, name=value, email="=1+1@example.org"))
    export = await exports.batch_csv(cast.ada, issued.batch.id, address="https://x/a/")
    content = b"".join([piece async for piece in export.lines]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert not [cell for row in rows for cell in row if cell.strip().startswith(LEADS)]
    assert len(rows) == len(named) + 1


@asynccontextmanager
async def line_to(box: Box) -> AsyncIterator[Line]:
    async with running(box) as port:
        line = Line(server(port), SHORT)
        try:
            yield line
        finally:
            await line.close()


async def test_no_text_is_a_header_or_a_recipient_for_the_mail_server() -> None:
    box, taken, lines = Box(), 0, header_lines()
    async with line_to(box) as line:
        for text, place in itertools.product(lines, ("subject", "sender", "text", "html")):
            outcome = await line.send(post("ann@example.org", replace(MAIL, **{place: text})))
            taken += not isinstance(outcome, Permanent)
    wrong = [accepted for accepted in box.accepted if not _is_as_meant(accepted)]
    held(
        test="T19",
        figure=f"{len(lines)} headers in 4 places of a mail: {len(wrong)} taken for one",
        target="0 of 200 or more",
        holds=not wrong and len(box.accepted) == taken > 0 and len(lines) >= 200,
        why=repr([each.message["subject"] for each in wrong[:5]]),
    )


def _is_as_meant(accepted: Accepted) -> bool:
    """For Ann alone, with our headers, each once."""
    message = accepted.message
    headers = Counter(name.lower() for name in message)
    to = [each.addr_spec for each in message["to"].addresses]
    return accepted.recipient == "ann@example.org" == to[0] and len(to) == 1 and headers == OURS


async def test_no_address_brings_another_recipient() -> None:
    box = Box()
    async with line_to(box) as line:
        for text in header_lines():
            for address in (f"ann@example.org{text}", f"{text}@example.org", text):
                with pytest.raises(Invalid):
                    emails.read(address)
                await line.send(post(address))
    assert {accepted.recipient for accepted in box.accepted} == set()
    assert box.tries == {}
