"""Extending, ending and undoing: what follows, what is refused, and what stays in the history."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Activation, AuditEntry, Batch, Code, Entitlement
from models.enums import AuditAction, Resource, Status
from services import access_changes, access_terms, batches, extensions, redemptions, signals, zones
from services.errors import Conflict, Invalid, NotFound
from services.signals import Changed, Topic
from tests.cast import (
    GRACE,
    Cast,
    Issued,
    activated,
    entries,
    every_row,
    issue,
    redeem,
    redeem_link,
    refused,
)
from tests.services.test_races import assert_counters_true

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)


async def entitled(issued: Issued, place: int = 0, **holder: str) -> Entitlement:
    made = activated(await redeem(issued.texts[place], **holder))
    return await Entitlement.get(activation_id=made.activation_id)


async def last_day(entitlement: Entitlement) -> date | None:
    ends_at = (await Entitlement.get(id=entitlement.id)).ends_at
    return zones.last_day(ends_at, BERLIN) if ends_at else None


async def state(entitlement: Entitlement) -> str:
    now = await Entitlement.get(id=entitlement.id).select_related("activation")
    undone = now.activation.undone_at is not None
    return access_terms.state(now.starts_at, now.ends_at, undone=undone).value


async def test_an_extension_counts_from_the_end_across_the_change_of_the_clocks(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    assert await last_day(held) == date(2026, 4, 9)
    assert await extensions.extend(cast.ada, held.id, 200) == date(2026, 10, 26)
    ends_at = (await Entitlement.get(id=held.id)).ends_at
    assert ends_at == datetime(2026, 10, 26, 23, tzinfo=UTC)  # midnight in Berlin's winter
    assert await state(held) == "ACTIVE"


async def test_access_that_is_over_is_extended_from_today(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    clock.move_to(datetime(2026, 6, 1, 22, 30, tzinfo=UTC))  # the second of June in Berlin
    assert await state(held) == "ENDED"
    assert await extensions.extend(cast.ada, held.id, 1) == date(2026, 6, 3)
    assert await state(held) == "ACTIVE"


@pytest.mark.parametrize("days", [0, -1, 3651, 10**9])
async def test_other_than_1_to_3650_days_is_refused_at_the_field(cast: Cast, days: int) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    before = await every_row()
    with pytest.raises(Invalid) as refusal:
        await extensions.extend(cast.ada, held.id, days)
    assert refusal.value.fields == {"days": extensions.WHOLE_DAYS}
    assert await every_row() == before


@pytest.mark.parametrize("typed", ["", " ", "1.5", "-1", "ten", "1e3", "٣", "0", "3651", "9" * 99])
def test_typed_days_are_whole_ones_in_range(typed: str) -> None:
    with pytest.raises(Invalid):
        extensions.days_of(typed)


def test_typed_days_may_have_blanks_around_them() -> None:
    assert extensions.days_of(" 90 ") == 90


async def test_access_never_outlasts_what_the_calendar_of_a_course_system_knows(
    cast: Cast,
) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    await Entitlement.filter(id=held.id).update(ends_at=datetime(2999, 12, 1, tzinfo=UTC))
    with pytest.raises(Invalid, match="2999"):
        await extensions.extend(cast.ada, held.id, 3650)


async def test_a_lifetime_is_not_extended_but_can_end(cast: Cast) -> None:
    held = await entitled(await issue(cast.ada, cast.forever))
    with pytest.raises(Conflict, match="lifetime"):
        await extensions.extend(cast.ada, held.id, 30)
    await access_changes.end(cast.ada, held.id)
    assert await state(held) == "ENDED"


async def test_another_last_day_than_was_promised_is_a_conflict(cast: Cast) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    promised = await extensions.extend(cast.ada, held.id, 30) + timedelta(days=30)
    await extensions.extend(cast.olga, held.id, 1)
    with pytest.raises(Conflict):
        await extensions.extend(cast.ada, held.id, 30, expecting=promised)
    assert await extensions.extend(cast.ada, held.id, 30, expecting=promised + timedelta(days=1))


async def test_what_another_code_outlasts_is_not_extended_below_it(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    first = await entitled(issued, 0)
    second = await entitled(issued, 1, name="G. Hopper", email="GRACE@example.org")
    with pytest.raises(Conflict, match="lasts longer"):
        await extensions.extend(cast.ada, first.id, 30)
    await extensions.extend(cast.ada, second.id, 30)
    await access_changes.undo_activation(cast.ada, second.activation_id, "Sold twice")
    assert await extensions.extend(cast.ada, first.id, 30)


async def test_a_code_used_after_an_extension_continues_where_that_ends(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    first = await entitled(issued, 0)
    await extensions.extend(cast.ada, first.id, 30)
    second = await entitled(issued, 1)
    assert second.starts_at == (await Entitlement.get(id=first.id)).ends_at


async def test_access_ends_now_and_once(clock: time_machine.Traveller, cast: Cast) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    clock.shift(HOUR)
    await access_changes.end(cast.ada, held.id)
    assert (await Entitlement.get(id=held.id)).ends_at == zones.now()
    with pytest.raises(Conflict, match="already"):
        await access_changes.end(cast.ada, held.id)
    assert (await Code.get(id=(await held.activation).code_id)).status is Status.ACTIVATED


async def test_access_that_has_not_begun_can_end_too(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await entitled(issued, 0)
    later = await entitled(issued, 1)
    assert await state(later) == "NOT STARTED"
    await access_changes.end(cast.ada, later.id)
    assert await state(later) == "ENDED"


async def test_an_undone_activation_gives_the_code_back_and_keeps_both_facts(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    held = await entitled(issued)
    await access_changes.undo_activation(cast.ada, held.activation_id, "  Wrong   person ")
    undone = await Activation.get(id=held.activation_id).select_related("person")
    assert (undone.undo_reason, undone.undone_by_id) == ("Wrong person", cast.ada.person_id)
    assert undone.person.email == GRACE["email"]
    assert undone.undone_at
    assert (await Code.get(id=issued.codes[0].id)).status is Status.READY
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.activated, batch.revoked) == (3, 0, 0)
    assert await state(held) == "UNDONE"
    token = issued.tokens[0]
    assert await redemptions.receipt(held.activation_id, token) is None
    page = await redemptions.open_link(token)
    assert page
    assert page.activated_on is None
    again = activated(await redeem_link(token, name="Katherine", email="kat@example.org"))
    assert await Activation.filter(code_id=issued.codes[0].id).count() == 2
    assert again.activation_id != held.activation_id
    await assert_counters_true()


async def test_what_was_undone_is_neither_undone_again_nor_changed(cast: Cast) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    await access_changes.undo_activation(cast.ada, held.activation_id, "Wrong person")
    before = await every_row()
    for again in (
        access_changes.undo_activation(cast.olga, held.activation_id, "Once more"),
        access_changes.end(cast.ada, held.id),
        extensions.extend(cast.ada, held.id, 30),
    ):
        with pytest.raises(Conflict, match="undone"):
            await again
    assert await every_row() == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "a\x00b", "\u202egnorw", "\u200b"])
async def test_a_reason_is_one_line_that_can_be_read(cast: Cast, reason: str) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    before = await every_row()
    with pytest.raises(Invalid) as refusal:
        await access_changes.undo_activation(cast.ada, held.activation_id, reason)
    assert list(refusal.value.fields) == ["reason"]
    assert await every_row() == before


async def test_undone_in_a_batch_whose_unused_codes_were_revoked_the_code_is_ready_alone(
    cast: Cast,
) -> None:
    issued = await issue(cast.ada, cast.month)
    held = await entitled(issued)
    await batches.revoke_unused(cast.ada, issued.batch.id)
    await access_changes.undo_activation(cast.ada, held.activation_id, "Wrong person")
    found = Counter(await Code.all().values_list("status", flat=True))
    assert found == {Status.READY: 1, Status.REVOKED: 2}
    await assert_counters_true()
    assert await batches.revoke_unused(cast.ada, issued.batch.id) == 1


async def test_a_code_held_after_a_restore_stays_held_when_its_activation_is_undone(
    cast: Cast,
) -> None:
    issued = await issue(cast.ada, cast.month)
    held = await entitled(issued)
    await Code.filter(id=issued.codes[0].id).update(status=Status.HELD)
    await access_changes.undo_activation(cast.ada, held.activation_id, "Wrong person")
    assert (await Code.get(id=issued.codes[0].id)).status is Status.HELD
    assert (await Batch.get(id=issued.batch.id)).ready == 2
    assert refused(await redeem(issued.texts[0]))


async def test_each_change_is_recorded_once_without_a_name_or_the_reason(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    held = await entitled(issued)
    await extensions.extend(cast.ada, held.id, 30)
    await access_changes.end(cast.olga, held.id)
    await access_changes.undo_activation(cast.ada, held.activation_id, "Grace asked")
    extended, ended = await entries(AuditAction.UPDATE)
    assert {extended.resource, ended.resource} == {Resource.ENTITLEMENT}
    assert (extended.target_id, extended.person_id) == (held.id, cast.ada.person_id)
    assert extended.detail["days"] == 30
    assert (ended.person_id, ended.detail) == (cast.olga.person_id, {"ended": True})
    [undone] = await entries(AuditAction.UNDO)
    assert (undone.resource, undone.target_id) == (Resource.CODE, issued.codes[0].id)
    assert undone.detail == {
        "activation": held.activation_id,
        "batch": issued.batch.id,
        "reason": True,
    }


async def test_every_change_moves_when_it_was_changed_and_is_announced(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(heard.append)
    issued = await issue(cast.ada, cast.month)
    held = await entitled(issued)
    person = Changed(cast.northwind.id, Topic.CUSTOMERS, (held.person_id,))
    assert heard.count(person) == 1
    assert held.changed_at == held.starts_at
    for change in (
        lambda: extensions.extend(cast.ada, held.id, 30),
        lambda: access_changes.end(cast.ada, held.id),
        lambda: access_changes.undo_activation(cast.ada, held.activation_id, "Wrong person"),
    ):
        clock.shift(HOUR)
        heard.clear()
        await change()
        assert (await Entitlement.get(id=held.id)).changed_at == zones.now()
        assert person in heard
    assert Changed(cast.northwind.id, Topic.BATCHES, (issued.batch.id,)) in heard
    stop()


@pytest.mark.parametrize("wrong", [0, -1, 2**63, 10**30, 987654])
async def test_an_id_that_is_nothing_here_is_not_found(cast: Cast, wrong: int) -> None:
    await entitled(await issue(cast.ada, cast.month))
    for change in (
        extensions.extend(cast.ada, wrong, 30),
        access_changes.end(cast.ada, wrong),
        access_changes.undo_activation(cast.ada, wrong, "Wrong person"),
    ):
        with pytest.raises(NotFound):
            await change


async def test_of_many_undoings_at_once_one_does_it(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    held = await entitled(issued)
    tries = [
        access_changes.undo_activation(cast.ada, held.activation_id, f"Reason {n}")
        for n in range(20)
    ]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert Counter(type(answer) for answer in answers) == {type(None): 1, Conflict: 19}
    assert len(await entries(AuditAction.UNDO)) == 1
    await assert_counters_true()


async def test_extending_ending_and_undoing_at_once_is_one_history(cast: Cast) -> None:
    """Each that succeeded left its entry, and the row is what they give one after another."""
    issued = await issue(cast.ada, cast.month, 10)
    for place in range(10):
        held = await entitled(issued, place, email=f"holder{place}@example.org")
        answers = await asyncio.gather(
            extensions.extend(cast.ada, held.id, 10),
            access_changes.end(cast.olga, held.id),
            extensions.extend(cast.olga, held.id, 100),
            access_changes.undo_activation(cast.ada, held.activation_id, "Wrong person"),
            extensions.extend(cast.ada, held.id, 1000),
            return_exceptions=True,
        )
        assert {type(answer) for answer in answers} <= {date, type(None), Conflict}
        log = [e for e in await entries(AuditAction.UPDATE) if e.target_id == held.id]
        done = [answer for answer in answers if not isinstance(answer, Exception)]
        assert len(log) + 1 == len(done)
        assert answers[3] is None  # nothing keeps an activation from being undone
        now = await Entitlement.get(id=held.id)
        assert now.ends_at
        assert now.ends_at == await told_by(log, held)
        assert await state(held) == "UNDONE"
    await assert_counters_true()


async def told_by(log: list[AuditEntry], held: Entitlement) -> datetime | None:
    """The end that the entries, read in order, leave."""
    last = log[-1].detail if log else {}
    if "ends" in last:
        return datetime.fromisoformat(last["ends"])
    if "ended" not in last:
        return held.ends_at
    now = (await Entitlement.get(id=held.id)).ends_at
    return now if now and now <= zones.now() else None


async def test_two_extensions_at_once_both_count(cast: Cast) -> None:
    held = await entitled(await issue(cast.ada, cast.month))
    before = await last_day(held)
    assert before
    await asyncio.gather(*(extensions.extend(cast.ada, held.id, 1) for _ in range(20)))
    assert await last_day(held) == before + timedelta(days=20)


async def test_activating_while_access_is_extended_leaves_no_overlap_and_no_gap(
    cast: Cast,
) -> None:
    issued = await issue(cast.ada, cast.month, 20)
    for place in range(0, 20, 2):
        holder = {"email": f"holder{place}@example.org"}
        first = await entitled(issued, place, **holder)
        _, answer = await asyncio.gather(
            redeem(issued.texts[place + 1], **holder),
            extensions.extend(cast.ada, first.id, 30),
            return_exceptions=True,
        )
        assert isinstance(answer, date | Conflict)
        second = await Entitlement.filter(person_id=first.person_id).order_by("-id").first()
        assert second
        assert second.starts_at == (await Entitlement.get(id=first.id)).ends_at
