"""CSV that a spreadsheet opens as it is meant, and runs nothing of."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import time_machine

from models.enums import AuditAction
from services import batch_form, batches, catalog, codes, exports, links, sheets
from services.actor import Actor
from services.errors import NotFound
from services.links import Link, Purpose
from tests.cast import Cast, Issued, activated, entries, issue, redeem, wanted

SITE = "https://codes.example.org/a/"


async def content(who: Actor, issued: Issued) -> bytes:
    export = await exports.batch_csv(who, issued.batch.id, address=SITE)
    return b"".join([chunk async for chunk in export.lines])


async def table(who: Actor, issued: Issued) -> list[dict[str, str]]:
    text = (await content(who, issued)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_file_begins_with_a_byte_order_mark_and_names_its_columns(cast: Cast) -> None:
    first, *rest = (await content(cast.sam, await issue(cast.ada, cast.month))).split(b"\r\n")
    assert first.startswith(b"\xef\xbb\xbfcode,activation link,product,plan,status,")
    assert len(rest) == 4  # three codes and the end of the last line


async def test_codes_are_unaltered_and_each_has_its_own_link(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, prefix="AC")
    rows = await table(cast.sam, issued)
    assert [row["code"] for row in rows] == issued.texts
    tokens = [row["activation link"].removeprefix(SITE) for row in rows]
    assert [links.read(Purpose.ACTIVATE, token) for token in tokens] == [
        Link(code.id, 1) for code in issued.codes
    ]


async def test_a_row_says_what_became_of_the_code_in_the_time_of_the_workspace(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(
        cast.ada, cast.month, valid_from=date(2026, 3, 11), expires_on=date(2026, 3, 31)
    )
    clock.move_to(datetime(2026, 3, 30, 22, 30, 15, 999, tzinfo=UTC))
    activated(await redeem(issued.texts[0]))
    await codes.revoke(cast.ada, issued.codes[1].id)
    used, revoked, ready = await table(cast.sam, issued)
    assert {name: used[name] for name in exports.HEAD[2:]} == {
        "product": "Welding basics",
        "plan": "Month",
        "status": "ACTIVATED",
        "valid from": "2026-03-11",
        "expires": "2026-03-31",
        "created": "2026-03-10 13:00:00+01:00",
        "sent to": "",
        "sent at": "",
        "activated by": "Grace Hopper",
        "activated e-mail": "grace@example.org",
        "activated at": "2026-03-31 00:30:15+02:00",
    }
    assert (revoked["status"], ready["status"]) == ("REVOKED", "READY")
    assert ready["activated by"] == ready["activated e-mail"] == ready["activated at"] == ""


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK("https://evil.example","Click")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
    ],
)
async def test_no_text_of_a_person_is_a_formula(cast: Cast, formula: str) -> None:
    await catalog.rename_product(cast.ada, cast.welding.id, formula)
    issued = await issue(cast.ada, cast.month, 1)
    activated(await redeem(issued.texts[0], name=formula, email="+tag@example.org"))
    [row] = await table(cast.ada, issued)
    assert (row["product"], row["activated by"]) == (f"'{formula}", f"'{formula}")
    assert row["activated e-mail"] == "'+tag@example.org"


@pytest.mark.parametrize("cell", ["\t=1", "\r=1", "\n=1", "  =1", " =1", "\u3000=1"])
def test_a_blank_before_a_formula_does_not_hide_it(cell: str) -> None:
    assert sheets.safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", " ", "Welding = fun", "a-b", "🔥", "5", "'quoted"])
def test_other_text_is_left_alone(cell: str) -> None:
    assert sheets.safe(cell) == cell


async def test_quotes_commas_and_emoji_come_back_as_they_were(cast: Cast) -> None:
    name = 'Arc, "MIG" & 🔥 <b>; Größe'
    await catalog.rename_product(cast.ada, cast.welding.id, name)
    [row] = await table(cast.ada, await issue(cast.ada, cast.month, 1))
    assert row["product"] == name


async def test_an_export_is_recorded_before_its_first_byte(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await exports.batch_csv(cast.sam, issued.batch.id, address=SITE)
    [entry] = await entries(AuditAction.EXPORT)
    assert (entry.person_id, entry.target_id, entry.detail) == (
        cast.sam.person_id,
        issued.batch.id,
        {"codes": 3, "format": "csv"},
    )


async def test_more_codes_than_one_chunk_are_all_there_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "CHUNK", 4)
    issued = await issue(cast.ada, cast.month, 13)
    assert [row["code"] for row in await table(cast.ada, issued)] == issued.texts


async def test_a_batch_that_is_not_done_is_not_exported(cast: Cast) -> None:
    order = await batch_form.check(cast.ada, wanted(cast.month))
    batch = await batches._open(cast.ada, order)
    with pytest.raises(NotFound):
        await exports.batch_csv(cast.ada, batch.id, address=SITE)
    assert await entries(AuditAction.EXPORT) == []


async def test_another_workspaces_batch_is_not_exported(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    for who in (cast.mallory, cast.ada_at_acme, cast.eve):
        with pytest.raises(NotFound):
            await exports.batch_csv(who, issued.batch.id, address=SITE)
    assert await entries(AuditAction.EXPORT) == []
