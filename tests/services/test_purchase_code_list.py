"""Purchase codes are listed over all workspaces that one runs, and exported with their use."""

import csv
import io
from datetime import timedelta

import pytest

from models import Batch
from models.enums import AuditAction, CodeKind, Status
from services import (
    batch_jobs,
    batches,
    purchase_batches,
    purchase_code_list,
    purchase_export,
    purchases,
)
from services.actor import Actor
from services.errors import NotFound
from services.paging import Slice
from services.purchase_code_list import PurchaseCodeView, PurchaseFilter
from services.zones import now
from tests.cast import Cast, entries, issue
from tests.certification import (
    Certification,
    asked_for,
    certification,
    granted,
    paid,
    purchased,
)
from tests.workbook import cells


@pytest.fixture
async def scheme(cast: Cast) -> Certification:
    made = await certification()
    for workspace in (cast.acme, cast.northwind, cast.elsewhere):
        await granted(workspace, made.lab, 500)
    return made


async def listed(who: Actor, part: Slice | None = None, **wanted: object) -> list[PurchaseCodeView]:
    page = await purchase_code_list.page(who, PurchaseFilter(**wanted), part or Slice(rows=100))  # type: ignore[arg-type]
    if part is None:
        assert page.total == len(page.rows)
    return page.rows


async def test_the_newest_batch_stands_first_and_its_codes_in_order(
    cast: Cast, scheme: Certification
) -> None:
    old = await purchased(cast.ada, cast.acme, scheme.lab, 2)
    new = await purchased(cast.ada, cast.northwind, scheme.lab, 2)
    rows = await listed(cast.ada)
    assert [row.id for row in rows] == [code.id for code in (*new.codes, *old.codes)]
    first = rows[0]
    assert (first.workspace, first.slug, first.action) == (
        "Northwind Academy",
        "northwind",
        "EN18031 - RAL - Lab Assessment",
    )
    assert (first.status, first.by, first.evaluated) == (Status.READY, "", "")
    assert first.masked == f"••••-••••-••••-{new.texts[0][-4:]}"
    oldest = await listed(cast.ada, Slice(rows=100, descending=False))
    assert [row.batch_id for row in oldest] == [old.batch.id] * 2 + [new.batch.id] * 2


async def test_it_spans_the_workspaces_that_one_runs_and_no_others(
    cast: Cast, scheme: Certification
) -> None:
    await purchased(cast.ada, cast.acme, scheme.lab, 1)
    foreign = await purchased(cast.olga, cast.elsewhere, scheme.lab, 1)
    await issue(cast.ada, cast.month)
    assert {row.slug for row in await listed(cast.ada)} == {"acme"}
    assert {row.slug for row in await listed(cast.olga)} == {"acme", "elsewhere"}
    assert await listed(cast.ada, workspace_id=cast.elsewhere.id) == []
    assert await listed(cast.ada, search=foreign.texts[0]) == []
    assert await listed(cast.ada, batch_id=foreign.batch.id) == []
    assert await purchase_code_list.some(cast.ada, [foreign.codes[0].id]) == []
    assert await purchase_batches.some(cast.ada, [foreign.batch.id]) == []
    for who in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await listed(who)
        with pytest.raises(NotFound):
            await purchase_code_list.some(who, [foreign.codes[0].id])
        with pytest.raises(NotFound):
            await purchase_batches.under_way(who)


