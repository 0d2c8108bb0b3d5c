"""The ledger of agreements: what was granted, what became of it, and who may read it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Agreement
from models.enums import AgreementState
from services import agreement_list, agreements, schemes
from services.actor import Actor
from services.agreement_form import AgreementTerms
from services.agreement_list import AgreementFilter, AgreementView
from services.errors import NotFound
from services.paging import Slice
from tests.cast import Cast
from tests.certification import Certification, certification, granted


@pytest.fixture
async def ral(clock: time_machine.Traveller, cast: Cast) -> Certification:
    return await certification()


def outside(owner: Actor) -> Actor:
    """The owner as on a page of the installation: in no workspace."""
    return Actor(
        user_id=owner.user_id,
        person_id=owner.person_id,
        session_id=owner.session_id,
        name=owner.name,
        email=owner.email,
        is_owner=owner.is_owner,
    )


async def shown(who: Actor, **wanted: object) -> list[str]:
    """References, in the order of the list."""
    page = await agreement_list.page(who, AgreementFilter(**wanted), Slice())  # pyright: ignore[reportArgumentType]
    assert page.total == len(page.rows)
    return [row.reference for row in page.rows]


async def the_one(who: Actor) -> AgreementView:
    [row] = (await agreement_list.page(who, AgreementFilter(), Slice())).rows
    return row


async def test_left_is_granted_without_issued_and_with_returned(
    cast: Cast, ral: Certification
) -> None:
    made = await granted(cast.northwind, ral.lab, 20)
    await Agreement.filter(id=made.id).update(issued=15, returned=2, activated=9)
    row = await the_one(cast.ada)
    assert (row.granted, row.issued, row.returned, row.activated, row.left) == (20, 15, 2, 9, 7)
    assert (row.action, row.workspace) == ("EN18031 - RAL - Lab Assessment", "Northwind Academy")


async def test_days_are_shown_as_they_were_entered(cast: Cast, ral: Certification) -> None:
    days = date(2026, 3, 1), date(2026, 12, 31), date(2027, 1, 31)
    terms = AgreementTerms(
        quantity="1",
        valid_from=days[0],
        valid_until=days[1],
        codes_until=days[2],
        reference="A",
    )
    for workspace in (cast.northwind, cast.acme):
        await agreements.create(cast.olga, workspace.id, ral.lab.id, terms)
    rows = await agreement_list.page(outside(cast.olga), AgreementFilter(), Slice())
    assert [(row.first_day, row.last_day, row.codes_until) for row in rows.rows] == [days] * 2


async def test_the_state_comes_from_the_clock_and_from_what_is_left(
    clock: time_machine.Traveller, cast: Cast, ral: Certification
) -> None:
    today = date(2026, 3, 10)
    terms = AgreementTerms(quantity="1", valid_from=today, valid_until=today, reference="A")
    made = await agreements.create(cast.olga, cast.northwind.id, ral.lab.id, terms)
    for moment, state in (
        (datetime(2026, 3, 9, 22, 59, 59, tzinfo=UTC), AgreementState.NOT_YET_VALID),
        (datetime(2026, 3, 9, 23, tzinfo=UTC), AgreementState.VALID),
        (datetime(2026, 3, 10, 22, 59, 59, tzinfo=UTC), AgreementState.VALID),
        (datetime(2026, 3, 10, 23, tzinfo=UTC), AgreementState.ENDED),
    ):
        clock.move_to(moment)
        assert (await the_one(cast.ada)).state is state
        assert await shown(cast.ada, state=state) == ["A"]
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    await Agreement.filter(id=made.id).update(issued=1)
    assert (await the_one(cast.ada)).state is AgreementState.USED_UP


async def test_a_filter_by_state_finds_what_shows_it(cast: Cast, ral: Certification) -> None:
    day = timedelta(days=1)
    await granted(cast.northwind, ral.lab, reference="runs")
    await granted(cast.northwind, ral.lab, reference="ended", starts=-9 * day, ends=-day)
    await granted(cast.northwind, ral.lab, reference="to come", starts=day)
    used = await granted(cast.northwind, ral.lab, 5, reference="used")
    await Agreement.filter(id=used.id).update(issued=7, returned=2)
    for state, reference in (
        (AgreementState.VALID, "runs"),
        (AgreementState.ENDED, "ended"),
        (AgreementState.NOT_YET_VALID, "to come"),
        (AgreementState.USED_UP, "used"),
    ):
        page = await agreement_list.page(cast.ada, AgreementFilter(state=state), Slice())
        assert [(row.reference, row.state) for row in page.rows] == [(reference, state)]


async def test_a_list_is_searched_by_reference_note_and_action(
    cast: Cast, ral: Certification
) -> None:
    cellular = await certification("EN18031 - Cellular")
    await granted(cast.northwind, ral.lab, reference="A-1")
    await granted(cast.northwind, ral.certification, reference="B-2")
    noted = await granted(cast.northwind, cellular.lab, reference="C-3")
    await Agreement.filter(id=noted.id).update(note="100% in advance")
    for search, found in (
        ("b-2", ["B-2"]),
        ("RAL", ["A-1", "B-2"]),
        ("lab assessment", ["A-1", "C-3"]),
        ("EN18031 - RAL - Lab Assessment", ["A-1"]),
        ("EN18031 - RAL", ["A-1", "B-2"]),
        ("100%", ["C-3"]),
        ("%", ["C-3"]),
        ("'; DROP TABLE agreement; --", []),
    ):
        assert sorted(await shown(cast.ada, search=search)) == found, search


async def test_a_page_holds_as_many_as_asked_in_the_order_asked(
    cast: Cast, ral: Certification
) -> None:
    for number in range(7):
        await granted(cast.northwind, ral.lab, 10 + number, reference=f"A-{number}")
    part = Slice(number=2, rows=3, sort="granted", descending=False)
    page = await agreement_list.page(cast.ada, AgreementFilter(), part)
    assert ([row.granted for row in page.rows], page.total) == ([13, 14, 15], 7)
    forged = Slice(rows=2, sort="note; DROP TABLE agreement")
    assert len((await agreement_list.page(cast.ada, AgreementFilter(), forged)).rows) == 2


async def test_an_admin_reads_those_of_the_workspace_alone(cast: Cast, ral: Certification) -> None:
    here = await granted(cast.northwind, ral.lab, reference="here")
    there = await granted(cast.acme, ral.lab, reference="there")
    assert await shown(cast.ada) == ["here"]
    assert await shown(cast.ada_at_acme) == ["there"]
    assert await shown(cast.ada, workspace_id=cast.acme.id) == []
    rows = await agreement_list.some(cast.ada, (here.id, there.id))
    assert [row.reference for row in rows] == ["here"]
    for who in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await agreement_list.page(who, AgreementFilter(), Slice())
        with pytest.raises(NotFound):
            await agreement_list.some(who, (here.id,))


async def test_the_owner_reads_those_of_all_workspaces(cast: Cast, ral: Certification) -> None:
    await granted(cast.northwind, ral.lab, reference="here")
    await granted(cast.acme, ral.lab, reference="there")
    assert sorted(await shown(outside(cast.olga))) == ["here", "there"]
    assert await shown(outside(cast.olga), workspace_id=cast.acme.id) == ["there"]
    assert await shown(cast.olga) == ["here"]
    with pytest.raises(NotFound):
        await agreement_list.page(outside(cast.ada), AgreementFilter(), Slice())


async def test_an_agreement_of_an_archived_action_is_marked(cast: Cast, ral: Certification) -> None:
    await granted(cast.northwind, ral.lab)
    await schemes.archive_action(cast.olga, ral.lab.id)
    assert (await the_one(cast.ada)).is_action_archived
