"""The numbers of a dashboard, for whom, and that they are right after every change."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Action, ActivationDay, Batch, Evaluation, Scheme, Step, Workspace
from models.enums import BatchState, CodeKind, EvaluationState, StepState
from services import (
    access_changes,
    activation_days,
    agreement_claims,
    batches,
    dashboards,
    zones,
)
from services.actor import Actor
from services.errors import NotFound
from tests.cast import Cast, activated, issue, redeem
from tests.certification import Certification, certification, granted

BEFORE_MIDNIGHT = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)  # 23:59 in Berlin


async def numbers(actor: Actor) -> dashboards.CodeNumbers:
    return await dashboards.codes(actor, CodeKind.ACCESS)


async def test_codes_are_counted_as_they_stand(cast: Cast) -> None:
    used = await issue(cast.sam, cast.month, 5)
    await issue(
        cast.sam, cast.year, 4, expires_on=zones.today("Europe/Berlin") + timedelta(days=10)
    )
    gone = await issue(cast.sam, cast.year, 3)
    await redeem(used.texts[0])
    await batches.revoke_unused(cast.sam, gone.batch.id)
    assert await numbers(cast.sam) == dashboards.CodeNumbers(
        ready=8,
        ready_batches=2,
        expiring=4,
        expiring_batches=1,
        activated=1,
        activated_today=1,
        revoked=3,
        held=0,
    )


async def test_expired_and_unfinished_codes_are_not_ready(cast: Cast) -> None:
    for change in (
        {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"state": BatchState.RUNNING},
    ):
        issued = await issue(cast.sam, cast.month, 5)
        await Batch.filter(id=issued.batch.id).update(**change)
    found = await numbers(cast.sam)
    assert (found.ready, found.expiring) == (0, 0)


async def test_a_day_is_the_workspaces_and_undoing_takes_it_back(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    clock.move_to(BEFORE_MIDNIGHT)
    issued = await issue(cast.ada, cast.month, 3)
    first = activated(await redeem(issued.texts[0]))
    clock.shift(timedelta(minutes=2))
    await redeem(issued.texts[1], email="other@example.org")
    days = await activation_days.recent(cast.ada, CodeKind.ACCESS, 30)
    assert len(days) == 30
    assert days[-2:] == [(date(2026, 3, 10), 1), (date(2026, 3, 11), 1)]
    await access_changes.undo_activation(cast.ada, first.activation_id, "Wrong person")
    days = await activation_days.recent(cast.ada, CodeKind.ACCESS, 2)
    assert days == [(date(2026, 3, 10), 0), (date(2026, 3, 11), 1)]


async def test_numbers_of_another_workspace_are_not_counted(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 5)
    await redeem(issued.texts[0])
    found = await numbers(cast.mallory)
    assert (found.ready, found.activated, found.activated_today) == (0, 0, 0)


async def test_evaluators_see_no_numbers_of_codes_or_agreements(cast: Cast) -> None:
    for ask in (
        dashboards.codes(cast.eve, CodeKind.ACCESS),
        dashboards.codes(cast.eve, CodeKind.PURCHASE),
        dashboards.left(cast.eve),
        dashboards.codes(cast.sam, CodeKind.PURCHASE),
        dashboards.left(cast.sam),
        dashboards.evaluations(cast.sam),
    ):
        with pytest.raises(NotFound):
            await ask


async def test_what_is_left_is_summed_over_the_agreements_that_are_valid(cast: Cast) -> None:
    scheme = await certification()
    first = await granted(cast.acme, scheme.lab, 20)
    assert await dashboards.left(cast.ada_at_acme) == dashboards.LeftNumbers(
        left=20, granted=20, agreements=1, reference="A-2026-03"
    )
    await type(first).filter(id=first.id).update(issued=8, returned=2)
    await granted(cast.acme, scheme.certification, 5, reference="B")
    await granted(cast.acme, scheme.lab, 50, reference="C", ends=timedelta(days=-1))
    await granted(cast.northwind, scheme.lab, 50)
    found = await dashboards.left(cast.ada_at_acme)
    assert (found.left, found.granted, found.agreements, found.reference) == (19, 25, 2, "")
    # as on the page of purchase codes: nothing is left of what cannot be generated any more
    await Action.filter(id=scheme.certification.id).update(archived_at=zones.now())
    found = await dashboards.left(cast.ada_at_acme)
    page = await agreement_claims.left(cast.ada_at_acme, workspace_id=cast.acme.id)
    assert (found.left, found.granted) == (page.left, page.granted) == (14, 20)
    await Scheme.filter(id=scheme.scheme.id).update(archived_at=zones.now())
    assert (await dashboards.left(cast.ada_at_acme)).left == 0


async def evaluation(
    cast: Cast, workspace: Workspace, scheme: Certification, key: str, state: EvaluationState
) -> None:
    made = await Evaluation.create(
        workspace_id=workspace.id,
        scheme_id=scheme.scheme.id,
        idempotency_key=key,
        product="Doorbell X2",
        model="DB-200",
        version="2.4.1",
        state=state,
        started_by_id=cast.eve.person_id,
    )
    await Step.create(
        workspace_id=workspace.id,
        evaluation_id=made.id,
        action_id=scheme.lab.id,
        position=1,
        name="Lab Assessment",
        scheme_name=scheme.scheme.name,
        needs_payment=True,
        state=StepState.PAYMENT,
    )


async def test_evaluations_are_counted_by_where_they_stand(cast: Cast) -> None:
    scheme = await certification()
    opened, failed = EvaluationState.OPEN, EvaluationState.FAILED
    for number, state in enumerate((opened, opened, failed)):
        await evaluation(cast, cast.acme, scheme, str(number), state)
    await evaluation(cast, cast.northwind, scheme, "foreign", opened)
    assert await dashboards.evaluations(cast.eve) == dashboards.EvaluationNumbers(
        open=2, awaiting_code=2, certified=0, failed=1
    )


async def test_many_activations_of_a_day_are_one_row(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 4)
    for number, text in enumerate(issued.texts):
        await redeem(text, email=f"{number}@example.org")
    [day] = await ActivationDay.all()
    assert day.activated == 4
