"""People who pay at the same moment: one code, one step, one use."""

import asyncio

import pytest

from models import Activation, Agreement, Batch, Code, Step
from models.enums import AuditAction, RefusalReason, Status, StepState
from services import payments
from services.answers import Paid, Refused
from services.errors import Conflict
from tests.cast import Cast, entries
from tests.paying import Scene, evaluated, pay, purchased, state_of


@pytest.mark.usefixtures("many_tries")
async def test_of_two_hundred_tries_with_one_code_on_two_steps_one_step_is_paid(
    cast: Cast, scene: Scene
) -> None:
    other = (await evaluated(cast.eve, scene.made, workspace=cast.acme))[1]
    people, steps = (cast.eve, cast.ada_at_acme), (scene.lab, other)
    answers = await asyncio.gather(
        *(pay(people[n % 2], steps[n // 2 % 2], scene.text) for n in range(200)),
        return_exceptions=True,
    )
    won = [answer for answer in answers if isinstance(answer, Paid)]
    assert len(won) == 50 and len(set(won)) == 1  # one person's presses, all the same payment
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(errors) == 50 and all(isinstance(error, Conflict) for error in errors)
    reasons = {answer.reason for answer in answers if isinstance(answer, Refused)}
    assert reasons == {RefusalReason.ALREADY_ACTIVATED}
    states = [await state_of(step) for step in steps]
    assert sorted(states) == [StepState.PAYMENT, StepState.WORK]
    assert await Activation.all().count() == len(await entries(AuditAction.ACTIVATE)) == 1
    batch = await Batch.get(id=scene.issued.batch.id)
    assert (batch.ready, batch.activated) == (2, 1)
    assert (await Agreement.get(id=scene.agreement.id)).activated == 1


@pytest.mark.usefixtures("many_tries")
async def test_many_codes_on_one_step_use_up_one_of_them(cast: Cast, scene: Scene) -> None:
    issued = await purchased(cast.ada_at_acme, cast.acme, scene.made.lab, 20)
    people = (cast.eve, cast.ada_at_acme)
    answers = await asyncio.gather(
        *(pay(people[n % 2], scene.lab, text) for n, text in enumerate(issued.texts)),
        return_exceptions=True,
    )
    assert len([answer for answer in answers if isinstance(answer, Paid)]) == 1
    assert len([answer for answer in answers if isinstance(answer, Conflict)]) == 19
    assert await Code.filter(batch_id=issued.batch.id, status=Status.READY).count() == 19
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.activated) == (19, 1)


@pytest.mark.usefixtures("many_tries")
async def test_a_code_that_cannot_pay_its_step_is_free_for_another_at_the_same_moment(
    cast: Cast, scene: Scene
) -> None:
    certifying = (await purchased(cast.ada_at_acme, cast.acme, scene.made.certification)).texts[0]
    other = await evaluated(cast.eve, scene.made, workspace=cast.acme)
    await Step.filter(id=other[2].id).update(state=StepState.PAYMENT)
    waiting, payable = scene.steps[2], other[2]
    answers = await asyncio.gather(
        pay(cast.eve, waiting, certifying),
        pay(cast.ada_at_acme, payable, certifying),
        return_exceptions=True,
    )
    assert isinstance(answers[0], Conflict) and isinstance(answers[1], Paid)


@pytest.mark.usefixtures("many_tries")
async def test_paying_and_undoing_at_once_leaves_everything_true(cast: Cast, scene: Scene) -> None:
    for _ in range(12):
        answers = await asyncio.gather(
            *(pay(cast.eve, scene.lab, text) for text in scene.issued.texts),
            *(payments.undo(cast.ada_at_acme, scene.lab.id, "Because") for _ in range(3)),
            return_exceptions=True,
        )
        errors = [answer for answer in answers if isinstance(answer, Exception)]
        assert all(isinstance(error, Conflict) for error in errors), errors
    standing = await Activation.filter(undone_at=None).count()
    batch = await Batch.get(id=scene.issued.batch.id)
    assert (batch.activated, batch.ready) == (standing, 3 - standing)
    assert await Code.filter(status=Status.ACTIVATED).count() == standing
    assert (await Agreement.get(id=scene.agreement.id)).activated == standing
    assert await state_of(scene.lab) is (StepState.WORK if standing else StepState.PAYMENT)
