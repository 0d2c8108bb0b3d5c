"""Schemes and their actions: made, edited, put in order, archived, never lost."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from models import Action, AuditEntry, Scheme
from models.enums import AuditAction
from services import scheme_choices, scheme_list, schemes, signals
from services.actor import Actor
from services.errors import Conflict, Invalid, NotFound
from services.scheme_list import SchemeView
from services.signals import Changed, Topic
from tests.cast import Cast, entries, every_row
from tests.certification import Certification, certification, granted
from tests.hearing import but_the_log


@pytest.fixture
async def ral(cast: Cast) -> Certification:
    return await certification()


async def shown(cast: Cast, *, archived: bool = False) -> dict[str, SchemeView]:
    found = await scheme_list.schemes(cast.olga, archived=archived)
    return {scheme.name: scheme for scheme in found}


async def order(made: Certification) -> list[tuple[int, str]]:
    """Positions and names as they are stored."""
    rows = await Action.filter(scheme_id=made.scheme.id).order_by("position")
    return [(row.position, row.name) for row in rows]


async def test_a_scheme_and_its_actions_are_shown_in_order(cast: Cast) -> None:
    scheme = await schemes.create(cast.olga, "EN18031 - RAL")
    for name, needs_payment in (("Self Assessment", False), ("Lab Assessment", True)):
        await schemes.add_action(cast.olga, scheme.id, name=name, needs_payment=needs_payment)
    [one, two] = (await shown(cast))["EN18031 - RAL"].actions
    assert (one.title, one.needs_payment) == ("EN18031 - RAL - Self Assessment", False)
    assert (two.title, two.needs_payment) == ("EN18031 - RAL - Lab Assessment", True)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "\ud800"])
async def test_a_name_that_is_none_is_refused_next_to_its_field(
    cast: Cast, ral: Certification, name: str
) -> None:
    before = await every_row()
    for attempt in (
        schemes.create(cast.olga, name),
        schemes.rename(cast.olga, ral.scheme.id, name),
        schemes.add_action(cast.olga, ral.scheme.id, name=name, needs_payment=True),
        schemes.change_action(cast.olga, ral.lab.id, name=name, needs_payment=True),
    ):
        with pytest.raises(Invalid) as wrong:
            await attempt
        assert set(wrong.value.fields) == {"name"}
    assert await every_row() == before


async def test_a_name_is_given_once(cast: Cast, ral: Certification) -> None:
    other = await certification("EN18031 - Cellular")
    for attempt in (
        schemes.create(cast.olga, "EN18031 - RAL"),
        schemes.rename(cast.olga, other.scheme.id, "EN18031 - RAL"),
        schemes.add_action(cast.olga, ral.scheme.id, name=" Lab  Assessment ", needs_payment=False),
        schemes.change_action(cast.olga, ral.lab.id, name="Certification", needs_payment=True),
    ):
        with pytest.raises(Invalid, match="exists already"):
            await attempt


async def test_two_owners_who_make_the_same_scheme_make_it_once(cast: Cast) -> None:
    tries = (schemes.create(cast.olga, "ETSI EN 303 645") for _ in range(5))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Invalid"] * 4 + ["Scheme"]
    assert await Scheme.all().count() == len(await entries(AuditAction.CREATE)) == 1


async def test_an_action_moves_up_and_down(cast: Cast, ral: Certification) -> None:
    assert await schemes.move_action(cast.olga, ral.certification.id, up=True) == 2
    assert await schemes.move_action(cast.olga, ral.self_assessment.id, up=False) == 2
    assert await order(ral) == [
        (1, "Certification"),
        (2, "Self Assessment"),
        (3, "Lab Assessment"),
    ]


async def test_the_first_action_goes_no_higher_and_the_last_no_lower(
    cast: Cast, ral: Certification
) -> None:
    before = await order(ral)
    with pytest.raises(Conflict, match=r"“Self Assessment” is the first one already."):
        await schemes.move_action(cast.olga, ral.self_assessment.id, up=True)
    with pytest.raises(Conflict, match=r"is the last one already."):
        await schemes.move_action(cast.olga, ral.certification.id, up=False)
    assert await order(ral) == before


async def test_many_moves_at_once_leave_positions_without_a_gap(
    cast: Cast, ral: Certification
) -> None:
    ids = [ral.self_assessment.id, ral.lab.id, ral.certification.id]
    moves = [schemes.move_action(cast.olga, ids[n % 3], up=n % 2 == 0) for n in range(18)]
    archiving = schemes.archive_action(cast.olga, ral.lab.id)
    adding = [
        schemes.add_action(cast.olga, ral.scheme.id, name=f"Review {n}", needs_payment=False)
        for n in range(3)
    ]
    await asyncio.gather(*moves, archiving, *adding, return_exceptions=True)
    assert [position for position, _ in await order(ral)] == [1, 2, 3, 4, 5, 6]
    assert (await order(ral))[-1] == (6, "Lab Assessment")


async def test_an_archived_action_stands_last_and_comes_back_last(
    cast: Cast, ral: Certification
) -> None:
    await schemes.archive_action(cast.olga, ral.self_assessment.id)
    assert [name for _, name in await order(ral)][-1] == "Self Assessment"
    assert "Self Assessment" not in str(await shown(cast))
    assert "Self Assessment" in str(await shown(cast, archived=True))
    with pytest.raises(Conflict, match="archived"):
        await schemes.move_action(cast.olga, ral.self_assessment.id, up=True)
    await schemes.restore_action(cast.olga, ral.self_assessment.id)
    assert await order(ral) == [
        (1, "Lab Assessment"),
        (2, "Certification"),
        (3, "Self Assessment"),
    ]


async def test_an_archived_scheme_leaves_every_choice_and_comes_back(
    cast: Cast, ral: Certification
) -> None:
    await schemes.archive(cast.olga, ral.scheme.id)
    assert await shown(cast) == {}
    assert await scheme_choices.open_schemes(cast.ada) == []
    assert await scheme_choices.purchasable_actions(cast.ada) == []
    with pytest.raises(Conflict, match="archived"):
        await schemes.add_action(cast.olga, ral.scheme.id, name="Review", needs_payment=False)
    await schemes.restore(cast.olga, ral.scheme.id)
    assert [scheme.name for scheme in await scheme_choices.open_schemes(cast.ada)] == [
        "EN18031 - RAL"
    ]


async def test_what_is_archived_is_archived_once(cast: Cast, ral: Certification) -> None:
    for attempt in (
        lambda: schemes.archive(cast.olga, ral.scheme.id),
        lambda: schemes.archive_action(cast.olga, ral.lab.id),
    ):
        done = await asyncio.gather(attempt(), attempt(), return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["Conflict", "NoneType"]
    assert len(await entries(AuditAction.ARCHIVE)) == 2


async def test_only_paid_actions_in_use_can_be_purchased(cast: Cast, ral: Certification) -> None:
    await certification("EN18031 - Cellular")
    await schemes.archive_action(cast.olga, ral.certification.id)
    assert [action.name for action in await scheme_choices.purchasable_actions(cast.ada)] == [
        "EN18031 - Cellular - Lab Assessment",
        "EN18031 - Cellular - Certification",
        "EN18031 - RAL - Lab Assessment",
    ]


async def test_an_evaluation_begins_with_schemes_that_have_a_step(
    cast: Cast, ral: Certification
) -> None:
    await schemes.create(cast.olga, "Empty so far")
    await schemes.archive_action(cast.olga, ral.lab.id)
    [scheme] = await scheme_choices.open_schemes(cast.eve)
    assert [action.name for action in scheme.actions] == ["Self Assessment", "Certification"]


async def test_an_action_that_agreements_grant_does_not_become_free(
    cast: Cast, ral: Certification
) -> None:
    await granted(cast.northwind, ral.lab)
    [_, lab, _] = (await shown(cast))["EN18031 - RAL"].actions
    assert lab.agreements == 1
    with pytest.raises(Invalid) as wrong:
        await schemes.change_action(cast.olga, ral.lab.id, name="Laboratory", needs_payment=False)
    assert set(wrong.value.fields) == {"needs_payment"}
    await schemes.change_action(cast.olga, ral.lab.id, name="Laboratory", needs_payment=True)
    await schemes.change_action(
        cast.olga, ral.certification.id, name="Certification", needs_payment=False
    )
    assert [row.needs_payment for row in await Action.all().order_by("position")] == [
        False,
        True,
        False,
    ]


Act = Callable[[Actor, Certification], Awaitable[object]]
COMMANDS: dict[str, Act] = {
    "make": lambda who, made: schemes.create(who, "ETSI EN 303 645"),
    "rename": lambda who, made: schemes.rename(who, made.scheme.id, "RAL"),
    "archive": lambda who, made: schemes.archive(who, made.scheme.id),
    "add an action": lambda who, made: schemes.add_action(
        who, made.scheme.id, name="Review", needs_payment=True
    ),
    "change an action": lambda who, made: schemes.change_action(
        who, made.lab.id, name="Laboratory", needs_payment=True
    ),
    "move an action": lambda who, made: schemes.move_action(who, made.lab.id, up=True),
    "archive an action": lambda who, made: schemes.archive_action(who, made.lab.id),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_schemes_are_the_owners_alone(cast: Cast, ral: Certification, command: str) -> None:
    before = await every_row()
    for who in (cast.ada, cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await COMMANDS[command](who, ral)
    assert await every_row() == before
    await COMMANDS[command](cast.olga, ral)
    assert await AuditEntry.all().count() == 1


@pytest.mark.parametrize("restore", [schemes.restore, schemes.restore_action])
async def test_only_the_owner_restores(
    cast: Cast, ral: Certification, restore: Callable[[Actor, int], Awaitable[None]]
) -> None:
    await schemes.archive_action(cast.olga, ral.lab.id)
    await schemes.archive(cast.olga, ral.scheme.id)
    target = ral.scheme.id if restore is schemes.restore else ral.lab.id
    for who in (cast.ada, cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await restore(who, target)
    await restore(cast.olga, target)


async def test_lists_of_schemes_are_for_those_who_need_them(cast: Cast, ral: Certification) -> None:
    for who in (cast.ada, cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await scheme_list.schemes(who)
    for who in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await scheme_choices.purchasable_actions(who)
    for who in (cast.sam, cast.mallory):
        with pytest.raises(NotFound):
            await scheme_choices.open_schemes(who)


@pytest.mark.parametrize("target", [0, -1, 10**12, 2**63])
async def test_what_is_not_there_is_not_found(cast: Cast, ral: Certification, target: int) -> None:
    before = await every_row()
    for attempt in (
        schemes.rename(cast.olga, target, "Name"),
        schemes.archive(cast.olga, target),
        schemes.restore(cast.olga, target),
        schemes.add_action(cast.olga, target, name="Review", needs_payment=True),
        schemes.change_action(cast.olga, target, name="Review", needs_payment=True),
        schemes.move_action(cast.olga, target, up=True),
        schemes.archive_action(cast.olga, target),
        schemes.restore_action(cast.olga, target),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await every_row() == before


async def test_each_change_is_recorded_and_told_once(cast: Cast, ral: Certification) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    await schemes.rename(cast.olga, ral.scheme.id, "RAL")
    await schemes.move_action(cast.olga, ral.lab.id, up=True)
    with pytest.raises(Conflict):
        await schemes.move_action(cast.olga, ral.lab.id, up=True)
    stop()
    assert heard == [Changed(None, Topic.SCHEMES, (ral.scheme.id,))] * 2
    [renamed, moved] = await entries(AuditAction.UPDATE)
    assert (renamed.resource, renamed.target_id, renamed.detail) == ("SCHEME", ral.scheme.id, {})
    assert (moved.resource, moved.target_id) == ("ACTION", ral.lab.id)
    assert moved.detail == {"scheme": ral.scheme.id, "position": 1}
