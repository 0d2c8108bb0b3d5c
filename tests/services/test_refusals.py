"""What is kept of a refused try, for how long, and for whom."""

from datetime import timedelta

import time_machine

from models import AuditEntry, Refusal
from models.enums import RefusalReason
from services import refusal_list, refusals, signals
from services.code_alphabet import ALPHABET, generate
from services.database import unit_of_work
from services.paging import Slice
from services.refusal_list import RefusalFilter
from services.signals import Changed
from services.tries import Try, Visitor
from tests.cast import GRACE, VISITOR, Cast, activated, issue, redeem, refused
from tests.hearing import but_the_log


def test_a_reference_is_eight_letters_that_can_be_read_out() -> None:
    references = {refusals.new_reference() for _ in range(200)}
    assert len(references) == 200
    assert all(len(reference) == 8 for reference in references)
    assert set("".join(references)) <= set(ALPHABET)


async def test_a_refusal_belongs_to_the_workspace_of_the_code_it_hit(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    visitor = Visitor(address="2001:db8::7", actor=cast.mallory)
    outcome = refused(await redeem(issued.texts[0], visitor=visitor, email="m@example.org"))
    refusal = await Refusal.get(reference=outcome.reference)
    assert (refusal.workspace_id, refusal.code_id, refusal.person_id) == (
        cast.northwind.id,
        issued.codes[0].id,
        cast.mallory.person_id,
    )
    assert refusal.address == "2001:db8::/64"


async def test_a_refusal_that_hit_no_code_belongs_to_no_workspace(cast: Cast) -> None:
    await redeem(generate(1)[0])
    refusal = await Refusal.get()
    assert (refusal.workspace_id, refusal.code_id, refusal.reason) == (
        None,
        None,
        RefusalReason.NOT_FOUND,
    )


async def test_nothing_of_a_refusal_holds_what_was_entered(cast: Cast) -> None:
    body = generate(1)[0]
    await redeem(body, name="Somebody Secret", email="secret@example.org")
    kept = repr((await Refusal.all().values(), await AuditEntry.all().values()))
    assert body not in kept
    assert "ecret" not in kept


async def test_a_limited_try_in_a_workspace_is_seen_by_its_admins(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    await refusals.record_limited("192.0.2.1", cast.eve)
    await refusals.record_limited("192.0.2.2", None)
    stop()
    entered, stranger = await Refusal.all().order_by("id")
    assert (entered.workspace_id, stranger.workspace_id) == (cast.acme.id, None)
    assert [each.workspace_id for each in heard] == [cast.acme.id, None]
    listed = await refusal_list.page(cast.ada_at_acme, RefusalFilter(), Slice(rows=10))
    assert [row.reason for row in listed.rows] == [RefusalReason.LIMITED]
    assert not (await refusal_list.page(cast.ada, RefusalFilter(), Slice(rows=10))).rows


async def test_a_limited_try_of_a_person_keeps_the_person(cast: Cast) -> None:
    await refusals.record_limited("192.0.2.1", cast.sam)
    assert (await Refusal.get()).person_id == cast.sam.person_id


async def test_refusals_are_forgotten_after_400_days(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    @unit_of_work
    async def refuse() -> str:
        return await refusals.record(RefusalReason.NOT_FOUND, Try(**GRACE, visitor=VISITOR))

    await refuse()
    clock.shift(timedelta(days=1))
    kept = await refuse()
    clock.shift(timedelta(days=399, seconds=1))
    assert await refusals.forget_old() == 1
    assert (await Refusal.get()).reference == kept
