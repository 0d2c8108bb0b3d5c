"""T17: a stranger learns nothing about a code from a refusal, by its words or by its time."""

import html
import itertools
import random
import re
import time
from bisect import bisect_left, bisect_right
from datetime import timedelta

import pytest

from models import Batch, Code
from models.enums import Status
from services import code_alphabet
from services.zones import now
from tests.cast import Cast, activated, issue, redeem
from tests.certification import certification, granted, purchased
from tests.trust.conftest import Size
from tests.trust.figures import held
from tests.ui.door.site import form_of
from tests.ui.screens.test_downloads import browser
from tests.ui.screens.visit import House
from ui import routes

HOLDER = {"name": "Somebody", "email": "somebody@example.org"}
UNKNOWN = "unknown"
SPREAD = 0.05


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


async def test_every_refusal_reads_the_same_and_takes_as_long(
    house: House, size: Size, any_number: None
) -> None:
    times, kinds = size(quick=40, whole=5_000), await _kinds(house.cast, 40)
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    pages: dict[str, set[str]] = {kind: set() for kind in kinds}
    order = list(itertools.product(kinds, range(times)))
    random.Random(7).shuffle(order)
    async with browser() as stranger:
        form = await form_of(stranger, routes.REDEEM)
        for kind, number in order:
            code = kinds[kind][number % len(kinds[kind])]
            began = time.perf_counter()
            answer = await stranger.post(routes.REDEEM, data=form | HOLDER | {"code": code})
            took[kind].append(time.perf_counter() - began)
            pages[kind].add(f"{answer.status_code} {_bare(answer.text, code)}")
    told = set().union(*pages.values())
    held(
        test="T17",
        figure=f"{len(kinds)} kinds of refusal, {len(order)} answers: {len(told)} different pages",
        target="1, apart from the reference and what was typed",
        holds=len(told) == 1,
        why=str({kind: len(page) for kind, page in pages.items()}),
    )
    if times < 1_000:
        return
    curves = {kind: _auc(took[UNKNOWN], took[kind]) for kind in kinds if kind != UNKNOWN}
    worst = max(curves, key=lambda kind: abs(curves[kind] - 0.5))
    held(
        test="T17",
        figure=f"timing of {times:,} answers each: AUC {curves[worst]:.3f} at worst ({worst})",
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
