"""T09: callers give up at random moments; nothing hangs, nothing is half done."""

import asyncio
import random

import pytest

from models import Activation, Batch, Budget, Code
from models.enums import BatchState
from services import batches, database
from services.settings import Settings
from tests import recount
from tests.cast import Cast, activated, issue, redeem, wanted
from tests.services.test_database import assert_whole, spend_pair
from tests.trust import program
from tests.trust.conftest import Size
from tests.trust.figures import held
from tests.trust.line import Form, Line

pytestmark = pytest.mark.usefixtures("many_tries")


async def test_units_cancelled_at_random_hang_nothing_and_halve_nothing(
    db: Settings, size: Size
) -> None:
    chance, units = random.Random(20261122), size(quick=1_000, whole=10_000)
    ended = {"whole": 0, "cancelled": 0}

    async def one(number: int) -> None:
        caller = asyncio.create_task(spend_pair(str(number)))
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        if number % 2:
            await asyncio.sleep(chance.random() / 50)
        caller.cancel()
        try:
            await caller
            ended["whole"] += 1
        except asyncio.CancelledError:
            ended["cancelled"] += 1

    for start in range(0, units, 8):
        await asyncio.gather(*(one(number) for number in range(start, start + 8)))
    pairs = await assert_whole(60)
    held(
        test="T09",
        figure=f"{units:,} units, {ended['cancelled']:,} cancelled: 0 halves, "
        f"{max(0, ended['whole'] - pairs)} answered and lost",
        target="0, 0",
        holds=sum(ended.values()) == units
        and units // 10 < ended["cancelled"] < units
        and pairs >= ended["whole"],
    )


async def cancelled(work: asyncio.Task[object], *, after: int) -> bool:
    """Cancel `work` some round trips to the database later; whether that came in time."""
    for _ in range(after):
        await Budget.all().using_db(database.reader()).count()
    work.cancel()
    [answer] = await asyncio.gather(work, return_exceptions=True)
    return isinstance(answer, asyncio.CancelledError)


async def test_a_storm_of_cancelled_redemptions_loses_and_doubles_nothing(
    cast: Cast, size: Size
) -> None:
    chance, tries = random.Random(20261122), size(quick=500, whole=2_000)
    made = [await issue(cast.ada, cast.month, 100) for _ in range(tries // 100)]
    texts = [text for issued in made for text in issued.texts]
    cut = 0
    for start in range(0, tries, 20):
        storm = [
            cancelled(
                asyncio.create_task(redeem(text, email=f"holder{n % 3}@example.org")),
                after=chance.randrange(9) ** 2,
            )
            for n, text in enumerate(texts[start : start + 20])
        ]
        cut += sum(await asyncio.gather(*storm))
    async with asyncio.timeout(120):
        activated(await redeem((await issue(cast.ada, cast.month)).texts[0]))
    wrong = await recount.wrong()
    held(
        test="T09",
        figure=f"{tries:,} redemptions, {cut:,} cancelled: {len(wrong)} counters wrong",
        target="0",
        holds=0 < cut < tries and not wrong,
        why=str(wrong[:3]),
    )


async def test_a_storm_of_cancelled_generations_leaves_no_half_batch(
    cast: Cast, size: Size
) -> None:
    chance, tries = random.Random(20261122), size(quick=500, whole=2_000)
    cut = 0
    for _ in range(tries // 10):
        storm = [
            cancelled(
                asyncio.create_task(batches.request(cast.ada, wanted(cast.month, "5"))),
                after=chance.randrange(30),
            )
            for _ in range(10)
        ]
        cut += sum(await asyncio.gather(*storm))
    async with asyncio.timeout(120):
        await issue(cast.ada, cast.month, 5)
    halves = [
        batch.id
        for batch in await Batch.all()
        if batch.state is not BatchState.DONE
        or await Code.filter(batch_id=batch.id).count() != batch.quantity
    ]
    wrong = await recount.wrong()
    held(
        test="T09",
        figure=f"{tries:,} generations, {cut:,} cancelled: {len(halves)} half batches",
        target="0",
        holds=0 < cut < tries and not halves and not wrong,
        why=str(wrong[:3]),
    )


async def visitor_who_leaves(line: Line, form: Form, code: str, dice: random.Random) -> None:
    """Sends some or all of a form, and closes the connection before or while it is answered."""
    await line.get("/healthz")
    line.share = dice.choice((0.5, 1))
    asking = asyncio.create_task(
        line.post("/redeem", form, name="Somebody", email=f"{code.lower()}@example.org", code=code)
    )
    await asyncio.sleep(dice.random() / 50)
    line.close()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_visitors_who_leave_while_they_are_answered_break_nothing(
    cast: Cast, db: Settings, size: Size
) -> None:
    dice, visitors = random.Random(20261125), size(quick=300, whole=3_000)
    made = [await issue(cast.ada, cast.month, 100) for _ in range(visitors // 100)]
    codes = [text for issued in made for text in issued.texts]
    async with program.running(db) as running:
        async with Line(running.origin) as line:
            form = await line.form("/redeem")
        for start in range(0, visitors, 20):
            await asyncio.gather(
                *(
                    visitor_who_leaves(Line(running.origin), form, code, dice)
                    for code in codes[start : start + 20]
                )
            )
        async with Line(running.origin) as line:
            typed = {"name": "Last", "email": "last@example.org", "code": codes[-1]}
            last = await line.post("/redeem", form, **typed)
        noise = "Traceback" in running.said()
    used, wrong = await Activation.all().count(), await recount.wrong()
    held(
        test="T09",
        figure=f"{visitors:,} visitors left, {used:,} of them served: {len(wrong)} counters wrong, "
        f"then the next is answered {last.status}",
        target="0, 303 or 422",
        holds=0 < used < visitors and last.status in (303, 422) and not wrong and not noise,
        why=f"{wrong[:3]}, {'a traceback in the log' if noise else ''}",
    )
