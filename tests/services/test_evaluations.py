"""Evaluations: begun with the steps that their scheme has at that moment, and keeping them."""

import asyncio

import pytest

from models import Action, Evaluation, Scheme, Step
from models.enums import AuditAction
from services import evaluations
from services.actor import Actor
from services.errors import Invalid, NotFound
from services.zones import now
from tests.cast import Cast, entries, every_row
from tests.certification import certification
from tests.evaluating import asked, begin, pass_all, states, step


async def test_an_evaluation_gets_the_actions_of_its_scheme_in_order(cast: Cast) -> None:
    made = await certification()
    await Action.filter(id=made.self_assessment.id).update(position=2)
    await Action.filter(id=made.lab.id).update(position=1)
    evaluation = await begin(cast.eve, made)
    steps = await Step.filter(evaluation_id=evaluation.id).order_by("position")
    assert [(each.name, each.state, each.needs_payment) for each in steps] == [
        ("Lab Assessment", "PAYMENT", True),
        ("Self Assessment", "WAITING", False),
        ("Certification", "WAITING", True),
    ]
    assert {each.scheme_name for each in steps} == {"EN18031 - RAL"}
    [entry] = await entries(AuditAction.CREATE)
    assert (entry.resource, entry.target_id) == ("EVALUATION", evaluation.id)
    assert entry.detail == {"scheme": made.scheme.id, "steps": 3}
    assert (entry.workspace_id, entry.person_id) == (cast.acme.id, cast.eve.person_id)


async def test_a_free_first_step_is_open_for_work_at_once(cast: Cast) -> None:
    assert await states(await begin(cast.eve)) == ["WORK", "WAITING", "WAITING"]


async def test_the_same_dialog_pressed_twenty_times_begins_one_evaluation(cast: Cast) -> None:
    made = await certification()
    wanted = asked(made.scheme.id, key="one dialog")
    ids = await asyncio.gather(*(evaluations.start(cast.eve, wanted) for _ in range(20)))
    assert set(ids) == {(await Evaluation.get()).id}
    assert await Step.all().count() == 3
    assert len(await entries(AuditAction.CREATE)) == 1


async def test_everything_wrong_is_told_at_its_field_at_once(cast: Cast) -> None:
    before = await every_row()
    with pytest.raises(Invalid) as wrong:
        await begin_nothing(cast.eve, product=" ", model="m" * 81, version="1\x00", scheme_id=None)
    assert wrong.value.fields == {
        "product": "Enter the product's name.",
        "model": "At most 80 characters; this has 81.",
        "version": "It holds a character that cannot be shown. Type it again.",
        "scheme_id": "Choose a scheme.",
    }
    assert await every_row() == before


async def begin_nothing(actor: Actor, **entered: object) -> None:
    await evaluations.start(actor, asked(None, **entered))


@pytest.mark.parametrize("scheme_id", [0, -1, 999, 2**63, 10**30])
async def test_a_scheme_that_does_not_exist_is_refused_at_its_field(
    cast: Cast, scheme_id: int
) -> None:
    with pytest.raises(Invalid) as wrong:
        await begin_nothing(cast.eve, scheme_id=scheme_id)
    assert wrong.value.fields == {"scheme_id": "Choose a scheme."}


async def test_a_scheme_archived_meanwhile_or_without_actions_is_refused(cast: Cast) -> None:
    made = await certification()
    await Scheme.filter(id=made.scheme.id).update(archived_at=now())
    empty = await Scheme.create(name="Empty")
    for scheme, sentence in (
        (made.scheme, "“EN18031 - RAL” is archived. Choose another scheme."),
        (empty, "“Empty” has no actions. Ask the owner to add them."),
    ):
        with pytest.raises(Invalid) as wrong:
            await begin_nothing(cast.eve, scheme_id=scheme.id)
        assert wrong.value.fields == {"scheme_id": sentence}
    assert not await Evaluation.exists()


async def test_an_archived_action_is_left_out_and_keeps_running_evaluations(cast: Cast) -> None:
    made = await certification()
    running = await begin(cast.eve, made)
    await Action.filter(id=made.lab.id).update(archived_at=now(), name="Renamed")
    await Scheme.filter(id=made.scheme.id).update(archived_at=now(), name="Old scheme")
    assert (await step(running, 2)).name == "Lab Assessment"
    assert (await pass_all(cast.eve, running)).state == "CERTIFIED"

    await Scheme.filter(id=made.scheme.id).update(archived_at=None)
    fresh = await begin(cast.eve, made)
    names = (
        await Step.filter(evaluation_id=fresh.id)
        .order_by("position")
        .values_list("name", "position")
    )
    assert names == [("Self Assessment", 1), ("Certification", 2)]


async def test_who_may_not_use_cyberpass_begins_and_finds_nothing(cast: Cast) -> None:
    made = await certification()
    evaluation = await begin(cast.eve, made)
    first = await step(evaluation, 1)
    for stranger in (cast.sam, cast.mallory, cast.ada):  # no right, elsewhere, another workspace
        with pytest.raises(NotFound):
            await evaluations.own(stranger, evaluation.id)
        with pytest.raises(NotFound):
            await evaluations.own_step(stranger, first.id)
    for nobody in (cast.sam, cast.mallory):
        with pytest.raises(NotFound):
            await evaluations.start(nobody, asked(made.scheme.id))
    for number in (0, -1, 2**63, 10**30):
        with pytest.raises(NotFound):
            await evaluations.own(cast.eve, number)
    assert await Evaluation.all().count() == 1


async def test_another_workspace_may_use_the_same_key(cast: Cast) -> None:
    made = await certification()
    here = await begin(cast.ada_at_acme, made, key="same")
    there = await begin(cast.ada, made, key="same")
    assert (here.workspace_id, there.workspace_id) == (cast.acme.id, cast.northwind.id)
