"""The Access Codes page: one row per batch."""

from datetime import date, timedelta

import pytest
import time_machine

from models import Batch
from models.enums import BatchState, Status
from services import batch_form, batch_list, batches
from services.actor import Actor
from services.batch_list import BatchFilter, BatchView
from services.paging import Slice
from tests.cast import Cast, activated, issue, redeem, wanted


async def rows(who: Actor, wanted: BatchFilter = BatchFilter(), **part: object) -> list[BatchView]:  # noqa: B008
    return (await batch_list.page(who, wanted, Slice(**part))).rows


async def test_the_newest_batch_stands_first_with_what_became_of_its_codes(cast: Cast) -> None:
    older = await issue(cast.ada, cast.month)
    newer = await issue(cast.sam, cast.year, 2)
    activated(await redeem(older.texts[0]))
    first, second = await rows(cast.sam)
    assert (first.id, first.created_by, first.product, first.plan, first.codes) == (
        newer.batch.id,
        "Sam Sales",
        "Welding basics",
        "Year",
        2,
    )
    assert (second.id, second.ready, second.activated, second.revoked) == (older.batch.id, 2, 1, 0)


async def test_pages_hold_every_batch_once(cast: Cast) -> None:
    made = [(await issue(cast.ada, cast.month, 1)).batch.id for _ in range(5)]
    pages = [await rows(cast.ada, number=number, rows=2) for number in (1, 2, 3)]
    assert [row.id for page in pages for row in page] == made[::-1]


async def test_a_page_beyond_the_last_is_the_last(cast: Cast) -> None:
    batch = (await issue(cast.ada, cast.month, 1)).batch
    for number in (0, -5, 99, 10**9):
        assert [row.id for row in await rows(cast.ada, number=number)] == [batch.id]


@pytest.mark.parametrize("sort", ["id; DROP TABLE batch", "requested_by__user__password_hash", ""])
async def test_an_unknown_order_is_the_usual_one(cast: Cast, sort: str) -> None:
    made = [(await issue(cast.ada, cast.month, 1)).batch.id for _ in range(2)]
    assert [row.id for row in await rows(cast.ada, sort=sort)] == made[::-1]


async def test_a_browser_cannot_ask_for_more_than_a_hundred_rows() -> None:
    assert [Slice(rows=rows).rows for rows in (-1, 0, 25, 10**9)] == [1, 1, 25, 100]


async def test_batches_are_found_by_number_product_and_end_of_a_code(cast: Cast) -> None:
    welding = await issue(cast.ada, cast.month)
    soldering = await issue(cast.ada, cast.solder_month)
    for search, found in {
        f"#{welding.batch.id}": welding,
        f"Batch {soldering.batch.id}": soldering,
        "SOLDER": soldering,
        welding.codes[0].ending.lower(): welding,
        soldering.texts[1]: soldering,
        "•••• " + welding.codes[2].ending: welding,
    }.items():
        ids = [row.id for row in await rows(cast.ada, BatchFilter(search=search))]
        assert ids == [found.batch.id], search


@pytest.mark.parametrize("search", ["%", "_", "'", "\\", "nothing like it", "9" * 40, "🔥"])
async def test_a_search_that_fits_nothing_finds_nothing(cast: Cast, search: str) -> None:
    await issue(cast.ada, cast.month)
    assert await rows(cast.ada, BatchFilter(search=search)) == []


@pytest.mark.parametrize("search", ["", "  ", "\x00", "\ud800", "\x1b\r\n"])
async def test_a_search_for_nothing_finds_everything(cast: Cast, search: str) -> None:
    await issue(cast.ada, cast.month)
    assert len(await rows(cast.ada, BatchFilter(search=search))) == 1


async def test_batches_are_kept_by_the_status_of_codes_they_hold(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    today = date(2026, 3, 10)
    made = {
        Status.READY: await issue(cast.ada, cast.month, 1),
        Status.ACTIVATED: await issue(cast.ada, cast.month, 1),
        Status.REVOKED: await issue(cast.ada, cast.month, 1),
        Status.EXPIRED: await issue(cast.ada, cast.month, 1, expires_on=today),
        Status.NOT_YET_VALID: await issue(
            cast.ada, cast.month, 1, valid_from=today + timedelta(days=9)
        ),
    }
    activated(await redeem(made[Status.ACTIVATED].texts[0]))
    await batches.revoke_unused(cast.ada, made[Status.REVOKED].batch.id)
    clock.shift(timedelta(days=1))
    for status, issued in made.items():
        found = [row.id for row in await rows(cast.ada, BatchFilter(status=status))]
        assert found == [issued.batch.id], status


async def test_expired_and_too_early_batches_are_marked(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    today = date(2026, 3, 10)
    await issue(cast.ada, cast.month, 1, expires_on=today)
    await issue(cast.ada, cast.month, 1, valid_from=today + timedelta(days=9))
    clock.shift(timedelta(days=1))
    marks = [(row.is_expired, row.is_too_early) for row in await rows(cast.ada)]
    assert marks == [(False, True), (True, False)]


async def test_a_running_batch_is_listed_without_ready_codes(cast: Cast) -> None:
    order = await batch_form.check(cast.ada, wanted(cast.month, "12"))
    await batches._open(cast.ada, order)
    [row] = await rows(cast.ada)
    assert (row.state, row.codes, row.ready) == (BatchState.RUNNING, 12, 0)
    assert await rows(cast.ada, BatchFilter(status=Status.READY)) == []


async def test_rows_are_patched_as_they_are_now(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    [row] = await batch_list.some(cast.ada, (issued.batch.id, 10**12))
    assert (row.ready, row.activated) == (2, 1)
    assert await Batch.all().count() == 1
