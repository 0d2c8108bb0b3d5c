"""A batch of N gives exactly N codes or fails visibly; unused ones can be revoked."""

import asyncio

import pytest

from models import Batch, Code
from models.enums import AuditAction, BatchState, Status
from services import batch_form, batches, code_alphabet, code_list, codes, database, signals
from services.actor import Actor
from services.code_list import CodeFilter
from services.errors import Conflict, NotFound
from services.paging import Slice
from services.signals import Changed, Topic
from tests.cast import Cast, activated, entries, issue, printed, redeem, wanted
from tests.hearing import but_the_log


async def unfinished(cast: Cast, quantity: str = "12") -> Batch:
    """A batch that has none of its codes yet."""
    order = await batch_form.check(cast.ada, wanted(cast.month, quantity))
    return await batches._open(cast.ada, order)


async def break_table_of_codes() -> None:
    await database.connection().execute_script("ALTER TABLE code RENAME TO code_away")


async def mend_table_of_codes() -> None:
    await database.connection().execute_script("ALTER TABLE code_away RENAME TO code")


async def listed(actor: Actor, batch: Batch) -> int:
    return (await code_list.page(actor, batch.id, CodeFilter(), Slice())).total


async def test_a_batch_holds_as_many_different_codes_as_asked_for(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 149, prefix="ac", note="For the spring")
    assert issued.batch.state is BatchState.DONE
    assert (issued.batch.prefix, issued.batch.note) == ("AC", "For the spring")
    assert len(set(issued.texts)) == 149
    assert all(code_alphabet.has_valid_check(body) for body in issued.bodies)
    assert [code.ordinal for code in issued.codes] == list(range(1, 150))
    assert {code.status for code in issued.codes} == {Status.READY}


async def test_a_new_batch_counts_all_its_codes_as_ready(cast: Cast) -> None:
    batch = await Batch.get(id=(await issue(cast.ada, cast.month, 5)).batch.id)
    assert (batch.ready, batch.activated, batch.revoked) == (5, 0, 0)
    assert batch.finished_at


async def test_generation_is_recorded_once_and_told_after_the_commit(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    batch = (await issue(cast.ada, cast.month)).batch
    stop()
    assert set(heard) == {Changed(cast.northwind.id, Topic.BATCHES, (batch.id,))}
    [entry] = await entries(AuditAction.CREATE)
    assert (entry.target_id, entry.detail) == (batch.id, {"plan": cast.month.id, "codes": 3})


async def test_the_same_dialog_sent_twice_makes_one_batch(cast: Cast) -> None:
    once = await batches.request(cast.ada, wanted(cast.month, key="one dialog"))
    again = await batches.request(cast.ada, wanted(cast.month, key="one dialog"))
    assert again.id == once.id
    assert await Code.all().count() == 3


async def test_the_same_dialog_sent_many_times_at_once_makes_one_batch(cast: Cast) -> None:
    sent = [batches.request(cast.ada, wanted(cast.month, key="one dialog")) for _ in range(20)]
    made = await asyncio.gather(*sent)
    assert len({batch.id for batch in made}) == await Batch.all().count() == 1
    assert await Code.all().count() == 3
    assert len(await entries(AuditAction.CREATE)) == 1


async def test_a_dialog_corrected_after_a_refusal_makes_its_batch(cast: Cast) -> None:
    with pytest.raises(batch_form.Invalid):
        await batches.request(cast.ada, wanted(cast.month, "0", key="one dialog"))
    batch = await batches.request(cast.ada, wanted(cast.month, "4", key="one dialog"))
    assert await Code.filter(batch_id=batch.id).count() == 4


async def test_different_dialogs_make_different_batches_at_once(cast: Cast) -> None:
    made = await asyncio.gather(*(issue(cast.ada, cast.month, 20) for _ in range(8)))
    assert len({text for issued in made for text in issued.texts}) == 160


async def test_nothing_of_a_batch_shows_before_all_of_it_is_there(cast: Cast) -> None:
    batch = await unfinished(cast)
    assert await listed(cast.ada, batch) == 0
    with pytest.raises(NotFound):
        await codes.show(cast.ada, batch.id)


async def test_the_key_of_an_unfinished_batch_gives_that_batch_and_no_second(
    cast: Cast,
) -> None:
    request = wanted(cast.month, key="one dialog")
    left = await batches._open(cast.ada, await batch_form.check(cast.ada, request))
    assert (await batches.request(cast.ada, request)).id == left.id
    assert await Batch.all().count() == 1


async def test_a_generation_that_fails_says_so_and_leaves_no_code(cast: Cast) -> None:
    await break_table_of_codes()
    with pytest.raises(Conflict, match=r"Nothing was issued\."):
        await batches.request(cast.ada, wanted(cast.month))
    await mend_table_of_codes()
    batch = await Batch.get()
    assert (batch.state, batch.ready) == (BatchState.FAILED, 0)
    assert batch.failure == "The codes could not be stored. Nothing was issued."
    assert not await Code.exists()
    assert [entry.target_id for entry in await entries(AuditAction.FAIL)] == [batch.id]


async def test_unused_codes_are_revoked_and_the_others_stay(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 4)
    activated(await redeem(issued.texts[0]))
    await codes.revoke(cast.ada, issued.codes[1].id)
    assert await batches.revoke_unused(cast.ada, issued.batch.id) == 2
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.activated, batch.revoked) == (0, 1, 3)
    statuses = [code.status for code in (await printed(batch)).codes]
    assert statuses == [Status.ACTIVATED, Status.REVOKED, Status.REVOKED, Status.REVOKED]


async def test_revoking_names_who_and_when_and_is_recorded_once(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await batches.revoke_unused(cast.olga, issued.batch.id)
    code = await Code.get(id=issued.codes[0].id)
    assert (code.revoked_by_id, bool(code.revoked_at)) == (cast.olga.person_id, True)
    [entry] = await entries(AuditAction.REVOKE)
    assert (entry.target_id, entry.detail) == (issued.batch.id, {"codes": 3})


async def test_a_batch_without_unused_codes_has_nothing_to_revoke(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await batches.revoke_unused(cast.ada, issued.batch.id)
    with pytest.raises(Conflict, match="unused"):
        await batches.revoke_unused(cast.ada, issued.batch.id)
    assert len(await entries(AuditAction.REVOKE)) == 1


async def test_a_sales_person_revokes_only_what_they_made(cast: Cast) -> None:
    mine, adas = await issue(cast.sam, cast.month), await issue(cast.ada, cast.month)
    assert await batches.revoke_unused(cast.sam, mine.batch.id) == 3
    with pytest.raises(NotFound):
        await batches.revoke_unused(cast.sam, adas.batch.id)
    assert await Code.filter(batch_id=adas.batch.id, status=Status.READY).count() == 3


@pytest.mark.parametrize("batch_id", [0, -1, 10**12])
async def test_a_batch_that_is_none_is_not_found(cast: Cast, batch_id: int) -> None:
    with pytest.raises(NotFound):
        await batches.own(cast.ada, batch_id)
