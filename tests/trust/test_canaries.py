"""T27: without the key file a copy of the database shows no code; neither do the logs."""

import base64
import logging
import re

import pytest

from services import (
    batch_list,
    batches,
    code_alphabet,
    code_list,
    codes,
    database,
    exports,
    redemptions,
)
from services.batch_list import BatchFilter
from services.code_list import CodeFilter
from services.paging import Slice
from services.settings import Settings
from tests.cast import VISITOR, Cast, Issued, activated, every_row, issue, redeem, redeem_link
from tests.conftest import POSTGRES
from ui.cli import logs

EVERYTHING = Slice(rows=100)


async def use_in_every_way(cast: Cast) -> Issued:
    """A hundred codes, made, looked at, searched for, handed out, used, refused, revoked."""
    issued = await issue(cast.ada, cast.month, 100, prefix="SPRING")
    await codes.show(cast.ada, issued.batch.id)
    await codes.copy(cast.sam, issued.batch.id)
    export = await exports.batch_csv(cast.ada, issued.batch.id, address="/a/")
    assert [chunk async for chunk in export.lines]
    book = await exports.batch_xlsx(cast.ada, issued.batch.id, address="/a/")
    assert [piece async for piece in book.lines]
    for number, (text, token) in enumerate(zip(issued.texts, issued.tokens, strict=True)):
        await code_list.page(cast.ada, issued.batch.id, CodeFilter(search=text), EVERYTHING)
        await batch_list.page(cast.ada, BatchFilter(search=text), EVERYTHING)
        if number < 20:
            activated(await redeem(text))
            await redeem(text, email="another@example.org")
            await redemptions.open_link(token)
            await redemptions.recall(token, "another@example.org", VISITOR)
        elif number < 40:
            activated(await redeem_link(token))
        elif number < 50:
            await redeem(text[:-1] + "0")
    await batches.revoke_unused(cast.ada, issued.batch.id)
    return issued


def spellings(body: str) -> set[bytes]:
    grouped = "-".join(re.findall("....", body))
    plain = {body, grouped, body.lower(), grouped.lower(), body[:12], grouped[:14]}
    encoded = {base64.b64encode(body.encode()).decode()[:20], body.encode().hex()}
    return {spelling.encode() for spelling in plain | encoded}


def leaks(content: bytes, bodies: list[str]) -> set[bytes]:
    return {spelling for body in bodies for spelling in spellings(body) if spelling in content}


@pytest.mark.skipif(
    bool(POSTGRES), reason="PostgreSQL's files are its own; the next test reads its rows"
)
async def test_no_code_stands_in_a_file_of_the_data_folder(
    cast: Cast, settings: Settings, many_tries: None
) -> None:
    issued = await use_in_every_way(cast)
    log_ahead = settings.sqlite_path.with_name(f"{settings.sqlite_path.name}-wal")
    assert log_ahead.stat().st_size > 100_000
    files = {file: file.read_bytes() for file in settings.data_dir.iterdir()}
    await database.disconnect()
    files[settings.data_dir / "checkpointed"] = settings.sqlite_path.read_bytes()
    await database.connect(settings)
    for file, content in files.items():
        assert leaks(content, issued.bodies) == set(), file
    # the search itself works: the ends of the codes are there
    assert all(body[-4:].encode() in files[log_ahead] for body in issued.bodies)


async def test_no_code_stands_in_a_row_of_any_table(cast: Cast, many_tries: None) -> None:
    issued = await use_in_every_way(cast)
    rows = repr(await every_row()).encode()
    assert leaks(rows, issued.bodies) == set()
    assert all(body[-4:].encode() in rows for body in issued.bodies)


async def test_no_code_stands_in_the_logs_even_when_everything_is_logged(
    cast: Cast, many_tries: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in logs.QUIET:  # a command that ran in this process made them quiet
        caplog.set_level(logging.DEBUG, logger=name)
    issued = await use_in_every_way(cast)
    logged = caplog.text
    caplog.clear()
    assert "UPDATE" in logged  # statements are in it, with their values
    assert leaks(logged.encode(), issued.bodies) == set()


async def test_a_failed_generation_logs_no_code(
    cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    drawn: list[str] = []
    generate = code_alphabet.generate
    monkeypatch.setattr(
        code_alphabet, "generate", lambda count: drawn.extend(generate(count)) or drawn
    )
    await database.connection().execute_script("ALTER TABLE code RENAME TO code_away")
    with pytest.raises(batches.Conflict):
        await issue(cast.ada, cast.month, 100)
    assert len(drawn) == 100
    assert leaks(caplog.text.encode(), drawn) == set()
