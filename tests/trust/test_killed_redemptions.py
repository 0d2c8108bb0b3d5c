"""T01: strangers race for codes while the program is killed; what it answered is what it keeps."""

import asyncio
import random
import sqlite3
from collections import defaultdict, deque
from dataclasses import dataclass, field

from models import Activation
from models.enums import AuditAction
from services import audit_verify, sealing
from services.settings import Settings
from tests import recount
from tests.cast import Cast, entries, issue
from tests.conftest import POSTGRES
from tests.trust import program
from tests.trust.conftest import Size
from tests.trust.figures import held
from tests.trust.line import Answer, Form, Line
from tests.trust.program import Program

WORKERS, TRIES = 50, 10  # tries for each code
SENT, REFUSED = 303, 422


@dataclass(frozen=True, slots=True)
class Attempt:
    """`number` tells the two tries of one holder apart."""

    code: str
    holder: str
    number: int


@dataclass
class Race:
    """Every attempt is sent until it is answered; how often one was cut is counted."""

    program: Program
    form: Form
    waiting: deque[Attempt]
    answers: dict[Attempt, Answer] = field(default_factory=dict[Attempt, Answer])
    cut: int = 0

    async def work(self) -> None:
        async with Line(self.program.origin) as line:
            while self.waiting:
                attempt = self.waiting.popleft()
                await self.program.alive.wait()
                try:
                    self.answers[attempt] = await self._send(line, attempt)
                except ConnectionError:
                    self.cut += 1
                    self.waiting.append(attempt)

    async def _send(self, line: Line, attempt: Attempt) -> Answer:
        typed = {"name": "Somebody", "email": attempt.holder, "code": attempt.code}
        return await line.post("/redeem", self.form, **typed)

    async def killer(self, moments: list[int]) -> None:
        for moment in sorted(moments):
            while len(self.answers) < moment:  # noqa: ASYNC110 - whoever answers tells nobody
                await asyncio.sleep(0.001)
            self.program.kill()
            await self.program.start()


def attempts(codes: list[str]) -> list[Attempt]:
    """Eight holders for each code; two of them press twice."""
    return [
        Attempt(code, f"h{number % (TRIES - 2)}.{code.lower()}@example.org", number)
        for code in codes
        for number in range(TRIES)
    ]


async def race(running: Program, codes: list[str], dice: random.Random, kills: int) -> Race:
    async with Line(running.origin) as line:
        form = await line.form("/redeem")
    wanted = attempts(codes)
    dice.shuffle(wanted)
    begun = Race(running, form, deque(wanted))
    moments = [dice.randrange(len(wanted) // 20, len(wanted) * 9 // 10) for _ in range(kills)]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(begun.killer(moments))
        for _ in range(WORKERS):
            tasks.create_task(begun.work())
    return begun


async def test_no_code_is_used_twice_and_no_answer_is_forgotten(
    cast: Cast, db: Settings, size: Size
) -> None:
    rounds, tries = size(quick=5, whole=20), size(quick=2_000, whole=10_000)
    kills = size(quick=1, whole=2)  # in each round
    codes = [await issued(cast, tries // TRIES) for _ in range(rounds)]
    dice = random.Random(20261125)
    answers: dict[Attempt, Answer] = {}
    async with program.running(db) as running:
        races = [await race(running, some, dice, kills) for some in codes]
        assert "Traceback" not in running.said()
    for each in races:
        answers |= each.answers
    assert sum(each.cut for each in races) > 0, "no kill met a request"
    odd = {answer.status for answer in answers.values()} - {SENT, REFUSED}
    doubled, lost = await compared(answers)
    wrong = await counted_again(db, len(answers) // TRIES)
    held(
        test="T01",
        figure=(
            f"{len(answers):,} attempts on {len(answers) // TRIES:,} codes, {running.kills} kills: "
            f"{doubled} used twice, {lost} answers lost, {len(wrong)} counters or seals wrong"
        ),
        target="0, 0, 0",
        holds=not (odd or doubled or lost or wrong),
        why=f"{odd} {wrong[:3]}",
    )


async def issued(cast: Cast, number: int) -> list[str]:
    batches = [await issue(cast.ada, cast.month, 100) for _ in range(number // 100)]
    return [text for each in batches for text in each.texts]


async def compared(answers: dict[Attempt, Answer]) -> tuple[int, int]:
    """How many codes were won by two, and how many answers the rows know nothing of."""
    winners: defaultdict[str, set[str]] = defaultdict(set)
    links: defaultdict[str, set[str]] = defaultdict(set)
    for attempt, answer in answers.items():
        if answer.status == SENT:
            winners[attempt.code].add(attempt.holder)
            links[answer.location].add(attempt.holder)
    doubled = sum(len(who) > 1 for who in (*winners.values(), *links.values()))
    rows = Activation.filter(undone_at=None).select_related("person")
    held_by = {row.person.email for row in await rows}
    promised = {who for each in winners.values() for who in each}
    turned_away = {a.holder for a, answer in answers.items() if answer.status == REFUSED}
    return doubled, len(promised ^ held_by) + len(turned_away & held_by)


async def counted_again(db: Settings, codes: int) -> list[str]:
    await sealing.finish()
    wrong = [str(finding) for finding in (await audit_verify.check([])).findings]
    wrong += await recount.wrong()
    told = len(await entries(AuditAction.ACTIVATE))
    if told != codes:
        wrong.append(f"{told} activations in the log of {codes} codes")
    if not POSTGRES:
        file = sqlite3.connect(db.sqlite_path)
        [(said,)] = file.execute("PRAGMA integrity_check").fetchall()
        file.close()
        wrong += [] if said == "ok" else [said]
    return wrong
