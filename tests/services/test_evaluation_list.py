"""The list of evaluations, and one of them in full."""

import pytest

from models import Activation, Batch, Code, Evaluation
from models.enums import CodeKind, EvaluationState, Status, StepState
from services import (
    code_alphabet,
    evaluation_detail,
    evaluation_list,
    evidence,
    outcomes,
    reopening,
)
from services.errors import NotFound
from services.evaluation_list import EvaluationFilter
from services.paging import Slice
from tests.cast import Cast
from tests.certification import certification
from tests.evaluating import begin, pass_all, step

EVERY = EvaluationFilter()


async def test_the_list_says_where_each_stands(cast: Cast) -> None:
    made = await certification()
    first, second, third = [await begin(cast.eve, made, product=f"P{n}") for n in range(3)]
    await outcomes.decide(cast.eve, (await step(first, 1)).id, passed=True, note="")
    await outcomes.decide(cast.eve, (await step(second, 1)).id, passed=False, note="No")
    await pass_all(cast.eve, third)
    page = await evaluation_list.page(cast.eve, EVERY, Slice())
    told = [(e.product, e.state, e.step, e.step_state, e.passed, e.steps) for e in page.rows]
    assert told == [
        ("P2", EvaluationState.CERTIFIED, None, None, 3, 3),
        ("P1", EvaluationState.FAILED, "Self Assessment", StepState.FAILED, 0, 3),
        ("P0", EvaluationState.OPEN, "Lab Assessment", StepState.PAYMENT, 1, 3),
    ]
    assert page.total == 3
    assert {e.started_by for e in page.rows} == {"Eve Evaluator"}
    assert await evaluation_list.count_open(cast.eve) == 1
    assert await evaluation_list.newest(cast.eve) == third.id
    assert await evaluation_list.product(cast.eve, first.id) == "P0"


async def test_the_list_is_filtered_searched_sorted_and_paged(cast: Cast) -> None:
    ral, cellular = await certification(), await certification("EN18031 - Cellular")
    await begin(cast.eve, ral, product="Doorbell 100 %", model="A_1")
    await begin(cast.eve, cellular, product="Camera", model="Z", version="9.9")
    certified = await pass_all(cast.eve, await begin(cast.eve, ral, product="Lock"))

    async def products(wanted: EvaluationFilter = EVERY, **part: object) -> list[str]:
        page = await evaluation_list.page(cast.eve, wanted, Slice(**part))  # type: ignore[arg-type]
        return [each.product for each in page.rows]

    assert await products() == ["Lock", "Camera", "Doorbell 100 %"]
    assert await products(sort="product", descending=False) == ["Camera", "Doorbell 100 %", "Lock"]
    assert await products(sort="id; DROP TABLE step") == await products()
    assert await products(rows=2, number=2) == ["Doorbell 100 %"]
    assert await products(EvaluationFilter(scheme_id=cellular.scheme.id)) == ["Camera"]
    assert await products(EvaluationFilter(state=EvaluationState.CERTIFIED)) == ["Lock"]
    for text, found in (
        ("doorbell", ["Doorbell 100 %"]),
        ("%", ["Doorbell 100 %"]),
        ("_", ["Doorbell 100 %"]),
        ("9.9", ["Camera"]),
        ("'", []),
        ("\x00", ["Lock", "Camera", "Doorbell 100 %"]),
        (code_alphabet.display(certified.certificate or ""), ["Lock"]),
        ((certified.certificate or "")[:15], []),
    ):
        assert await products(EvaluationFilter(search=text)) == found, text
    names = [scheme.name for scheme in await evaluation_list.schemes(cast.eve)]
    assert names == ["EN18031 - Cellular", "EN18031 - RAL"]


