"""What becomes of a step, decided once, whoever presses at the same moment."""

import asyncio

import pytest

from models import AuditEntry, Evaluation, Reopening, Step
from models.enums import AuditAction, StepState
from services import code_alphabet, outcomes
from services.errors import Conflict, Invalid, NotFound
from tests.cast import Cast, entries, every_row
from tests.evaluating import begin, pass_all, pay, states, step


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


async def test_an_admin_reopens_a_failure_and_both_facts_stay(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await outcomes.decide(cast.eve, first.id, passed=False, note="The seal is broken.")
    await outcomes.reopen(cast.ada_at_acme, evaluation.id, "It was another seal, says Eve")
    again = await Evaluation.get(id=evaluation.id)
    assert (again.state, again.ended_at) == ("OPEN", None)
    assert await states(evaluation) == ["WORK", "WAITING", "WAITING"]
    kept = await Reopening.get()
    assert (kept.failed_by_id, kept.failed_note) == (cast.eve.person_id, "The seal is broken.")
    assert (kept.reopened_by_id, kept.reason) == (
        cast.ada_at_acme.person_id,
        "It was another seal, says Eve",
    )
    [entry] = await entries(AuditAction.REOPEN)
    assert (entry.resource, entry.target_id) == ("EVALUATION", evaluation.id)
    assert entry.detail == {"step": first.id, "reason": True}
    assert (await pass_all(cast.eve, evaluation)).state == "CERTIFIED"


async def test_what_has_not_failed_is_not_reopened(cast: Cast) -> None:
    running = await begin(cast.eve)
    with pytest.raises(Conflict, match="has not failed"):
        await outcomes.reopen(cast.ada_at_acme, running.id, "Because")
    await outcomes.decide(cast.eve, (await step(running, 1)).id, passed=False, note="No")
    with pytest.raises(Invalid) as wrong:
        await outcomes.reopen(cast.ada_at_acme, running.id, "")
    assert wrong.value.fields == {"reason": "Enter a reason."}
    answers = await asyncio.gather(
        *(outcomes.reopen(cast.ada_at_acme, running.id, f"{n}") for n in range(10)),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) == 1
    assert await Reopening.all().count() == 1


async def test_who_may_not_decides_and_reopens_nothing(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    for stranger in (cast.sam, cast.mallory, cast.ada):
        with pytest.raises(NotFound):
            await outcomes.decide(stranger, first.id, passed=True, note="")
    await outcomes.decide(cast.eve, first.id, passed=False, note="No")
    before = await every_row()
    for stranger in (cast.eve, cast.sam, cast.mallory, cast.ada):  # an evaluator neither
        with pytest.raises(NotFound):
            await outcomes.reopen(stranger, evaluation.id, "Because")
    assert await every_row() == before


async def test_the_log_holds_no_note_and_no_reason(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    await outcomes.decide(cast.eve, (await step(evaluation, 1)).id, passed=False, note="SECRET A")
    await outcomes.reopen(cast.ada_at_acme, evaluation.id, "SECRET B")
    await pay(evaluation)
    assert "SECRET" not in str(await AuditEntry.all().values())
