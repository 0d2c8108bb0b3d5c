"""T02: one request sent a thousand times, at once and across a kill, is one thing done."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from models import Activation, Batch, Code
from models.enums import AuditAction
from services import batches
from services.settings import Settings
from tests.cast import Cast, entries, issue, wanted
from tests.trust import program
from tests.trust.figures import held
from tests.trust.line import Answer, Form, Line
from tests.trust.program import Program
from ui.door import forms

TIMES, AT_ONCE, KILLED_AFTER = 1_000, 250, 200
MINE, OTHER = "grace@example.org", "other@example.org"


class Presses:
    """The same form, pressed on many lines at once until each press was answered."""

    def __init__(self, running: Program, form: Form, code: str, *, times: int) -> None:
        self.running, self.form, self.code, self.left = running, form, code, times
        self.answers: list[Answer] = []
        self.cut = 0

    async def all(self) -> list[Answer]:
        await asyncio.gather(self._kill(), *(self._press() for _ in range(AT_ONCE)))
        return self.answers

    async def _press(self) -> None:
        async with Line(self.running.origin) as line:
            while self.left:
                self.left -= 1
                await self.running.alive.wait()
                try:
                    self.answers.append(await press(line, self.form, self.code, MINE))
                except ConnectionError:
                    self.cut += 1
                    self.left += 1

    async def _kill(self) -> None:
        while len(self.answers) < KILLED_AFTER:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.001)
        self.running.kill()
        await self.running.start()


async def press(line: Line, form: Form, code: str, email: str) -> Answer:
    return await line.post("/redeem", form, name="Somebody", email=email, code=code)


def same(answers: Iterable[Answer]) -> Counter[tuple[int, str, str]]:
    """The answers by what they say; a receipt holds the activation, and when it was signed."""
    return Counter((each.status, each.location, _receipt(each)) for each in answers)


def _receipt(answer: Answer) -> str:
    return str(forms.receipts().loads(answer.cookies["tallystick-receipt"]))


async def test_a_thousand_presses_of_one_form_and_a_kill_activate_once(
    cast: Cast, db: Settings
) -> None:
    code = (await issue(cast.ada, cast.month, 1)).texts[0]
    async with program.running(db, trusted_proxies="127.0.0.1") as running:
        async with Line(running.origin) as line:
            form = await line.form("/redeem")
        presses = Presses(running, form, code, times=TIMES)
        answers = same(await presses.all())
        async with Line(running.origin) as line:
            other = await press(line, form, code, OTHER)
    effects = await Activation.all().count() + len(await entries(AuditAction.ACTIVATE)) - 1
    held(
        test="T02",
        figure=(
            f"one form {answers.total():,} times, {presses.cut} of them cut by a kill: "
            f"{len(answers)} different answers, {effects} activations, "
            f"somebody else's form: {other.status}"
        ),
        target="1 answer, 1 activation, 422",
        holds=len(answers) == effects == 1
        and answers.total() == TIMES
        and presses.cut > 0
        and other.status == 422,
        why=str(answers.most_common(3)),
    )


async def test_a_thousand_presses_of_one_dialog_make_one_batch(cast: Cast) -> None:
    dialog = wanted(cast.month, "5", key="one dialog")
    made = await asyncio.gather(*(batches.request(cast.ada, dialog) for _ in range(TIMES)))
    rows, codes = await Batch.all().count(), await Code.all().count()
    held(
        test="T02",
        figure=f"one dialog {TIMES:,} times: {len({each.id for each in made})} batches answered, "
        f"{rows} made, {codes} codes, {len(await entries(AuditAction.CREATE))} entries",
        target="1, 1, 5, 1",
        holds=({each.id for each in made}, rows, codes) == ({made[0].id}, 1, 5)
        and len(await entries(AuditAction.CREATE)) == 1,
    )
