"""T17: a stranger learns nothing about a code from a refusal, by its words or by its time."""

import asyncio
import html
import itertools
import random
import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

import httpx
import pytest

from models import Batch, Code
from models.enums import Status
from services import answer_times, code_alphabet
from services.zones import now
from tests.cast import Cast, activated, issue, redeem
from tests.certification import certification, granted, purchased
from tests.trust.figures import held
from tests.ui.door.site import form_of
from tests.ui.screens.test_downloads import browser
from tests.ui.screens.visit import House
from ui import routes

HOLDER = {"name": "Somebody", "email": "somebody@example.org"}
UNKNOWN = "unknown"
SPREAD = 0.05
SAMPLES = 5_000
STEP = answer_times.STEP
TIMED = (UNKNOWN, "spent", "expired", "a purchase code")


async def _kinds(cast: Cast, each: int) -> dict[str, list[str]]:
    """Codes of every kind that a stranger cannot use, as they are typed."""
    spent, revoked = (
        await issue(cast.ada, cast.month, each),
        await issue(cast.ada, cast.month, each),
    )
    expired, later = (
        await issue(cast.ada, cast.month, each),
        await issue(cast.ada, cast.month, each),
    )
    foreign = await issue(cast.mallory, cast.foreign_plan, each)
    made = await certification()
    await granted(cast.northwind, made.lab, 10_000)
    bought = await purchased(cast.ada, cast.northwind, made.lab, each)
    for text in (*spent.texts, *foreign.texts):
        activated(await redeem(text))
    await Code.filter(batch_id=revoked.batch.id).update(status=Status.REVOKED)
    await Batch.filter(id=expired.batch.id).update(expires_at=now() - timedelta(days=1))
    await Batch.filter(id=later.batch.id).update(valid_from=now() + timedelta(days=9))
    unknown = [code_alphabet.display(body) for body in code_alphabet.generate(each)]
    return {
        UNKNOWN: unknown,
        "spent": spent.texts,
        "revoked": revoked.texts,
        "expired": expired.texts,
        "not yet valid": later.texts,
        "spent elsewhere": foreign.texts,
        "a purchase code": bought.texts,
    }


class Asking:
    """A stranger at the form, and what came of each kind of code."""

    def __init__(self, stranger: httpx.AsyncClient, kinds: dict[str, list[str]]) -> None:
        self.stranger, self.kinds = stranger, kinds
        self.form: dict[str, str] = {}
        self.took: dict[str, list[float]] = {kind: [] for kind in kinds}
        self.pages: dict[str, set[str]] = {kind: set() for kind in kinds}

    async def ask(self, kind: str, number: int) -> None:
        code = self.kinds[kind][number % len(self.kinds[kind])]
        began = time.perf_counter()
        answer = await self.stranger.post(routes.REDEEM, data=self.form | HOLDER | {"code": code})
        self.took[kind].append(time.perf_counter() - began)
        self.pages[kind].add(f"{answer.status_code} {_bare(answer.text, code)}")

    async def all(self, order: list[tuple[str, int]]) -> None:
        for each in order:
            await self.ask(*each)


def _mixed(kinds: Iterable[str], times: int) -> list[tuple[str, int]]:
    order = list(itertools.product(kinds, range(times)))
    random.Random(7).shuffle(order)
    return order


@pytest.fixture
async def asking(house: House, any_number: None) -> AsyncIterator[Asking]:
    async with browser() as stranger:
        made = Asking(stranger, await _kinds(house.cast, 40))
        made.form = await form_of(stranger, routes.REDEEM)
        yield made


async def test_every_refusal_reads_the_same(asking: Asking) -> None:
    await asking.all(order := _mixed(asking.kinds, 40))
    told = set().union(*asking.pages.values())
    held(
        test="T17",
        figure=f"{len(asking.kinds)} kinds of refusal, {len(order)} answers: {len(told)} different "
        "pages",
        target="1, apart from the reference and what was typed",
        holds=len(told) == 1,
        why=str({kind: len(page) for kind, page in asking.pages.items()}),
    )


@pytest.mark.whole
async def test_every_refusal_takes_as_long(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind has its own way through the program; eight strangers ask side by side."""
    monkeypatch.setattr(answer_times, "STEP", STEP)
    order = _mixed(TIMED, SAMPLES)
    await asyncio.gather(*(asking.all(order[start::8]) for start in range(8)))
    took = asking.took
    curves = {kind: _auc(took[UNKNOWN], took[kind]) for kind in TIMED if kind != UNKNOWN}
    worst = max(curves, key=lambda kind: abs(curves[kind] - 0.5))
    held(
        test="T17",
        figure=f"timing of {SAMPLES:,} answers each: AUC {curves[worst]:.3f} at worst ({worst})",
        target=f"0.5 ± {SPREAD}",
        holds=abs(curves[worst] - 0.5) <= SPREAD,
        why=", ".join(f"{kind} {curve:.3f}" for kind, curve in curves.items()),
    )


def _bare(page: str, code: str) -> str:
    return re.sub(r"<code>\w{8}</code>", "", page.replace(html.escape(code), ""))


def _auc(first: list[float], second: list[float]) -> float:
    """How often one of the second takes longer than one of the first."""
    ordered = sorted(first)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in second)
    return below / 2 / len(first) / len(second)


@pytest.mark.parametrize(("longer", "curve"), [(0.0, 0.5), (1.0, 1.0), (-1.0, 0.0)])
def test_the_curve_tells_a_difference(longer: float, curve: float) -> None:
    took = [0.1, 0.2, 0.3]
    assert _auc(took, [each + longer for each in took]) == curve
