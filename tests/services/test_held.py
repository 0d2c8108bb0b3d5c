"""Codes held after a restore: refused, released with a reason, revoked, and counted."""

import asyncio
from typing import Any

import pytest

from models import Agreement, AuditEntry, Batch, Code, Release
from models.enums import AuditAction, CodeKind, RefusalReason, Resource, Status
from services import (
    attention,
    audit,
    batch_list,
    batches,
    code_list,
    code_story,
    codes,
    dashboards,
    database,
    held,
    purchase_code_list,
)
from services.actor import Actor
from services.attention import Matter
from services.batch_list import BatchFilter
from services.code_list import CodeFilter
from services.code_story import Turn
from services.errors import Conflict, DomainError, Invalid, NotFound
from services.paging import Slice
from services.purchase_code_list import PurchaseFilter
from tests import recount
from tests.cast import Cast, Issued, activated, issue, redeem, redeem_link, refused
from tests.certification import Certification, certification, granted, purchased

REASON = "Asked everybody who has one"


@database.unit_of_work
async def hold(issued: Issued, number: int | None = None) -> None:
    """As a restore does it, which is tested with the command."""
    ids = [code.id for code in issued.codes][:number]
    count = await Code.filter(id__in=ids, status=Status.READY).update(status=Status.HELD)
    batch = await Batch.get(id=issued.batch.id)
    await Batch.filter(id=batch.id).update(held=batch.held + count, ready=batch.ready - count)
    place = (AuditAction.HOLD, Resource.BATCH, batch.id)
    await audit.record(*place, by=None, workspace_id=batch.workspace_id, codes=count)


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    made = await issue(cast.sam, cast.month)
    await hold(made)
    return made


async def statuses(issued: Issued) -> list[Status]:
    rows = await Code.filter(batch_id=issued.batch.id).order_by("ordinal")
    return [row.status for row in rows]


async def test_a_held_code_is_refused_typed_and_by_its_link(cast: Cast, issued: Issued) -> None:
    assert refused(await redeem(issued.texts[0])).reason is RefusalReason.HELD
    assert refused(await redeem_link(issued.tokens[0])).reason is RefusalReason.HELD
    assert await recount.wrong() == []


async def test_released_with_a_reason_it_works_again(cast: Cast, issued: Issued) -> None:
    assert await held.release(cast.ada, issued.batch.id, REASON, code_id=issued.codes[0].id) == 1
    activated(await redeem(issued.texts[0]))
    assert await held.release(cast.ada, issued.batch.id, REASON) == 2
    assert await statuses(issued) == [Status.ACTIVATED, Status.READY, Status.READY]
    assert await recount.wrong() == []
    one, two = await AuditEntry.filter(action=AuditAction.RELEASE).order_by("id")
    assert (one.resource, one.target_id) == ("CODE", issued.codes[0].id)
    assert (two.resource, two.detail["codes"], two.detail["reason"]) == ("BATCH", 2, True)
    kept = await Release.all().order_by("id")
    assert [(each.codes, each.reason) for each in kept] == [(1, REASON), (2, REASON)]
    assert REASON not in str([one.detail, two.detail])
    with pytest.raises(Conflict):
        await held.release(cast.ada, issued.batch.id, REASON)


@pytest.mark.parametrize("who", ["sam", "ada_at_acme", "eve", "mallory"])
async def test_nobody_but_an_admin_of_the_workspace_releases(
    cast: Cast, issued: Issued, who: str
) -> None:
    actor: Actor = getattr(cast, who)
    with pytest.raises(NotFound):
        await held.release(actor, issued.batch.id, REASON)
    with pytest.raises(NotFound):
        await held.release(actor, issued.batch.id, REASON, code_id=issued.codes[0].id)
    assert await statuses(issued) == [Status.HELD] * 3


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
async def test_a_reason_is_demanded(cast: Cast, issued: Issued, reason: str) -> None:
    with pytest.raises(Invalid) as told:
        await held.release(cast.ada, issued.batch.id, reason)
    assert set(told.value.fields) == {"reason"}


async def test_a_code_of_another_batch_or_of_none_is_not_released(
    cast: Cast, issued: Issued
) -> None:
    other = await issue(cast.ada, cast.month)
    await hold(other)
    for code_id in (other.codes[0].id, 0, -1, 2**63, 10**6):
        with pytest.raises(Conflict):
            await held.release(cast.ada, issued.batch.id, REASON, code_id=code_id)
    assert await statuses(other) == [Status.HELD] * 3


