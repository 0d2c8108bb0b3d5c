"""Counts rows again: what counters, steps and the log say must follow from the codes."""

from collections import Counter

from models import (
    Activation,
    ActivationDay,
    Agreement,
    AgreementShare,
    Batch,
    Code,
    Evaluation,
    Step,
)
from models.enums import UNDER_WAY, BatchState, EvaluationState, Status, StepState
from services import audit_reconcile

UNPAID = (StepState.WAITING, StepState.PAYMENT)


async def wrong() -> list[str]:
    """Everything that is not as its rows say; empty where all fits."""
    _, findings = await audit_reconcile.compare()
    return [
        *[f"the log: {finding}" for finding in findings],
        *await _codes(),
        *await _batches(),
        *await _agreements(),
        *await _steps(),
        *await _evaluations(),
        *await _days(),
    ]


async def _codes() -> list[str]:
    stand = Counter(await Activation.filter(undone_at=None).values_list("code_id", flat=True))
    return [
        f"code {code.id} is {code.status} with {stand[code.id]} uses"
        for code in await Code.all()
        if stand[code.id] != (code.status is Status.ACTIVATED)
    ]


async def _batches() -> list[str]:
    found: list[str] = []
    for batch in await Batch.all():
        codes = await Code.filter(batch_id=batch.id).order_by("ordinal")
        shares = await AgreementShare.filter(batch_id=batch.id).order_by("id")
        under = [share.agreement_id for share in shares for _ in range(share.codes)]
        if batch.state is BatchState.DONE:
            by = Counter(code.status for code in codes)
            told = (batch.ready, batch.activated, batch.revoked, batch.held, batch.quantity)
            statuses = (Status.READY, Status.ACTIVATED, Status.REVOKED, Status.HELD)
            here = (*(by[status] for status in statuses), len(codes))
            if told != here:
                found.append(f"batch {batch.id} says {told}, and its codes {here}")
            if batch.action_id and under != [code.agreement_id for code in codes]:
                found.append(f"batch {batch.id} has codes under other agreements than its shares")
        elif batch.state in UNDER_WAY:
            if batch.action_id and len(under) != batch.quantity:
                found.append(f"batch {batch.id} waits with {len(under)} claimed")
        elif codes or shares:
            found.append(f"batch {batch.id} is {batch.state}: {len(codes)} codes, {shares} claimed")
    return found


async def _agreements() -> list[str]:
    found: list[str] = []
    for each in await Agreement.all():
        codes = Code.filter(agreement_id=each.id, batch__state=BatchState.DONE)
        by = Counter(await codes.values_list("status", flat=True))
        waiting = AgreementShare.filter(agreement_id=each.id, batch__state__in=UNDER_WAY)
        hidden = sum(await waiting.values_list("codes", flat=True))
        out = by[Status.READY] + by[Status.HELD] + by[Status.ACTIVATED] + hidden
        if (each.issued - each.returned, each.activated) != (out, by[Status.ACTIVATED]):
            told = f"{each.issued} - {each.returned}, {each.activated}"
            found.append(f"agreement {each.id} says {told}; codes say {out}, {by}")
        if out > each.quantity:
            found.append(f"agreement {each.id} grants {each.quantity}, and {out} are out")
    return found


async def _steps() -> list[str]:
    stand = Counter(await Activation.filter(undone_at=None).values_list("step_id", flat=True))
    return [
        f"step {step.id} is {step.state} with {stand[step.id]} payments"
        for step in await Step.all()
        if stand[step.id] != (step.needs_payment and step.state not in UNPAID)
    ]


async def _evaluations() -> list[str]:
    found: list[str] = []
    for each in await Evaluation.all():
        by = Counter(await Step.filter(evaluation_id=each.id).values_list("state", flat=True))
        here = by[StepState.PAYMENT] + by[StepState.WORK]
        expected = {
            EvaluationState.OPEN: (1, 0),
            EvaluationState.FAILED: (0, 1),
            EvaluationState.CERTIFIED: (0, 0),
        }[each.state]
        if (here, by[StepState.FAILED]) != expected:
            found.append(f"evaluation {each.id} is {each.state} with {by}")
        if bool(each.certificate) != (each.state is EvaluationState.CERTIFIED):
            found.append(f"evaluation {each.id} is {each.state}, certificate {each.certificate}")
    return found


async def _days() -> list[str]:
    told = sum(await ActivationDay.all().values_list("activated", flat=True))
    here = await Activation.filter(undone_at=None).count()
    return [] if told == here else [f"the days say {told} activations; {here} stand"]
