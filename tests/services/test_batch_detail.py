"""What the page of one batch says above its codes."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from models.enums import BatchState
from services import batch_detail, batch_form, batches, codes
from services.errors import NotFound
from tests.cast import Cast, activated, issue, redeem, wanted


async def test_a_batch_tells_its_terms_and_what_became_of_its_codes(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    window = {"valid_from": date(2026, 3, 11), "expires_on": date(2026, 3, 31)}
    issued = await issue(cast.sam, cast.month, prefix="AC", note="For the fair", **window)
    clock.move_to(datetime(2026, 3, 12, 12, tzinfo=UTC))
    activated(await redeem(issued.texts[0]))
    await codes.revoke(cast.ada, issued.codes[1].id)
    detail = await batch_detail.read(cast.sam, issued.batch.id)
    assert (detail.prefix, detail.note) == ("AC", "For the fair")
    assert (detail.valid_from, detail.expires_at) == (
        datetime(2026, 3, 10, 23, tzinfo=UTC),
        datetime(2026, 3, 31, 22, tzinfo=UTC),
    )
    summary = detail.summary
    assert (summary.ready, summary.activated, summary.revoked) == (1, 1, 1)
    assert (detail.activated_today, detail.revoked_by) == (1, ("Ada Admin",))


async def test_today_begins_at_midnight_in_the_workspace(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    for minute, text in ((59, issued.texts[0]), (60, issued.texts[1])):
        clock.move_to(datetime(2026, 3, 10, 22 + minute // 60, minute % 60, tzinfo=UTC))
        activated(await redeem(text))
    assert (await batch_detail.read(cast.ada, issued.batch.id)).activated_today == 1


async def test_who_may_revoke_is_told_with_the_batch(cast: Cast) -> None:
    mine, adas = await issue(cast.sam, cast.month), await issue(cast.ada, cast.month)
    may = [
        (await batch_detail.read(who, issued.batch.id)).may_revoke
        for who, issued in ((cast.sam, mine), (cast.sam, adas), (cast.ada, mine))
    ]
    assert may == [True, False, True]


async def test_nothing_of_a_running_batch_can_be_revoked(cast: Cast) -> None:
    batch = await batches._open(cast.ada, await batch_form.check(cast.ada, wanted(cast.month)))
    detail = await batch_detail.read(cast.ada, batch.id)
    assert (detail.summary.state, detail.may_revoke) == (BatchState.RUNNING, False)


async def test_a_batch_of_another_workspace_does_not_exist(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    for who in (cast.mallory, cast.ada_at_acme, cast.eve):
        with pytest.raises(NotFound):
            await batch_detail.read(who, issued.batch.id)
