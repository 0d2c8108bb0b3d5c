"""Everything that can happen to purchase codes, mixed and at once; then the rows are counted."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models import Action, Agreement, Batch, Code, Evaluation, Step
from models.enums import BatchState, CodeKind, EvaluationState, StepState
from services import (
    agreements,
    batch_jobs,
    batches,
    codes,
    outcomes,
    payments,
    purchases,
    reopening,
    zones,
)
from services.agreement_form import AgreementTerms
from services.errors import DomainError
from tests import recount
from tests.cast import Cast
from tests.certification import Certification, asked_for, certification, granted
from tests.conftest import Configure
from tests.evaluating import begin, step
from tests.paying import pay

KIND = CodeKind.PURCHASE
TASKS, AT_ONCE, EVALUATIONS = 200, 20, 6


class Hammer:
    """Each blow picks its rows as they are at that moment, and may be refused."""

    def __init__(self, cast: Cast, made: Certification, seed: int) -> None:
        self.cast, self.made, self.dice = cast, made, random.Random(seed)
        self.ada, self.eve = cast.ada_at_acme, cast.eve
        self.at_once, self.making = asyncio.Semaphore(AT_ONCE), asyncio.Lock()
        self.done: set[str] = set()

    async def strike(self) -> None:
        making = [self.generate, self.queue, self.make, self.cancel, self.retry]
        using = [self.pay, self.pay, self.pay, self.undo, self.undo, self.decide, self.reopen]
        ending = [self.revoke, self.revoke_unused, self.edit, self.end]
        blow: Callable[[], Awaitable[object]] = self.dice.choice([*making, *using, *ending])
        async with self.at_once:
            try:
                await blow()
            except DomainError:
                return
            self.done.add(blow.__name__)

    async def one(self, query: Any) -> Any:
        rows = await query
        return self.dice.choice(rows) if rows else None

    def action(self) -> Action:
        return self.dice.choice((self.made.lab, self.made.certification))

    async def _request(self, quantity: int) -> None:
        await purchases.request(self.ada, asked_for(self.cast.acme, self.action(), quantity))

    async def generate(self) -> None:
        await self._request(self.dice.randint(1, 4))

    async def queue(self) -> None:
        await self._request(self.dice.randint(5, 9))

    async def make(self) -> None:
        async with self.making:  # there is one loop in the program, too
            await batch_jobs.work()

    async def cancel(self) -> None:
        if batch := await self.one(Batch.all()):
            await batch_jobs.cancel(self.ada, batch.id, kind=KIND)

    async def retry(self) -> None:
        if batch := await self.one(Batch.all()):
            await batch_jobs.retry(self.ada, batch.id, kind=KIND)

    async def revoke(self) -> None:
        if code := await self.one(Code.filter(batch__state=BatchState.DONE)):
            await purchases.revoke(self.ada, code.id)

    async def revoke_unused(self) -> None:
        if batch := await self.one(Batch.all()):
            await batches.revoke_unused(self.ada, batch.id, kind=KIND)

    async def edit(self) -> None:
        each = await self.one(Agreement.all().select_related("workspace"))
        zone = each.workspace.time_zone
        terms = AgreementTerms(
            quantity=str(self.dice.randint(10, 60)),
            valid_from=zones.day(each.starts_at, zone),
            valid_until=zones.last_day(each.ends_at, zone),
            reference=each.reference,
        )
        await agreements.change(self.cast.olga, each.id, terms, revision=each.revision)

    async def end(self) -> None:
        if self.dice.random() < 0.2:
            each = await Agreement.get(reference="ends")
            await agreements.end(self.cast.olga, each.id)

    async def pay(self) -> None:
        due = await self.one(Step.filter(state=StepState.PAYMENT))
        done = Code.filter(batch__state=BatchState.DONE).select_related("batch")
        if due and (code := await self.one(done)):
            payer = self.dice.choice((self.eve, self.ada))
            await pay(payer, due, codes.text_of(code, code.batch))

    async def undo(self) -> None:
        if paid := await self.one(Step.filter(state=StepState.WORK, needs_payment=True)):
            await payments.undo(self.ada, paid.id, "Because")

    async def decide(self) -> None:
        if here := await self.one(Step.filter(state=StepState.WORK)):
            passed = self.dice.random() < 0.6
            await outcomes.decide(self.eve, here.id, passed=passed, note="So it is")

    async def reopen(self) -> None:
        if failed := await self.one(Evaluation.filter(state=EvaluationState.FAILED)):
            await reopening.reopen(self.ada, failed.id, "Again")


@pytest.mark.usefixtures("many_tries")
@pytest.mark.parametrize("seed", range(2))
async def test_after_two_hundred_mixed_tasks_every_counter_is_what_its_rows_say(
    cast: Cast, configure: Configure, seed: int
) -> None:
    configure(bulk_from=5)
    made = await certification()
    await granted(cast.acme, made.lab, 40, reference="stays", ends=timedelta(days=10))
    await granted(cast.acme, made.lab, 40, reference="ends", ends=timedelta(days=5))
    await granted(cast.acme, made.certification, 40, reference="other")
    for _ in range(EVALUATIONS):
        first = await step(await begin(cast.eve, made), 1)
        await outcomes.decide(cast.eve, first.id, passed=True, note="")
    hammer = Hammer(cast, made, seed)
    await asyncio.gather(*(hammer.strike() for _ in range(TASKS)))
    await batch_jobs.work()
    assert hammer.done >= {"generate", "make", "cancel", "revoke", "edit", "pay", "undo"}
    assert await recount.wrong() == []
