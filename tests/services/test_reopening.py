"""A failure taken back by an admin: both facts stay."""

import asyncio

import pytest

from models import AuditEntry, Evaluation, Reopening
from models.enums import AuditAction
from services import outcomes, reopening
from services.errors import Conflict, Invalid, NotFound
from tests.cast import Cast, entries, every_row
from tests.evaluating import begin, pass_all, pay, states, step


async def test_an_admin_reopens_a_failure_and_both_facts_stay(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await outcomes.decide(cast.eve, first.id, passed=False, note="The seal is broken.")
    await reopening.reopen(cast.ada_at_acme, evaluation.id, "It was another seal, says Eve")
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
        await reopening.reopen(cast.ada_at_acme, running.id, "Because")
    await outcomes.decide(cast.eve, (await step(running, 1)).id, passed=False, note="No")
    with pytest.raises(Invalid) as wrong:
        await reopening.reopen(cast.ada_at_acme, running.id, "")
    assert wrong.value.fields == {"reason": "Enter a reason."}
    answers = await asyncio.gather(
        *(reopening.reopen(cast.ada_at_acme, running.id, f"{n}") for n in range(10)),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) == 1
    assert await Reopening.all().count() == 1


async def test_who_may_not_reopens_nothing(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await outcomes.decide(cast.eve, first.id, passed=False, note="No")
    before = await every_row()
    for stranger in (cast.eve, cast.sam, cast.mallory, cast.ada):  # an evaluator neither
        with pytest.raises(NotFound):
            await reopening.reopen(stranger, evaluation.id, "Because")
    assert await every_row() == before


async def test_the_log_holds_no_note_and_no_reason(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    await outcomes.decide(cast.eve, (await step(evaluation, 1)).id, passed=False, note="SECRET A")
    await reopening.reopen(cast.ada_at_acme, evaluation.id, "SECRET B")
    await pay(evaluation)
    assert "SECRET" not in str(await AuditEntry.all().values())
