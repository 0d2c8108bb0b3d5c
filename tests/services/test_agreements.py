"""Agreements: made, edited, ended early; refused where they could not be kept."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from models import Agreement, AuditEntry
from models.enums import AuditAction
from services import agreements, schemes, signals
from services.agreement_form import AgreementTerms
from services.errors import Conflict, Invalid, NotFound
from services.signals import Changed, Topic
from tests.cast import Cast, entries, every_row
from tests.certification import Certification, certification, granted
from tests.hearing import but_the_log

TERMS = AgreementTerms(
    quantity="20",
    valid_from=date(2026, 3, 1),
    valid_until=date(2026, 12, 31),
    reference="A-2026-03",
)


@pytest.fixture
async def ral(clock: time_machine.Traveller, cast: Cast) -> Certification:
    return await certification()


async def make(cast: Cast, ral: Certification, **other: Any) -> Agreement:
    terms = replace(TERMS, **other)
    return await agreements.create(cast.olga, cast.northwind.id, ral.lab.id, terms)


async def wrong(attempt: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        await attempt
    return refused.value.fields


async def test_days_are_those_of_the_workspace_and_the_last_one_counts(
    cast: Cast, ral: Certification
) -> None:
    berlin = await make(cast, ral, codes_until=date(2027, 1, 31))
    new_york = await agreements.create(cast.olga, cast.acme.id, ral.lab.id, TERMS)
    assert berlin.starts_at == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert berlin.ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert berlin.codes_until == datetime(2027, 1, 31, 23, tzinfo=UTC)
    assert new_york.starts_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert new_york.ends_at == datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert new_york.codes_until is None


async def test_what_was_entered_is_kept(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral, reference=" <b>A</b>  7 ", note="Signed by both.", quantity=" 5 ")
    row = await Agreement.get(id=made.id)
    assert (row.reference, row.note, row.quantity) == ("<b>A</b> 7", "Signed by both.", 5)
    assert (row.issued, row.returned, row.activated, row.revision) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("quantity", typed)
            for typed in ("", "0", "-1", "1.5", "ten", "1000001", "９", "9" * 30)
        ),
        *(("reference", typed) for typed in ("", "  ", "x" * 61, "a\x00b")),
        ("note", "x" * 501),
        ("valid_from", None),
        ("valid_from", date(1999, 12, 31)),
        ("valid_until", None),
        ("valid_until", date(2026, 2, 28)),
        ("valid_until", date(2200, 1, 1)),
        ("codes_until", date(2026, 12, 30)),
    ],
)
async def test_what_cannot_be_taken_is_refused_next_to_its_field(
    cast: Cast, ral: Certification, field: str, value: object
) -> None:
    before = await every_row()
    assert set(await wrong(make(cast, ral, **{field: value}))) == {field}
    there = await granted(cast.northwind, ral.certification)
    attempt = agreements.change(cast.olga, there.id, replace(TERMS, **{field: value}), revision=1)
    assert set(await wrong(attempt)) == {field}
    await Agreement.filter(id=there.id).delete()
    assert await every_row() == before


async def test_an_agreement_of_yesterday_is_refused(
    clock: time_machine.Traveller, cast: Cast, ral: Certification
) -> None:
    clock.move_to(datetime(2026, 3, 10, 22, 59, tzinfo=UTC))  # a minute before midnight in Berlin
    assert set(await wrong(make(cast, ral, valid_until=date(2026, 3, 9)))) == {"valid_until"}
    await make(cast, ral, valid_until=date(2026, 3, 10), reference="ends in a minute")
    clock.move_to(datetime(2026, 3, 10, 23, tzinfo=UTC))
    assert set(await wrong(make(cast, ral, valid_until=date(2026, 3, 10)))) == {"valid_until"}
    # in New York it is still the tenth
    last_day = replace(TERMS, valid_until=date(2026, 3, 10))
    await agreements.create(cast.olga, cast.acme.id, ral.lab.id, last_day)


async def test_it_grants_a_paid_action_in_use_to_a_workspace_there_is(
    cast: Cast, ral: Certification
) -> None:
    for workspace in (None, 0, 10**12, 2**63):
        attempt = agreements.create(cast.olga, workspace, ral.lab.id, TERMS)
        assert set(await wrong(attempt)) == {"workspace"}
    await schemes.archive_action(cast.olga, ral.certification.id)
    for action in (None, 0, 10**12, ral.self_assessment.id, ral.certification.id):
        attempt = agreements.create(cast.olga, cast.northwind.id, action, TERMS)
        assert set(await wrong(attempt)) == {"action"}
    await schemes.archive(cast.olga, ral.scheme.id)
    attempt = agreements.create(cast.olga, cast.northwind.id, ral.lab.id, TERMS)
    assert "archived" in (await wrong(attempt))["action"]


async def test_two_agreements_stand_side_by_side(cast: Cast, ral: Certification) -> None:
    first, second = await make(cast, ral), await make(cast, ral, reference="A-2026-04")
    assert (first.starts_at, first.action_id) == (second.starts_at, second.action_id)
    await agreements.create(cast.olga, cast.northwind.id, ral.certification.id, TERMS)
    await agreements.create(cast.olga, cast.acme.id, ral.lab.id, TERMS)
    assert await Agreement.all().count() == 4


async def test_a_reference_is_given_once_for_a_workspace_and_action(
    cast: Cast, ral: Certification
) -> None:
    done = await asyncio.gather(*(make(cast, ral) for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Agreement"] + ["Invalid"] * 3
    other = await make(cast, ral, reference="A-2026-04")
    attempt = agreements.change(cast.olga, other.id, TERMS, revision=1)
    assert set(await wrong(attempt)) == {"reference"}


async def test_an_edit_gives_new_terms(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral)
    terms = replace(TERMS, quantity="30", valid_until=date(2027, 6, 30), note="Extended")
    await agreements.change(cast.olga, made.id, terms, revision=1)
    row = await Agreement.get(id=made.id)
    assert (row.quantity, row.note, row.revision) == (30, "Extended", 2)
    assert row.ends_at == datetime(2027, 6, 30, 22, tzinfo=UTC)


async def test_a_quantity_below_what_is_issued_is_refused(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral)
    await Agreement.filter(id=made.id).update(issued=15, returned=3)
    attempt = agreements.change(cast.olga, made.id, replace(TERMS, quantity="11"), revision=1)
    assert await wrong(attempt) == {"quantity": "12 are issued already. Enter 12 or more."}
    await agreements.change(cast.olga, made.id, replace(TERMS, quantity="12"), revision=1)
    assert (await Agreement.get(id=made.id)).quantity == 12


async def test_of_two_edits_of_the_same_agreement_one_is_told_to_look_again(
    cast: Cast, ral: Certification
) -> None:
    made = await make(cast, ral)
    edits = [
        agreements.change(cast.olga, made.id, replace(TERMS, quantity=f"{n}"), revision=1)
        for n in range(30, 36)
    ]
    done = await asyncio.gather(*edits, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Conflict"] * 5 + ["NoneType"]
    winner = next(n for n, each in enumerate(done) if each is None)
    assert (await Agreement.get(id=made.id)).quantity == 30 + winner
    assert len(await entries(AuditAction.UPDATE)) == 1


async def test_what_is_issued_meanwhile_stands_in_no_edits_way(
    cast: Cast, ral: Certification
) -> None:
    made = await make(cast, ral)
    await Agreement.filter(id=made.id).update(issued=7, activated=2)
    await agreements.change(cast.olga, made.id, replace(TERMS, note="Renamed"), revision=1)
    row = await Agreement.get(id=made.id)
    assert (row.issued, row.activated, row.note) == (7, 2, "Renamed")


async def test_another_end_is_told_again(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral)
    await Agreement.filter(id=made.id).update(ending_told_at=made.created_at)
    await agreements.change(cast.olga, made.id, replace(TERMS, note="Same end"), revision=1)
    assert (await Agreement.get(id=made.id)).ending_told_at is not None
    longer = replace(TERMS, valid_until=date(2027, 1, 1))
    await agreements.change(cast.olga, made.id, longer, revision=2)
    assert (await Agreement.get(id=made.id)).ending_told_at is None


async def test_it_is_ended_early_at_once_and_once(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral)
    done = await asyncio.gather(
        *(agreements.end(cast.olga, made.id) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "Conflict", "NoneType"]
    assert (await Agreement.get(id=made.id)).ends_at == datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert len(await entries(AuditAction.UPDATE)) == 1


async def test_an_agreement_that_has_not_begun_is_ended_too(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral, valid_from=date(2026, 6, 1))
    await agreements.end(cast.olga, made.id)
    row = await Agreement.get(id=made.id)
    assert row.starts_at == row.ends_at == datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_an_edit_leaves_ended_what_was_ended_early(
    clock: time_machine.Traveller, cast: Cast, ral: Certification
) -> None:
    made = await make(cast, ral)
    await agreements.end(cast.olga, made.id)
    today = replace(TERMS, valid_until=date(2026, 3, 10), note="Ended by agreement of both.")
    await agreements.change(cast.olga, made.id, today, revision=2)
    row = await Agreement.get(id=made.id)
    assert (row.ends_at, row.note) == (datetime(2026, 3, 10, 12, tzinfo=UTC), today.note)
    clock.shift(timedelta(days=5))
    await agreements.change(cast.olga, made.id, replace(today, note="Later"), revision=3)
    assert (await Agreement.get(id=made.id)).note == "Later"


async def test_agreements_are_written_by_the_owner_alone(cast: Cast, ral: Certification) -> None:
    made = await make(cast, ral)
    before = await every_row()
    other = replace(TERMS, reference="Mine")
    for who in (cast.ada, cast.ada_at_acme, cast.sam, cast.eve, cast.mallory):
        for attempt in (
            agreements.create(who, cast.northwind.id, ral.lab.id, other),
            agreements.change(who, made.id, other, revision=1),
            agreements.end(who, made.id),
        ):
            with pytest.raises(NotFound):
                await attempt
    assert await every_row() == before


@pytest.mark.parametrize("target", [0, -1, 10**12, 2**63])
async def test_an_agreement_that_is_not_there_is_not_found(
    cast: Cast, ral: Certification, target: int
) -> None:
    for attempt in (
        agreements.change(cast.olga, target, TERMS, revision=1),
        agreements.end(cast.olga, target),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_each_change_is_recorded_in_its_workspace_and_told_once(
    cast: Cast, ral: Certification
) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    made = await agreements.create(cast.olga, cast.acme.id, ral.lab.id, TERMS)
    with pytest.raises(Conflict):
        await agreements.change(cast.olga, made.id, TERMS, revision=9)
    await agreements.end(cast.olga, made.id)
    stop()
    assert heard == [Changed(cast.acme.id, Topic.AGREEMENTS, (made.id,))] * 2
    created, ended = await AuditEntry.all().order_by("id")
    assert {created.workspace_id, ended.workspace_id} == {cast.acme.id}
    assert created.detail == {"granted": 20, "purchased_action": ral.lab.id}
    assert ended.detail == {"ends": "2026-03-10T12:00:00+00:00", "early": True}
    assert "A-2026-03" not in str([created.detail, ended.detail])