async def test_pages_hold_every_code_once_whatever_the_sizes_of_batches(
    cast: Cast, scheme: Certification
) -> None:
    for quantity in (1, 7, 2, 12, 1, 30, 4):
        await purchased(cast.ada, cast.acme, scheme.lab, quantity)
    everything = [row.id for row in await listed(cast.ada)]
    for rows in (1, 5, 8, 25):
        for descending in (True, False):
            pages: list[int] = []
            for number in range(1, -(-57 // rows) + 1):
                part = Slice(number=number, rows=rows, descending=descending)
                pages += [row.id for row in await listed(cast.ada, part)]
            assert sorted(pages) == sorted(everything)
            assert len(pages) == 57
            assert (pages == everything) is descending


async def test_each_status_is_found_as_it_is_shown(cast: Cast, scheme: Certification) -> None:
    ended = await granted(
        cast.acme, scheme.certification, 9, codes_until=timedelta(days=1), reference="short"
    )
    made = await purchased(cast.ada, cast.acme, scheme.lab, 4)
    expired = await purchased(cast.ada, cast.acme, scheme.certification, 2)
    await Batch.filter(id=expired.batch.id).update(expires_at=now() - timedelta(seconds=1))
    await purchases.revoke(cast.ada, made.codes[1].id)
    await paid(made.codes[3], cast.eve)
    assert ended.id
    wanted = {
        Status.READY: [made.codes[0].id, made.codes[2].id],
        Status.REVOKED: [made.codes[1].id],
        Status.ACTIVATED: [made.codes[3].id],
        Status.EXPIRED: [code.id for code in expired.codes],
        Status.NOT_YET_VALID: [],
    }
    for status, ids in wanted.items():
        rows = await listed(cast.ada, status=status)
        assert [row.id for row in rows] == ids, status
        assert {row.status for row in rows} <= {status}
    assert len(await listed(cast.ada, action_id=scheme.certification.id)) == 2
    assert len(await listed(cast.ada, workspace_id=cast.acme.id, search="Doorbell")) == 1
    assert await listed(cast.ada, status=Status.READY, search="Doorbell") == []


async def test_a_used_code_says_what_for_and_by_whom(cast: Cast, scheme: Certification) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab, 2)
    evaluation = await paid(made.codes[0], cast.eve, "Thermostat T1")
    [row] = await purchase_code_list.some(cast.ada, [made.codes[0].id])
    assert (row.status, row.evaluated, row.by) == (
        Status.ACTIVATED,
        "Thermostat T1",
        "Eve Evaluator",
    )
    assert row.evaluation_id == evaluation.id
    assert row.activated_at


async def test_a_search_finds_by_the_code_its_end_and_the_product_evaluated(
    cast: Cast, scheme: Certification
) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab, 3)
    await purchased(cast.ada, cast.northwind, scheme.lab, 3)
    await paid(made.codes[2], cast.eve, "Thermostat T1")
    for search, code in (
        (made.texts[0].lower(), made.codes[0]),
        (made.texts[1][-4:], made.codes[1]),
        ("thermo", made.codes[2]),
    ):
        assert code.id in [row.id for row in await listed(cast.ada, search=search)], search
    assert [row.id for row in await listed(cast.ada, search=made.texts[0])] == [made.codes[0].id]
    for nothing in ("100%", "'; --", "_", "nothing like it", "\x00x"):
        assert await listed(cast.ada, search=nothing) == []


async def test_a_batch_under_way_shows_how_far_it_is_and_none_of_its_codes(
    cast: Cast, scheme: Certification
) -> None:
    batch = await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 160))
    [view] = await purchase_batches.under_way(cast.ada)
    assert (view.id, view.slug, view.codes, view.is_under_way) == (batch.id, "acme", 160, True)
    assert await purchase_batches.newest(cast.ada) == batch.id
    assert await listed(cast.ada) == []
    await batch_jobs.work()
    assert await purchase_batches.under_way(cast.ada) == []
    assert (await purchase_code_list.page(cast.ada, PurchaseFilter(), Slice())).total == 160


async def test_a_file_of_a_batch_holds_the_codes_with_their_agreement_and_use(
    cast: Cast, scheme: Certification
) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab, 2)
    await paid(made.codes[0], cast.eve, "=Doorbell")
    file = await purchase_export.batch_csv(cast.ada_at_acme, made.batch.id)
    assert file.name == f"purchase-codes-batch-{made.batch.id}.csv"
    written = b"".join([part async for part in file.lines]).decode("utf-8-sig")
    head, used, unused = csv.reader(io.StringIO(written))
    assert head == list(purchase_export.HEAD)
    row = dict(zip(head, used, strict=True))
    assert row["code"] == made.texts[0]
    assert (row["workspace"], row["purchased action"]) == (
        "Acme Devices",
        "EN18031 - RAL - Lab Assessment",
    )
    assert (row["status"], row["agreement"]) == ("ACTIVATED", "A-2026-03")
    assert (row["used for"], row["by"], row["expires"]) == ("'=Doorbell", "Eve Evaluator", "")
    assert unused[-3:] == ["", "", ""]
    book = await purchase_export.batch_xlsx(cast.ada_at_acme, made.batch.id)
    sheet = cells(b"".join([part async for part in book.lines]))
    assert sheet[0] == head
    details = [entry.detail for entry in await entries(AuditAction.EXPORT)]
    assert details == [{"codes": 2, "format": "csv"}, {"codes": 2, "format": "xlsx"}]


async def test_files_of_others_and_of_access_codes_do_not_exist(
    cast: Cast, scheme: Certification
) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab, 1)
    access = await issue(cast.ada, cast.month, 1)
    for export in (purchase_export.batch_csv, purchase_export.batch_xlsx):
        for who in (cast.sam, cast.eve, cast.mallory, cast.ada):
            with pytest.raises(NotFound):
                await export(who, made.batch.id)
        with pytest.raises(NotFound):
            await export(cast.ada, access.batch.id)
    assert not await entries(AuditAction.EXPORT)
    assert await batches.own(cast.ada_at_acme, made.batch.id, kind=CodeKind.PURCHASE)
