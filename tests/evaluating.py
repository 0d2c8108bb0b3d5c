"""An evaluation of Acme on its way, as the tests of what becomes of it need it."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from models import Evaluation, Step
from models.enums import StepState
from services import evaluations, outcomes
from services.actor import Actor
from services.evaluations import NewEvaluation
from tests.certification import Certification, certification

_keys: Iterator[int] = count()


def asked(scheme: int | None, **more: Any) -> NewEvaluation:
    """A filled-in dialog; each call is another dialog, unless `key` is given."""
    entered = {
        "product": "Doorbell X2",
        "model": "DB-200",
        "version": "2.4.1",
        "scheme_id": scheme,
        "key": f"dialog {next(_keys)}",
    }
    return NewEvaluation(**entered | more)


async def begin(actor: Actor, of: Certification | None = None, **more: Any) -> Evaluation:
    """Self Assessment is free and open; Lab Assessment and Certification are to be paid."""
    of = of or await certification()
    return await Evaluation.get(id=await evaluations.start(actor, asked(of.scheme.id, **more)))


async def step(evaluation: Evaluation, position: int) -> Step:
    return await Step.get(evaluation_id=evaluation.id, position=position)


async def states(evaluation: Evaluation) -> list[str]:
    steps = await Step.filter(evaluation_id=evaluation.id).order_by("position")
    return [each.state.value for each in steps]


async def pay(evaluation: Evaluation) -> None:
    """As a purchase code does, without one."""
    await Step.filter(evaluation_id=evaluation.id, state=StepState.PAYMENT).update(
        state=StepState.WORK
    )


async def pass_all(actor: Actor, evaluation: Evaluation) -> Evaluation:
    """To the certificate."""
    for position in range(1, len(await states(evaluation)) + 1):
        await pay(evaluation)
        here = await step(evaluation, position)
        if here.state is StepState.WORK:
            await outcomes.decide(actor, here.id, passed=True, note="")
    return await Evaluation.get(id=evaluation.id)
