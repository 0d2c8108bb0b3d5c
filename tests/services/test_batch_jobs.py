"""Large batches are made beside everything else: whole, in turns, and again after any crash."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from models import AgreementShare, Batch, Code, Message
from models.enums import AuditAction, BatchState, MessageKind
from services import batch_jobs, batch_list, batches, codes, exports, signals
from services.actor import Actor
from services.batch_list import BatchFilter
from services.errors import Conflict, NotFound
from services.issuing import rows_of
from services.paging import Slice
from services.signals import Changed, Topic
from tests.cast import Cast, entries, redeem_link, refused, wanted


async def queue(cast: Cast, quantity: int, *, by: Actor | None = None, **more: object) -> Batch:
    return await batches.request(by or cast.ada, wanted(cast.month, str(quantity), **more))


async def now_of(batch: Batch) -> Batch:
    return await Batch.get(id=batch.id)


async def count(batch: Batch) -> int:
    return await Code.filter(batch_id=batch.id).count()


@pytest.fixture(autouse=True)
async def nothing_held(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_jobs, "CHUNK", 250)
    await batch_jobs.free()


@pytest.mark.parametrize(("quantity", "is_bulk"), [(149, False), (150, True), (2000, True)])
async def test_from_150_codes_on_they_are_made_in_the_background(
    cast: Cast, quantity: int, is_bulk: bool
) -> None:
    batch = await queue(cast, quantity)
    assert batch.state is (BatchState.QUEUED if is_bulk else BatchState.DONE)
    assert await count(batch) == (0 if is_bulk else quantity)
    await batch_jobs.work()
    done = await now_of(batch)
    assert (done.state, done.ready, done.made) == (BatchState.DONE, quantity, quantity)
    assert done.started_at and done.finished_at
    assert len(set(await Code.filter(batch_id=batch.id).values_list("digest"))) == quantity
    assert len(await entries(AuditAction.COMPLETE)) == int(is_bulk)


async def test_a_batch_under_way_is_found_by_none_of_its_hidden_codes(cast: Cast) -> None:
    batch = await queue(cast, 600)
    await batch_jobs._take_up()
    await batch_jobs._turn(batch_jobs._held[batch.id])
    hidden = await Code.filter(batch_id=batch.id).first()
    assert hidden and (await now_of(batch)).made == 250
    text = codes.text_of(hidden, batch)

    async def found(search: str) -> list[int]:
        page = await batch_list.page(cast.ada, BatchFilter(search=search), Slice())
        return [row.id for row in page.rows]

    assert await found(hidden.ending) == await found(text) == []
    await batch_jobs.work()
    assert await found(hidden.ending) == await found(text) == [batch.id]


async def test_a_batch_that_gets_on_is_not_given_up_however_often_its_maker_dies(
    cast: Cast,
) -> None:
    batch = await queue(cast, 2000)
    while (await now_of(batch)).state is not BatchState.DONE:
        await batch_jobs._take_up()
        await batch_jobs._turn(batch_jobs._held[batch.id])
        await batch_jobs.free()  # another process begins
    assert await count(batch) == 2000 > batch_jobs.MOST_TRIES * batch_jobs.CHUNK


async def test_nobody_sees_half_a_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = await queue(cast, 600)
    seen: list[tuple[int, int]] = []

    def looked(changed: Changed) -> None:
        if changed.topic is Topic.BATCHES:
            seen.append((batch.id, 0))

    stop = signals.subscribe(looked)
    turn = batch_jobs._turn
    checked = 0

    async def between(of: Batch) -> None:
        nonlocal checked
        await turn(of)
        now = await now_of(batch)
        if now.state is BatchState.RUNNING:
            checked += 1
            assert 0 < now.made < 600
            with pytest.raises(NotFound):
                await codes.show(cast.ada, batch.id)
            with pytest.raises(NotFound):
                await exports.batch_csv(cast.ada, batch.id, address="")
            code = await Code.filter(batch_id=batch.id).first()
            assert code
            assert refused(await redeem_link(codes.link_token(code)))

    monkeypatch.setattr(batch_jobs, "_turn", between)
    await batch_jobs.work()
    stop()
    assert checked == 2
    assert len(seen) >= 3
    assert len(await codes.show(cast.ada, batch.id)) == 600


async def test_a_small_batch_is_not_stuck_behind_large_ones(cast: Cast) -> None:
    large = [await queue(cast, 2000) for _ in range(4)]
    small = await queue(cast, 200)
    await batch_jobs.work()
    ended = {batch.id: (await now_of(batch)).finished_at for batch in [*large, small]}
    assert min(ended, key=lambda each: ended[each] or datetime.max.replace(tzinfo=UTC)) == small.id
    assert [await count(batch) for batch in [*large, small]] == [2000] * 4 + [200]


async def test_the_same_dialog_sent_many_times_at_once_queues_one_batch(cast: Cast) -> None:
    sent = [batches.request(cast.ada, wanted(cast.month, "200", key="one")) for _ in range(20)]
    made = await asyncio.gather(*sent, batch_jobs.work())
    await batch_jobs.work()
    assert len({batch.id for batch in made if isinstance(batch, Batch)}) == 1
    assert await Code.all().count() == 200


async def test_a_batch_under_way_can_be_cancelled_and_leaves_no_code(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await queue(cast, 800)
    store = batch_jobs._store

    async def cancelled_after(of: Batch, rows: list[tuple[object, ...]]) -> None:
        await store(of, rows)
        if of.made == 250:
            await batch_jobs.cancel(cast.ada, batch.id)

    monkeypatch.setattr(batch_jobs, "_store", cancelled_after)
    await batch_jobs.work()
    gone = await now_of(batch)
    assert (gone.state, gone.made, gone.ready) == (BatchState.CANCELLED, 0, 0)
    assert await count(batch) == 0
    assert [entry.target_id for entry in await entries(AuditAction.CANCEL)] == [batch.id]
    assert not await entries(AuditAction.COMPLETE)
    with pytest.raises(Conflict):
        await batch_jobs.cancel(cast.ada, batch.id)


async def test_a_cancelled_batch_can_be_tried_again_and_stays_the_same_one(cast: Cast) -> None:
    batch = await queue(cast, 300)
    await batch_jobs.cancel(cast.ada, batch.id)
    await batch_jobs.work()
    assert await count(batch) == 0
    await batch_jobs.retry(cast.ada, batch.id)
    with pytest.raises(Conflict):
        await batch_jobs.retry(cast.ada, batch.id)
    await batch_jobs.work()
    assert (await now_of(batch)).state is BatchState.DONE
    assert await count(batch) == 300
    assert await Batch.all().count() == 1


async def test_a_batch_that_cannot_be_stored_fails_in_the_end_with_its_reason(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await queue(cast, 200)
    broken = True

    def rows(
        of: Batch, first: int, last: int, shares: list[AgreementShare]
    ) -> list[tuple[object, ...]]:
        made = rows_of(of, first, last, shares)
        return made + made[:1] if broken else made  # the same place twice

    monkeypatch.setattr(batch_jobs, "rows_of", rows)
    for _ in range(batch_jobs.MOST_TRIES + 1):
        await batch_jobs.work()
        clock.shift(batch_jobs.AGAIN_AFTER + timedelta(seconds=1))
    failed = await now_of(batch)
    assert (failed.state, failed.failure) == (BatchState.FAILED, batch_jobs.FAILURE)
    assert failed.tries == batch_jobs.MOST_TRIES
    assert await count(batch) == 0
    assert len(await entries(AuditAction.FAIL)) == 1
    broken = False
    await batch_jobs.retry(cast.ada, batch.id)
    await batch_jobs.work()
    assert (await now_of(batch)).state is BatchState.DONE
    assert await count(batch) == 200


async def test_sales_people_cancel_and_retry_their_own_batches_only(cast: Cast) -> None:
    of_ada, of_sam = await queue(cast, 200), await queue(cast, 200, by=cast.sam)
    for forbidden in (cast.sam, cast.mallory, cast.eve):
        with pytest.raises(NotFound):
            await batch_jobs.cancel(forbidden, of_ada.id)
    await batch_jobs.cancel(cast.sam, of_sam.id)
    with pytest.raises(NotFound):
        await batch_jobs.retry(cast.mallory, of_sam.id)
    await batch_jobs.retry(cast.sam, of_sam.id)
    await batch_jobs.cancel(cast.olga, of_ada.id)


async def test_the_list_shows_how_far_a_batch_is(cast: Cast) -> None:
    batch = await queue(cast, 500)
    [view] = await batch_list.some(cast.ada, (batch.id,))
    assert (view.state, view.made, view.is_under_way) == (BatchState.QUEUED, 0, True)
    await batch_jobs.work()
    [view] = await batch_list.some(cast.ada, (batch.id,))
    assert (view.made, view.is_under_way, view.ready) == (500, False, 500)


@pytest.mark.parametrize(
    ("quantity", "kind"), [(12, MessageKind.CODES), (160, MessageKind.DOWNLOAD)]
)
async def test_send_notification_queues_one_mail_with_the_codes(
    cast: Cast, quantity: int, kind: MessageKind
) -> None:
    batch = await queue(cast, quantity, notify=" Buyer@Clinic.example ")
    await batch_jobs.work()
    [message] = await Message.all()
    assert (message.kind, message.batch_id) == (kind, batch.id)
    assert message.recipient == "Buyer@clinic.example"
    assert message.requested_by_id == cast.ada.person_id
    sent_to = await (await now_of(batch)).sent_to
    assert sent_to and sent_to.email_key == "buyer@clinic.example"
    assert sent_to.workspace_id == cast.northwind.id


async def test_without_send_notification_there_is_no_mail(cast: Cast) -> None:
    await queue(cast, 12)
    await queue(cast, 160)
    await batch_jobs.work()
    assert not await Message.exists()


async def test_two_processes_never_make_a_batch_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await queue(cast, 600)
    store, mine = batch_jobs._store, batch_jobs.HOLDER

    async def stolen_after(of: Batch, rows: list[tuple[object, ...]]) -> None:
        await store(of, rows)
        if of.made == 0:
            await Batch.filter(id=batch.id).update(holder="somebody else")

    monkeypatch.setattr(batch_jobs, "_store", stolen_after)
    await batch_jobs.work()
    assert await count(batch) == 250
    assert (await now_of(batch)).holder == "somebody else"
    monkeypatch.setattr(batch_jobs, "_store", store)
    await batch_jobs.free()  # as the next start does
    await batch_jobs.work()
    assert await count(batch) == 600
    assert mine == batch_jobs.HOLDER


async def test_a_batch_that_kills_whoever_makes_it_is_given_up(
    cast: Cast,
) -> None:
    batch = await queue(cast, 200)
    await Batch.filter(id=batch.id).update(state=BatchState.RUNNING, tries=batch_jobs.MOST_TRIES)
    await batch_jobs.work()
    assert (await now_of(batch)).state is BatchState.FAILED
