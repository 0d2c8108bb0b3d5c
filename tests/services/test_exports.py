"""Files that a spreadsheet opens as they are meant, and runs nothing of."""

import csv
import io
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
import xlsxwriter

from models import Code, Message, Person, Product
from models.enums import AuditAction, MessageKind
from services import (
    access_changes,
    announced_files,
    batch_form,
    batches,
    code_parts,
    codes,
    export_rows,
    exports,
    links,
    outbox,
    products,
    sheets,
    workbooks,
)
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Gone, NotFound
from services.links import Link, Purpose
from services.outbox import Draft
from services.settings import Settings
from tests.cast import Cast, Issued, activated, entries, issue, redeem, wanted
from tests.conftest import Configure
from tests.workbook import cells

ANN = "ann@example.org"
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
    assert {name: used[name] for name in export_rows.HEAD[2:]} == {
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
    await products.rename(cast.ada, cast.welding.id, formula)
    issued = await issue(cast.ada, cast.month, 1)
    activated(await redeem(issued.texts[0], name=formula, email="+tag@example.org"))
    [row] = await table(cast.ada, issued)
    assert (row["product"], row["activated by"]) == (f"'{formula}", f"'{formula}")
    assert row["activated e-mail"] == "'+tag@example.org"


@pytest.mark.parametrize("cell", ["\r=1", "\n=1", "  =1", " =1", "\u3000=1"])
def test_a_blank_before_a_formula_does_not_hide_it(cell: str) -> None:
    assert sheets.safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", " ", "Welding = fun", "a-b", "🔥", "5", "'quoted"])
def test_other_text_is_left_alone(cell: str) -> None:
    assert sheets.safe(cell) == cell


async def test_quotes_commas_and_emoji_come_back_as_they_were(cast: Cast) -> None:
    name = 'Arc, "MIG" & 🔥 <b>; Größe'
    await products.rename(cast.ada, cast.welding.id, name)
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
    monkeypatch.setattr(code_parts, "CHUNK", 4)
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


async def test_who_a_code_was_sent_to_and_when_stands_in_the_file(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    ann = await Person.create(
        workspace_id=cast.northwind.id,
        name="",
        email="ann@example.org",
        email_key="ann@example.org",
    )
    await Code.filter(id__in=[code.id for code in issued.codes[:2]]).update(sent_to_id=ann.id)
    for sent_at in (None, datetime(2026, 3, 10, 23, 30, tzinfo=UTC)):
        message = await mail(issued, MessageKind.PERSONAL, code_id=issued.codes[0].id)
        await Message.filter(id=message).update(sent_at=sent_at)
    rows = await table(cast.sam, issued)
    assert [(row["sent to"], row["sent at"]) for row in rows] == [
        (ANN, "2026-03-11 00:30:00+01:00"),
        (ANN, ""),
        ("", ""),
    ]


async def test_an_undone_activation_stands_in_no_file(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    used = activated(await redeem(issued.texts[0]))
    await access_changes.undo_activation(cast.ada, used.activation_id, "Wrong person")
    row = (await table(cast.sam, issued))[0]
    assert (row["status"], row["activated e-mail"], row["activated at"]) == ("READY", "", "")


@unit_of_work
async def mail(issued: Issued, kind: MessageKind, code_id: int | None = None) -> int:
    where = {"workspace_id": issued.batch.workspace_id, "batch_id": issued.batch.id}
    draft = Draft(kind=kind, recipient=ANN, code_id=code_id, **where)
    return (await outbox.put([draft]))[0]


async def workbook(who: Actor, issued: Issued) -> bytes:
    export = await exports.batch_xlsx(who, issued.batch.id, address=SITE)
    assert export.media_type == workbooks.XLSX
    return b"".join([piece async for piece in export.lines])


async def test_a_workbook_holds_what_the_csv_holds(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, prefix="AC")
    activated(await redeem(issued.texts[1]))
    head, *rows = cells(await workbook(cast.sam, issued))
    assert tuple(head) == export_rows.HEAD
    assert [dict(zip(head, row, strict=True)) for row in rows] == await table(cast.sam, issued)


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("https://evil.example","Click")',
        "+1+1",
        "-2",
        "@SUM(A1)",
        "{=1+1}",
        "https://example.org",
        "mailto:x@example.org",
        "00123",
        "1E5",
        "2026-01-01",
        "TRUE",
        "_x0041_",
        "<b>&amp;]]>",
        'Arc "MIG" 🔥',
    ],
)
async def test_a_cell_of_a_workbook_is_text_and_unaltered(cast: Cast, name: str) -> None:
    await products.rename(cast.ada, cast.welding.id, name)
    issued = await issue(cast.ada, cast.month, 1)
    activated(await redeem(issued.texts[0], name=name))
    content = await workbook(cast.ada, issued)
    head, row = cells(content)
    named = dict(zip(head, row, strict=True))
    assert (named["product"], named["activated by"]) == (name, name)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert not [part for part in book.namelist() if "hyperlink" in part.casefold()]
        assert b"<hyperlink" not in book.read("xl/worksheets/sheet1.xml")


async def test_what_no_xml_can_hold_does_not_break_the_workbook(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 1)
    await Product.filter(id=cast.welding.id).update(name="a\ufffeb\x07c\uffffd")
    [_, row] = cells(await workbook(cast.ada, issued))
    assert row[2] == "a\ufffdb\ufffdc\ufffdd"


async def test_a_workbook_of_2000_codes_is_whole_and_is_written_beside_the_loop(
    cast: Cast, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(bulk_from=2001)
    issued = await issue(cast.ada, cast.month, 2000)
    threads: list[int] = []
    for place, name in ((workbooks, "_write"), (xlsxwriter.Workbook, "close")):
        monkeypatch.setattr(place, name, noted(threads, getattr(place, name)))
    _, *rows = cells(await workbook(cast.ada, issued))
    assert [row[0] for row in rows] == issued.texts
    assert len(threads) > 2000 / code_parts.CHUNK
    assert threading.get_ident() not in threads


def noted(threads: list[int], real: Callable[..., object]) -> Callable[..., object]:
    def call(*of: object) -> object:
        threads.append(threading.get_ident())
        return real(*of)

    return call


async def test_nothing_of_a_workbook_is_left_in_the_data_folder(
    cast: Cast, settings: Settings
) -> None:
    issued = await issue(cast.ada, cast.month)
    before = set(settings.data_dir.rglob("*"))
    export = await exports.batch_xlsx(cast.sam, issued.batch.id, address=SITE)
    assert set(settings.data_dir.rglob("*")) <= before
    first = await anext(export.lines)
    assert first.startswith(b"PK")
    await export.lines.aclose()  # the browser left  # pyright: ignore
    assert set(settings.data_dir.rglob("*")) <= before


async def test_a_workbook_that_cannot_be_built_leaves_nothing_either(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await issue(cast.ada, cast.month)
    before = set(settings.data_dir.rglob("*"))

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(workbooks, "_write", full)
    with pytest.raises(OSError, match="no space"):
        await exports.batch_xlsx(cast.sam, issued.batch.id, address=SITE)
    assert set(settings.data_dir.rglob("*")) <= before


def test_what_a_killed_process_left_is_cleared_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "export-abc").mkdir()
    (tmp_path / "export-abc" / "tmp1").write_text("codes")
    (tmp_path / "tallystick.key").write_text("key")
    workbooks.clear_workshops(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["tallystick.key"]


async def test_a_workbook_is_recorded_as_one(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await workbook(cast.sam, issued)
    [entry] = await entries(AuditAction.EXPORT)
    assert entry.detail == {"codes": 3, "format": "xlsx"}


async def linked(issued: Issued) -> str:
    return links.make(Purpose.DOWNLOAD, await mail(issued, MessageKind.DOWNLOAD))


async def test_the_link_of_a_mail_gives_the_batch_for_seven_days(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    token = await linked(issued)
    clock.shift(links.DOWNLOAD_LASTS - timedelta(seconds=1))
    export = await announced_files.set_csv(cast.sam, token, address=SITE)
    content = b"".join([line async for line in export.lines]).decode()
    assert all(text in content for text in issued.texts)
    clock.shift(timedelta(seconds=1))
    with pytest.raises(Gone, match=f"open batch {issued.batch.id} in Tallystick"):
        await announced_files.set_csv(cast.sam, token, address=SITE)
    assert len(await entries(AuditAction.EXPORT)) == 1


async def test_a_link_is_of_its_message_its_kind_and_its_workspace(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    token = await linked(issued)
    other = links.make(Purpose.DOWNLOAD, await mail(issued, MessageKind.CODES))
    never = links.make(Purpose.DOWNLOAD, 987654)
    wrong = [links.make(Purpose.ACTIVATE, 1), other, never, token[:-1], "", "x" * 35, token.upper()]
    for refused in wrong:
        with pytest.raises(NotFound):
            await announced_files.set_csv(cast.ada, refused, address=SITE)
    for who in (cast.mallory, cast.ada_at_acme, cast.eve):
        with pytest.raises(NotFound):
            await announced_files.set_csv(who, token, address=SITE)
    assert await entries(AuditAction.EXPORT) == []


async def test_an_expired_link_is_as_unknown_to_others_as_a_fresh_one(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    token = await linked(await issue(cast.ada, cast.month))
    clock.shift(timedelta(days=8))
    for who in (cast.mallory, cast.ada_at_acme, cast.eve):
        with pytest.raises(NotFound):
            await announced_files.set_csv(who, token, address=SITE)
