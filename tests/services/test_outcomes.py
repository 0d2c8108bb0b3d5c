"""What becomes of a step, decided once, whoever presses at the same moment."""

import asyncio

import pytest

from models import AuditEntry, Evaluation, Step
from models.enums import AuditAction, StepState
from services import code_alphabet, outcomes
from services.errors import Conflict, Invalid, NotFound
from tests.cast import Cast, entries, every_row
from tests.evaluating import begin, pass_all, states, step


async def test_a_passed_step_opens_the_next_with_its_payment(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await outcomes.decide(cast.eve, first.id, passed=True, note="  All well.\n\nReally. ")
    assert await states(evaluation) == ["PASSED", "PAYMENT", "WAITING"]
    decided = await step(evaluation, 1)
    assert (decided.outcome_note, decided.decided_by_id) == (
        "  All well.\n\nReally.",
        cast.eve.person_id,
    )
    assert decided.decided_at
    [entry] = await entries(AuditAction.DECIDE)
    assert (entry.resource, entry.target_id) == ("STEP", first.id)
    assert entry.detail == {"evaluation": evaluation.id, "passed": True}


async def test_the_last_step_passed_gives_a_certificate_number(cast: Cast) -> None:
    evaluation = await pass_all(cast.eve, await begin(cast.eve))
    assert await states(evaluation) == ["PASSED"] * 3
    assert (evaluation.state, evaluation.ended_at is not None) == ("CERTIFIED", True)
    assert evaluation.certificate and code_alphabet.has_valid_check(evaluation.certificate)
    made = [each for each in await entries(AuditAction.CREATE) if each.resource == "CERTIFICATE"]
    assert [each.target_id for each in made] == [evaluation.id]
    log = str(await AuditEntry.all().values())
    assert evaluation.certificate not in log


async def test_a_failed_step_ends_the_evaluation(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    with pytest.raises(Invalid) as wrong:
        await outcomes.decide(cast.eve, first.id, passed=False, note=" \n ")
    assert wrong.value.fields == {"note": "Enter why it failed."}
    await outcomes.decide(cast.eve, first.id, passed=False, note="The seal is broken.")
    ended = await Evaluation.get(id=evaluation.id)
    assert (ended.state, ended.certificate, ended.ended_at is not None) == ("FAILED", None, True)
    assert await states(evaluation) == ["FAILED", "WAITING", "WAITING"]


async def test_a_step_that_is_not_open_is_not_decided(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    await outcomes.decide(cast.ada_at_acme, (await step(evaluation, 1)).id, passed=True, note="")
    before = await every_row()
    for position, sentence in (
        (1, "Ada Admin has recorded this step as passed already."),
        (2, "This step is not paid. Its work begins after that."),
        (3, "This step is not open yet."),
    ):
        with pytest.raises(Conflict) as refused:
            await outcomes.decide(
                cast.eve, (await step(evaluation, position)).id, passed=True, note=""
            )
        assert refused.value.message == sentence
    assert await every_row() == before


async def test_of_many_who_decide_at_once_one_wins_and_the_others_learn_of_whom(
    cast: Cast,
) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    tries = [
        outcomes.decide(
            cast.eve if n % 2 else cast.ada_at_acme, first.id, passed=n % 3 > 0, note=f"{n}"
        )
        for n in range(40)
    ]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(answer is None for answer in answers) == 1
    [entry] = await entries(AuditAction.DECIDE)
    decided = await Step.get(id=first.id).select_related("decided_by")
    assert decided.decided_by and decided.decided_by.id == entry.person_id
    told = f"{decided.decided_by.name} has recorded this step as {decided.state.lower()} already."
    refusals = [answer.message for answer in answers if isinstance(answer, Conflict)]
    assert refusals == [told] * 39


async def test_the_last_step_decided_at_once_gives_one_certificate(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    await Step.filter(evaluation_id=evaluation.id, position__lt=3).update(state=StepState.PASSED)
    await Step.filter(evaluation_id=evaluation.id, position=3).update(state=StepState.WORK)
    last = await step(evaluation, 3)
    await asyncio.gather(
        *(outcomes.decide(cast.eve, last.id, passed=True, note="") for _ in range(20)),
        return_exceptions=True,
    )
    made = [each for each in await entries(AuditAction.CREATE) if each.resource == "CERTIFICATE"]
    assert len(made) == 1


async def test_who_may_not_decides_nothing(cast: Cast) -> None:
    first = await step(await begin(cast.eve), 1)
    before = await every_row()
    for stranger in (cast.sam, cast.mallory, cast.ada):
        with pytest.raises(NotFound):
            await outcomes.decide(stranger, first.id, passed=True, note="")
    assert await every_row() == before