async def test_evaluations_of_others_are_in_no_list(cast: Cast) -> None:
    made = await certification()
    theirs = await begin(cast.ada, made)
    assert (await evaluation_list.page(cast.eve, EVERY, Slice())).total == 0
    assert await evaluation_list.some(cast.eve, (theirs.id,)) == []
    assert await evaluation_list.product(cast.eve, theirs.id) is None
    assert await evaluation_list.schemes(cast.eve) == []
    assert await evaluation_list.count_open(cast.eve) == 0
    for nobody in (cast.sam, cast.mallory):
        for attempt in (
            evaluation_list.page(nobody, EVERY, Slice()),
            evaluation_list.some(nobody, (theirs.id,)),
            evaluation_list.count_open(nobody),
            evaluation_list.schemes(nobody),
            evaluation_detail.read(nobody, theirs.id),
        ):
            with pytest.raises(NotFound):
                await attempt
    with pytest.raises(NotFound):
        await evaluation_detail.read(cast.eve, theirs.id)


async def test_the_whole_evaluation_tells_what_was_done_in_each_step(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await evidence.add_note(cast.eve, first.id, "Looks well")
    await evidence.add_file(cast.ada_at_acme, first.id, "report.pdf", b"x" * 10)
    await outcomes.decide(cast.eve, first.id, passed=False, note="The seal is broken.")
    await reopening.reopen(cast.ada_at_acme, evaluation.id, "Another seal")
    detail = await evaluation_detail.read(cast.eve, evaluation.id)
    assert (detail.product, detail.scheme, detail.started_by) == (
        "Doorbell X2",
        "EN18031 - RAL",
        "Eve Evaluator",
    )
    here = detail.steps[0]
    assert [(e.text, e.size, e.added_by, e.may_remove) for e in here.evidence] == [
        ("Looks well", None, "Eve Evaluator", True),
        ("report.pdf", 10, "Ada Admin", False),
    ]
    assert here.files == 1
    [again] = here.reopened
    assert (again.failed_by, again.note) == ("Eve Evaluator", "The seal is broken.")
    assert (again.by, again.reason) == ("Ada Admin", "Another seal")
    assert detail.steps[1].action == "EN18031 - RAL - Lab Assessment"
    await outcomes.decide(cast.eve, first.id, passed=True, note="")
    done = (await evaluation_detail.read(cast.ada_at_acme, evaluation.id)).steps[0]
    assert not any(each.may_remove for each in done.evidence)


async def test_only_an_admin_may_reopen_and_only_what_failed(cast: Cast) -> None:
    evaluation = await begin(cast.eve)
    assert not (await evaluation_detail.read(cast.ada_at_acme, evaluation.id)).may_reopen
    await outcomes.decide(cast.eve, (await step(evaluation, 1)).id, passed=False, note="No")
    assert (await evaluation_detail.read(cast.ada_at_acme, evaluation.id)).may_reopen
    assert not (await evaluation_detail.read(cast.eve, evaluation.id)).may_reopen


async def test_the_payment_that_stands_is_shown_by_the_end_of_its_code(cast: Cast) -> None:
    evaluation: Evaluation = await begin(cast.eve)
    lab = await step(evaluation, 2)
    batch = await Batch.create(
        workspace_id=cast.acme.id,
        kind=CodeKind.PURCHASE,
        action_id=lab.action_id,
        requested_by_id=cast.ada_at_acme.person_id,
        idempotency_key="k",
        quantity=1,
    )
    code = await Code.create(
        workspace_id=cast.acme.id,
        batch_id=batch.id,
        ordinal=1,
        digest=b"d",
        sealed=b"s",
        ending="7KQM",
        status=Status.ACTIVATED,
    )
    await Activation.create(
        workspace_id=cast.acme.id, code_id=code.id, person_id=cast.eve.person_id, step_id=lab.id
    )
    paid = (await evaluation_detail.read(cast.eve, evaluation.id)).steps[1].paid
    assert paid and (paid.masked, paid.by) == ("••••-••••-••••-7KQM", "Eve Evaluator")
