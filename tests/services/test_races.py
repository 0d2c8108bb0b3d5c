"""Whatever races, is cancelled or is killed: one activation a code, N codes a batch."""

import asyncio
import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest

from models import Activation, Batch, Code, Entitlement, Refusal
from models.enums import AuditAction, BatchState, RefusalReason, Status
from services import batches, code_list, codes, redemptions
from services.actor import Actor
from services.answers import Activated, Outcome
from services.code_list import CodeFilter
from services.errors import Conflict
from services.paging import Slice
from tests.cast import Cast, entries, issue, printed, redeem, redeem_link
from tests.services.test_step_up import signed_in

pytestmark = pytest.mark.usefixtures("many_tries")


def holder(number: int) -> dict[str, str]:
    return {"name": f"Holder {number}", "email": f"holder{number}@example.org"}


def winners(outcomes: list[Outcome]) -> list[Activated]:
    return [outcome for outcome in outcomes if isinstance(outcome, Activated)]


async def assert_counters_true() -> None:
    """What each batch says of its codes is what they are."""
    for batch in await Batch.filter(state=BatchState.DONE):
        found = Counter(await Code.filter(batch_id=batch.id).values_list("status", flat=True))
        assert sum(found.values()) == batch.quantity
        assert (batch.ready, batch.activated, batch.revoked) == (
            found[Status.READY],
            found[Status.ACTIVATED],
            found[Status.REVOKED],
        )
    assert (
        await Activation.filter(undone_at=None).count()
        == await Code.filter(status=Status.ACTIVATED).count()
    )
    assert await Activation.all().count() == await Entitlement.all().count()


async def test_of_two_hundred_holders_racing_for_one_code_one_gets_it(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 1)
    tries = [
        redeem(issued.texts[0], **holder(n))
        if n % 2
        else redeem_link(issued.tokens[0], **holder(n))
        for n in range(200)
    ]
    outcomes = await asyncio.gather(*tries)
    assert len(winners(outcomes)) == await Activation.all().count() == 1
    refusals = await Refusal.filter(reason=RefusalReason.ALREADY_ACTIVATED)
    assert len({refusal.reference for refusal in refusals}) == 199
    assert len(await entries(AuditAction.ACTIVATE)) == 1
    await assert_counters_true()


async def test_of_two_hundred_presses_of_one_holder_all_give_the_one_activation(
    cast: Cast,
) -> None:
    issued = await issue(cast.ada, cast.month, 1)
    outcomes = await asyncio.gather(*(redeem(issued.texts[0]) for _ in range(200)))
    assert len(set(winners(outcomes))) == await Activation.all().count() == 1
    assert len(winners(outcomes)) == 200
    assert not await Refusal.exists()


async def test_many_holders_on_many_codes_each_get_what_they_won(cast: Cast) -> None:
    made = [await issue(cast.ada, plan, 10) for plan in (cast.month, cast.year, cast.forever)]
    texts = [text for issued in made for text in issued.texts]
    tries = [(text, number) for text in texts for number in range(8)]
    random.Random(7).shuffle(tries)
    outcomes = await asyncio.gather(*(redeem(text, **holder(n)) for text, n in tries))
    won = winners(list(outcomes))
    assert len(won) == len({outcome.activation_id for outcome in won}) == 30
    for (_, number), outcome in zip(tries, outcomes, strict=True):
        if isinstance(outcome, Activated):
            receipt = await redemptions.receipt(outcome.activation_id, outcome.token)
            assert receipt
            assert receipt.email == holder(number)["email"]
    assert await Refusal.all().count() == 210
    await assert_counters_true()


async def test_codes_of_one_holder_used_at_once_follow_each_other(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 20)
    await asyncio.gather(*(redeem(text) for text in issued.texts))
    terms = await Entitlement.all().order_by("starts_at", "id")
    assert len({term.starts_at for term in terms}) == 20
    for before, after in pairwise(terms):
        assert before.ends_at == after.starts_at


async def test_revoking_all_while_holders_activate_leaves_each_code_one_or_the_other(
    cast: Cast,
) -> None:
    made = [await issue(cast.ada, cast.month, 30) for _ in range(2)]
    texts = [text for issued in made for text in issued.texts]
    tries = [asyncio.create_task(redeem(text, **holder(n))) for n, text in enumerate(texts)]
    revoking = [asyncio.create_task(batches.revoke_unused(cast.ada, i.batch.id)) for i in made]
    revoked = await asyncio.gather(*revoking, return_exceptions=True)
    outcomes = await asyncio.gather(*tries)
    assert {type(answer) for answer in revoked} <= {int, Conflict}
    statuses = Counter(await Code.all().values_list("status", flat=True))
    assert statuses[Status.ACTIVATED] == len(winners(outcomes))
    assert statuses[Status.ACTIVATED] + statuses[Status.REVOKED] == 60
    await assert_counters_true()


async def test_revoking_one_by_one_while_holders_activate_decides_each_code_once(
    cast: Cast,
) -> None:
    issued = await issue(cast.ada, cast.month, 30)
    tries = [redeem(text, **holder(n)) for n, text in enumerate(issued.texts)]
    revoking = [codes.revoke(cast.ada, code.id) for code in reversed(issued.codes)]
    answers = await asyncio.gather(*tries, *revoking, return_exceptions=True)
    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, Conflict)]
    for text_answer, code in zip(answers[:30], issued.codes, strict=True):
        status = (await Code.get(id=code.id)).status
        assert isinstance(text_answer, Activated) is (status is Status.ACTIVATED)
    await assert_counters_true()


GENERATOR = """
import asyncio, sys
from services import batches, database, key_file, keys
from services.actor import Actor
from services.batch_form import BatchRequest
from services.settings import Settings

async def main(actor, product, plan):
    settings = Settings()
    keys.use(key_file.load_all(settings.key_path)[-1])
    await database.connect(settings)
    for number in range(10**6):
        print(number, flush=True)
        await batches.request(actor, BatchRequest(
            product_id=product, plan_id=plan, quantity="149", key=f"generation {number}"
        ))

asyncio.run(main(eval(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
"""


def kill_while_generating(cast: Cast, who: Actor, begun: int, after: float) -> int:
    """Let a process begin some generations and kill it so many seconds later; how many it began."""
    actor = (
        f"Actor(user_id={who.user_id}, person_id={who.person_id}, session_id={who.session_id},"
        f" name='', email='', is_owner=True, workspace_id={who.workspace_id}, time_zone='UTC')"
    )
    command = [sys.executable, "-c", GENERATOR, actor, str(cast.welding.id), str(cast.month.id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(begun):
            assert process.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=after)
        process.kill()
        return begun + len(process.stdout.readlines())


@pytest.mark.parametrize(
    ("begun", "after"), [(1, 0), (1, 0.005), (1, 0.01), (2, 0.003), (2, 0.015), (4, 0.008)]
)
async def test_a_generation_killed_at_any_moment_leaves_whole_batches_and_no_others(
    cast: Cast, begun: int, after: float
) -> None:
    ada = await signed_in(cast.ada)
    began = await asyncio.to_thread(kill_while_generating, cast, ada, begun, after)
    left = await Batch.all().order_by("id")
    assert began - 1 <= len(left) <= began
    for batch in left:
        assert batch.state is BatchState.DONE
        issued = await printed(batch)
        assert len(set(issued.texts)) == await visible_codes(cast, batch) == 149
    assert await Code.all().count() == 149 * len(left)
    await assert_counters_true()


async def visible_codes(cast: Cast, batch: Batch) -> int:
    return (await code_list.page(cast.ada, batch.id, CodeFilter(), Slice())).total
