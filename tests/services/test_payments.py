"""A purchase code pays exactly one step of one evaluation; whatever is refused uses nothing up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import (
    Activation,
    Agreement,
    Batch,
    Budget,
    Code,
    Evaluation,
    Membership,
    Message,
    Refusal,
)
from models.enums import (
    AuditAction,
    CodeKind,
    EvaluationState,
    RefusalReason,
    Role,
    Status,
    StepState,
)
from services import code_alphabet, payments, signals
from services.answers import Refused, Use
from services.errors import Conflict, Invalid, NotFound
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Cast, entries, every_row, issue, redeem
from tests.cast import refused as refused_to_holder
from tests.conftest import Configure
from tests.paying import ADDRESS, Scene, evaluated, paid, pay, purchased, refused, state_of


async def assert_untouched(scene: Scene) -> None:
    """No code used, no step paid, every counter as it was."""
    assert await state_of(scene.lab) is StepState.PAYMENT
    assert not await Activation.exists()
    for batch in await Batch.all():
        assert batch.activated == 0
    assert (await Agreement.get(id=scene.agreement.id)).activated == 0
    assert not await entries(AuditAction.ACTIVATE)


async def test_a_payment_moves_code_step_counters_and_log_together(
    cast: Cast, scene: Scene
) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(heard.append)
    made = paid(await pay(cast.eve, scene.lab, scene.text.lower()))
    stop()
    code = await Code.get(id=scene.issued.codes[0].id).select_related("batch", "agreement")
    assert (code.status, code.batch.ready, code.batch.activated) == (Status.ACTIVATED, 2, 1)
    assert code.agreement and code.agreement.activated == 1
    assert await state_of(scene.lab) is StepState.WORK
    use = await Activation.get(id=made.activation_id)
    assert (use.code_id, use.step_id, use.person_id) == (
        code.id,
        scene.lab.id,
        cast.eve.person_id,
    )
    evaluation = scene.lab.evaluation_id
    for changed in (
        Changed(cast.acme.id, Topic.BATCHES, (code.batch_id,)),
        Changed(cast.acme.id, Topic.EVALUATIONS, (evaluation,)),
        Changed(cast.acme.id, Topic.AGREEMENTS, (scene.agreement.id,)),
    ):
        assert heard.count(changed) == 1
    [entry] = await entries(AuditAction.ACTIVATE)
    assert (entry.resource, entry.target_id, entry.workspace_id, entry.person_id) == (
        "CODE",
        code.id,
        cast.acme.id,
        cast.eve.person_id,
    )
    assert entry.detail == {
        "step": scene.lab.id,
        "evaluation": evaluation,
        "batch": code.batch_id,
        "activation": use.id,
        "agreement": scene.agreement.id,
    }
    assert not await Message.exists()


async def test_pressing_apply_twice_is_one_use(cast: Cast, scene: Scene) -> None:
    first = paid(await pay(cast.eve, scene.lab, scene.text))
    assert await pay(cast.eve, scene.lab, scene.text) == first
    assert await Activation.all().count() == 1
    assert not await Refusal.exists()


async def test_a_paid_step_says_by_whom_and_takes_no_second_code(cast: Cast, scene: Scene) -> None:
    paid(await pay(cast.eve, scene.lab, scene.text))
    for who, text in ((cast.ada_at_acme, scene.text), (cast.eve, scene.issued.texts[1])):
        with pytest.raises(Conflict, match=r"This step is paid already, by Eve Evaluator on \d"):
            await pay(who, scene.lab, text)
    assert await Code.filter(status=Status.READY).count() == 2
    assert not await Refusal.exists()


async def test_a_step_that_is_not_to_be_paid_says_why(cast: Cast, scene: Scene) -> None:
    text = (await purchased(cast.ada_at_acme, cast.acme, scene.made.certification)).texts[0]
    with pytest.raises(Conflict, match=r"This step opens after Lab Assessment\."):
        await pay(cast.eve, scene.steps[2], text)
    with pytest.raises(Conflict, match="needs no payment"):
        await pay(cast.eve, scene.steps[0], text)
    await Evaluation.all().update(state=EvaluationState.FAILED)
    with pytest.raises(Conflict, match="has ended"):
        await pay(cast.eve, scene.lab, scene.text)
    await assert_untouched(scene)
    assert not await Code.exclude(status=Status.READY).exists()


async def test_who_may_pay(cast: Cast, scene: Scene) -> None:
    sam_at_acme = replace(
        cast.sam, workspace_id=cast.acme.id, workspace_slug="acme", role=Role.SALES
    )
    for stranger in (cast.sam, cast.mallory, sam_at_acme, cast.ada, cast.olga):
        with pytest.raises(NotFound):  # of another workspace, or a sales person
            await pay(stranger, scene.lab, scene.text)
    for step_id in (0, -1, 2**63, 10**9):
        with pytest.raises(NotFound):
            await payments.pay(cast.eve, step_id, scene.text, address=ADDRESS)
    await assert_untouched(scene)
    owner = replace(cast.olga, workspace_id=cast.acme.id)
    steps = [await evaluated(cast.eve, scene.made, workspace=cast.acme) for _ in range(2)]
    for who, step, text in zip(
        (cast.eve, cast.ada_at_acme, owner),
        (scene.lab, steps[0][1], steps[1][1]),
        scene.issued.texts,
        strict=True,
    ):
        paid(await pay(who, step, text))


async def test_what_cannot_be_a_code_stands_at_the_field_and_is_no_try(
    cast: Cast, scene: Scene
) -> None:
    before = await every_row()
    for typed in ("", "   ", "2345", "X" * 65, "X" * 600):
        with pytest.raises(Invalid) as wrong:
            await pay(cast.eve, scene.lab, typed)
        assert set(wrong.value.fields) == {"code"}
    body = scene.issued.bodies[0]
    other = "2" if body[0] != "2" else "3"
    mistyped = refused(await pay(cast.eve, scene.lab, other + body[1:]))
    assert mistyped == Refused(reason=RefusalReason.MISTYPED)
    assert await every_row() == before


async def unfit(cast: Cast, scene: Scene, workspace_of: str) -> dict[RefusalReason, str]:
    """For each true reason a code that is refused for it, of the workspace named."""
    workspace, by = getattr(cast, workspace_of), cast.ada_at_acme
    lab, steps = scene.made.lab, await evaluated(cast.eve, scene.made, workspace=cast.acme)
    tomorrow, yesterday = now() + timedelta(days=1), now() - timedelta(days=1)
    revoked, held, used, early, late = [
        await purchased(by, workspace, lab, valid_from=first, expires_at=end)
        for first, end in (*[(None, None)] * 3, (tomorrow, None), (None, yesterday))
    ]
    await Code.filter(batch_id=revoked.batch.id).update(
        status=Status.REVOKED, revoked_at=now(), revoked_by_id=by.person_id
    )
    await Code.filter(batch_id=held.batch.id).update(status=Status.HELD)
    await Code.filter(batch_id=used.batch.id).update(status=Status.ACTIVATED)
    await Activation.create(
        workspace_id=workspace.id,
        code_id=used.codes[0].id,
        person_id=by.person_id,
        step_id=steps[1].id,
    )
    access = await purchased(by, workspace, lab)
    await Batch.filter(id=access.batch.id).update(kind=CodeKind.ACCESS)
    certifying = await purchased(by, workspace, scene.made.certification)
    return {
        RefusalReason.REVOKED: revoked.texts[0],
        RefusalReason.HELD: held.texts[0],
        RefusalReason.ALREADY_ACTIVATED: used.texts[0],
        RefusalReason.NOT_YET_VALID: early.texts[0],
        RefusalReason.EXPIRED: late.texts[0],
        RefusalReason.WRONG_KIND: access.texts[0],
        RefusalReason.WRONG_ACTION: certifying.texts[0],
    }


async def test_members_are_told_exactly_and_it_is_recorded_as_such(
    cast: Cast, scene: Scene, many_tries: None
) -> None:
    for reason, text in (await unfit(cast, scene, "acme")).items():
        outcome = refused(await pay(cast.eve, scene.lab, text))
        assert outcome.reason is reason
        assert outcome.facts and outcome.facts.workspace == "Acme Devices"
        refusal = await Refusal.get(reference=outcome.reference)
        assert (refusal.reason, refusal.workspace_id) == (reason, cast.acme.id)
        assert (refusal.step_id, refusal.person_id) == (scene.lab.id, cast.eve.person_id)
        assert refusal.address == ADDRESS
    assert await state_of(scene.lab) is StepState.PAYMENT
    logged = await entries(AuditAction.REFUSE)
    assert [entry.detail["refusal"] for entry in logged] == [r.id for r in await Refusal.all()]


async def test_the_facts_name_both_actions_and_who_used_it_for_what(
    cast: Cast, scene: Scene
) -> None:
    texts = await unfit(cast, scene, "acme")
    wrong = refused(await pay(cast.eve, scene.lab, texts[RefusalReason.WRONG_ACTION]))
    assert wrong.facts and wrong.facts.opens == "EN18031 - RAL - Certification"
    used = refused(await pay(cast.eve, scene.lab, texts[RefusalReason.ALREADY_ACTIVATED]))
    use = await Activation.get()
    assert used.facts and used.facts.use == Use(
        by="Ada Admin", at=use.created_at, of="Doorbell X2, Lab Assessment"
    )


async def test_to_everybody_else_all_refusals_are_the_same_but_for_the_reference(
    cast: Cast, scene: Scene, many_tries: None
) -> None:
    told, references = set(), set()
    texts = [*(await unfit(cast, scene, "northwind")).values(), code_alphabet.generate(1)[0]]
    for text in texts:  # Eve is a member of Acme only
        outcome = refused(await pay(cast.eve, scene.lab, text))
        assert outcome.reference and len(outcome.reference) == 8
        references.add(outcome.reference)
        told.add(replace(outcome, reason=RefusalReason.NOT_FOUND, reference=""))
    assert told == {Refused(reason=RefusalReason.NOT_FOUND, reference="")}
    assert len(references) == len(texts)
    reasons = await Refusal.all().order_by("id").values_list("reason", "workspace_id")
    wrong = (RefusalReason.WRONG_WORKSPACE, cast.northwind.id)
    assert reasons.count(wrong) == 6  # the seventh is an access code: the wrong kind
    assert reasons[-1] == (RefusalReason.NOT_FOUND, None)
    assert await state_of(scene.lab) is StepState.PAYMENT


async def test_members_of_both_workspaces_and_the_owner_are_told_about_the_other_one(
    cast: Cast, scene: Scene
) -> None:
    text = (await purchased(cast.ada, cast.northwind, scene.made.lab)).texts[0]
    owner = replace(cast.olga, workspace_id=cast.acme.id)
    for who in (cast.ada_at_acme, owner):
        outcome = refused(await pay(who, scene.lab, text))
        assert outcome.reason is RefusalReason.WRONG_WORKSPACE
        assert outcome.facts and outcome.facts.workspace == "Northwind Academy"
    await Membership.filter(user_id=cast.ada.user_id, workspace_id=cast.northwind.id).delete()
    assert refused(await pay(cast.ada_at_acme, scene.lab, text)).facts is None


async def test_codes_cross_no_line_between_the_kinds(cast: Cast, scene: Scene) -> None:
    access = await issue(cast.ada, cast.month)
    outcome = refused(await pay(cast.ada_at_acme, scene.lab, access.texts[0]))
    assert outcome.reason is RefusalReason.WRONG_KIND
    by_link = f"http://127.0.0.1:8080/a/{access.tokens[0]}"
    assert refused(await pay(cast.eve, scene.lab, by_link)).reason is RefusalReason.WRONG_KIND
    assert refused_to_holder(await redeem(scene.text)).reason is RefusalReason.WRONG_KIND
    await assert_untouched(scene)


async def test_a_code_of_an_archived_action_still_pays_the_step(cast: Cast, scene: Scene) -> None:
    await scene.made.lab.update_from_dict({"archived_at": now()}).save()
    await scene.made.scheme.update_from_dict({"archived_at": now()}).save()
    paid(await pay(cast.eve, scene.lab, scene.text))


async def test_a_payment_costs_no_try_and_a_refusal_one(cast: Cast, scene: Scene) -> None:
    paid(await pay(cast.eve, scene.lab, scene.text))
    with pytest.raises(Conflict):
        await pay(cast.eve, scene.lab, scene.issued.texts[1])
    assert not await Budget.filter(spent__gt=0).exists()
    other = (await evaluated(cast.eve, scene.made, workspace=cast.acme))[1]
    refused(await pay(cast.eve, other, scene.text))
    spent = dict(await Budget.all().values_list("key", "spent"))
    assert spent == {
        f"redeem:account:{cast.eve.user_id}": 1,
        f"redeem:workspace:{cast.acme.id}": 1,
        "redeem:installation": 1,
    }


async def test_a_spent_address_and_a_spent_account_are_told_to_wait(
    cast: Cast, scene: Scene, configure: Configure
) -> None:
    configure(redeem_tries_per_account=1)
    refused(await pay(cast.eve, scene.lab, code_alphabet.generate(1)[0]))
    limited = refused(await pay(cast.eve, scene.lab, scene.text))
    assert (limited.reason, limited.facts) == (RefusalReason.LIMITED, None)
    assert limited.minutes and limited.minutes <= 60
    configure(redeem_tries_per_address=1, redeem_tries_per_account=9)
    refused(await pay(cast.ada_at_acme, scene.lab, code_alphabet.generate(1)[0]))
    limited = refused(await pay(cast.ada_at_acme, scene.lab, scene.text))
    assert limited.reason is RefusalReason.LIMITED
    paid(await pay(cast.ada_at_acme, scene.lab, scene.text, address="192.0.2.99"))
