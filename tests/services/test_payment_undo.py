"""A payment is undone until its step has an outcome."""

import pytest

from models import Activation, Batch, Code, Step
from models.enums import AuditAction, Status, StepState
from services import payments, signals
from services.errors import Conflict, Invalid, NotFound
from services.signals import Changed, Topic
from tests.cast import Cast, entries
from tests.hearing import but_the_log
from tests.paying import Scene, paid, pay, state_of


async def test_undoing_makes_the_code_ready_the_step_due_and_keeps_both_facts(
    cast: Cast, scene: Scene
) -> None:
    use = paid(await pay(cast.eve, scene.lab, scene.text)).activation_id
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    await payments.undo(cast.ada_at_acme, scene.lab.id, "  Wrong   product ")
    stop()
    code = await Code.get(id=scene.issued.codes[0].id).select_related("batch", "agreement")
    assert (code.status, code.batch.ready, code.batch.activated) == (Status.READY, 3, 0)
    assert code.agreement and code.agreement.activated == 0
    assert await state_of(scene.lab) is StepState.PAYMENT
    undone = await Activation.get(id=use)
    assert undone.undone_at and undone.undone_by_id == cast.ada.person_id
    assert (undone.undo_reason, undone.person_id) == ("Wrong product", cast.eve.person_id)
    [entry] = await entries(AuditAction.UNDO)
    assert entry.detail == {
        "activation": use,
        "batch": code.batch_id,
        "reason": True,
        "step": scene.lab.id,
        "evaluation": scene.lab.evaluation_id,
    }
    assert {changed.topic for changed in heard} == {
        Topic.BATCHES,
        Topic.EVALUATIONS,
        Topic.AGREEMENTS,
    }
    again = paid(await pay(cast.eve, scene.lab, scene.text))
    assert again.activation_id != use


async def test_who_may_undo_and_until_when(cast: Cast, scene: Scene) -> None:
    with pytest.raises(Conflict, match="not paid"):
        await payments.undo(cast.ada_at_acme, scene.lab.id, "Because")
    paid(await pay(cast.eve, scene.lab, scene.text))
    for who in (cast.eve, cast.sam, cast.mallory, cast.ada):
        with pytest.raises(NotFound):
            await payments.undo(who, scene.lab.id, "Because")
    with pytest.raises(Invalid) as wrong:
        await payments.undo(cast.ada_at_acme, scene.lab.id, " ")
    assert set(wrong.value.fields) == {"reason"}
    for state in (StepState.PASSED, StepState.FAILED):
        await Step.filter(id=scene.lab.id).update(state=state)
        with pytest.raises(Conflict, match="has an outcome already"):
            await payments.undo(cast.ada_at_acme, scene.lab.id, "Because")
    assert (await Activation.get()).undone_at is None
    assert (await Batch.get(id=scene.issued.batch.id)).activated == 1