async def test_held_codes_can_be_revoked_one_and_all(cast: Cast, issued: Issued) -> None:
    await held.release(cast.ada, issued.batch.id, REASON, code_id=issued.codes[2].id)
    await codes.revoke(cast.sam, issued.codes[0].id)
    assert await recount.wrong() == []
    assert await batches.revoke_unused(cast.sam, issued.batch.id) == 2
    assert await statuses(issued) == [Status.REVOKED] * 3
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.held, batch.revoked) == (0, 0, 3)
    assert await recount.wrong() == []


async def test_released_and_revoked_at_once_each_code_has_one_fate(
    cast: Cast, issued: Issued
) -> None:
    batch_id, first = issued.batch.id, issued.codes[0].id
    tries: list[Any] = [
        held.release(cast.ada, batch_id, REASON),
        held.release(cast.olga, batch_id, REASON, code_id=first),
        codes.revoke(cast.ada, first),
        batches.revoke_unused(cast.sam, batch_id),
        held.release(cast.ada, batch_id, REASON),
    ]
    for outcome in await asyncio.gather(*tries, return_exceptions=True):
        assert not isinstance(outcome, BaseException) or isinstance(outcome, DomainError)
    assert await recount.wrong() == []


async def test_lists_filters_and_the_dashboard_show_them(cast: Cast, issued: Issued) -> None:
    other = await issue(cast.ada, cast.month)
    [row] = (await batch_list.page(cast.ada, BatchFilter(status=Status.HELD), Slice())).rows
    assert (row.id, row.held, row.ready) == (issued.batch.id, 3, 0)
    wanted = CodeFilter(status=Status.HELD)
    page = await code_list.page(cast.ada, issued.batch.id, wanted, Slice())
    assert [view.status for view in page.rows] == [Status.HELD] * 3
    [matter] = [
        each
        for each in await attention.of_codes(cast.ada, CodeKind.ACCESS)
        if each.matter is Matter.CODES_HELD
    ]
    assert (matter.number, matter.target_id) == (3, issued.batch.id)
    assert other.batch.id != matter.target_id


async def bought(cast: Cast) -> tuple[Issued, Agreement]:
    made: Certification = await certification()
    agreement = await granted(cast.northwind, made.lab, 10)
    issued = await purchased(cast.ada, cast.northwind, made.lab, 3)
    await hold(issued, 2)
    return issued, agreement


async def test_purchase_codes_stay_issued_while_held_and_go_back_when_revoked(cast: Cast) -> None:
    issued, agreement = await bought(cast)
    assert await recount.wrong() == []
    page = await purchase_code_list.page(cast.ada, PurchaseFilter(status=Status.HELD), Slice())
    assert page.total == 2
    kind = CodeKind.PURCHASE
    await held.release(cast.ada, issued.batch.id, REASON, code_id=issued.codes[0].id, kind=kind)
    await batches.revoke_unused(cast.ada, issued.batch.id, kind=kind)
    await agreement.refresh_from_db()
    assert (agreement.issued, agreement.returned) == (3, 3)
    assert await recount.wrong() == []
    assert await attention.of_codes(cast.ada, kind) == []


async def test_the_story_of_a_code_tells_of_holds_and_releases(cast: Cast, issued: Issued) -> None:
    first, second, _ = issued.codes
    await held.release(cast.ada, issued.batch.id, REASON, code_id=first.id)
    await held.release(cast.ada, issued.batch.id, "They wrote back")
    told = await code_story.of_code(cast.ada, first.id)
    assert [(event.turn, event.codes, event.by, event.about) for event in told.events[1:]] == [
        (Turn.HELD, 3, "", ""),
        (Turn.RELEASED, 0, "Ada Admin", REASON),
        (Turn.RELEASED, 2, "Ada Admin", "They wrote back"),
    ]
    other = await code_story.of_code(cast.ada, second.id)
    assert [event.turn for event in other.events[1:]] == [Turn.HELD, Turn.RELEASED]


async def test_dashboards_count_held_codes_apart(cast: Cast, issued: Issued) -> None:
    found = await dashboards.codes(cast.ada, CodeKind.ACCESS)
    assert (found.ready, found.ready_batches, found.held) == (0, 0, 3)
    await held.release(cast.ada, issued.batch.id, REASON, code_id=issued.codes[0].id)
    found = await dashboards.codes(cast.ada, CodeKind.ACCESS)
    assert (found.ready, found.ready_batches, found.held) == (1, 1, 2)
