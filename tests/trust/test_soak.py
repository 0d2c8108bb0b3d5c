"""T23: a hundred tabs stay open while codes are used and tabs come and go; memory stays flat."""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from services.settings import Settings
from tests.cast import PASSWORD, Cast, issue
from tests.trust import program
from tests.trust.figures import held
from tests.trust.line import Form, Line
from tests.trust.program import Program
from tests.trust.tab import Tab
from ui import routes

pytestmark = pytest.mark.whole

TABS, FOR_A_SESSION = 100, 10
LASTS, WARM_UP, WINDOW = 600.0, 180.0, 60.0  # seconds; a median over a window is one figure
GROWTH, SLOW = 0.05, 0.2
PEOPLE = ("ada@example.org", "sam@example.org")
PATHS = (routes.access_codes("northwind"), routes.edspace("northwind"), routes.HOME)


@dataclass
class Samples:
    """Resident memory and open files by time, and how long a page took while all that went on."""

    pid: int
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    files: list[int] = field(default_factory=list[int])
    answers: list[float] = field(default_factory=list[float])
    began: float = field(default_factory=time.monotonic)

    def take(self) -> None:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        self.memory.append((self.age(), pages * os.sysconf("SC_PAGE_SIZE") / 2**20))
        self.files.append(len(list(Path(f"/proc/{self.pid}/fd").iterdir())))

    def age(self) -> float:
        return time.monotonic() - self.began

    def around(self, moment: float) -> float:
        near = [size for at, size in self.memory if abs(at - moment) <= WINDOW / 2]
        return statistics.median(near)


@dataclass
class Crowd:
    running: Program
    tabs: list[Tab] = field(default_factory=list[Tab])
    _seats: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _opened: int = 0

    async def sign_in(self) -> None:
        for number in range(TABS // FOR_A_SESSION):
            source = f"127.0.0.{number + 2}"
            async with Line(self.running.origin, source=source) as line:
                form = await line.form("/login")
                email = PEOPLE[number % len(PEOPLE)]
                answer = await line.post("/login", form, email=email, password=PASSWORD)
            assert answer.status == 303, answer.body.decode()
            self._seats.append((f"tallystick={answer.cookies['tallystick']}", source))

    async def another(self) -> None:
        number, self._opened = self._opened, self._opened + 1
        cookie, source = self._seats[number % len(self._seats)]
        path = PATHS[number % len(PATHS)]
        tab = Tab(self.running.origin, path, cookie=cookie, source=source)
        await tab.open()
        self.tabs.append(tab)

    async def one_comes_and_one_goes(self) -> None:
        gone = self.tabs.pop(0)
        await gone.close()
        await self.another()


async def use(line: Line, form: Form, code: str) -> float:
    began = time.monotonic()
    typed = {"name": "Somebody", "email": f"{code.lower()}@example.org", "code": code}
    answer = await line.post("/redeem", form, **typed)
    assert answer.status == 303
    return time.monotonic() - began


async def soak(crowd: Crowd, samples: Samples, codes: list[str]) -> None:
    """Each third second a code is used, which tabs show; each sixth a tab goes and one comes."""
    async with Line(crowd.running.origin) as line:
        form = await line.form("/redeem")
        for second in count():
            if samples.age() > LASTS:
                return
            if second % 3 == 0:
                samples.answers.append(await use(line, form, codes.pop()))
                samples.take()
            if second % 6 == 0:
                await crowd.one_comes_and_one_goes()
            await asyncio.sleep(max(0.0, second + 1 - samples.age()))


async def test_memory_is_flat_while_a_hundred_tabs_are_open(cast: Cast, db: Settings) -> None:
    made = [await issue(cast.ada, cast.month, 101) for _ in range(int(LASTS) // 300 + 1)]
    codes = [text for each in made for text in each.texts]
    async with program.running(db) as running:
        crowd = Crowd(running)
        await crowd.sign_in()
        for _ in range(TABS):
            await crowd.another()
        samples = Samples(running.pid)
        await soak(crowd, samples, codes)
        broken = [tab.broken for tab in crowd.tabs if tab.broken]
        deaf = sum(not tab.heard for tab in crowd.tabs[: TABS // 2])
        noise = "Traceback" in running.said()
        for tab in crowd.tabs:
            await tab.close()
    early, late = samples.around(WARM_UP), samples.around(LASTS - WINDOW / 2)
    p95 = statistics.quantiles(samples.answers, n=20)[-1]
    files = samples.files[-1] - samples.files[len(samples.files) // 3]
    held(
        test="T23",
        figure=(
            f"{TABS} tabs for {LASTS / 60:.0f} minutes: {early:.0f} MB after "
            f"{WARM_UP / 60:.0f} minutes, {late:.0f} MB at the end, {files:+} files, "
            f"{len(broken)} tabs lost, p95 {p95 * 1000:.0f} ms"
        ),
        target=f"at most {GROWTH:.0%} more memory, no more than 10 files, 0, {SLOW * 1000:.0f} ms",
        holds=late <= early * (1 + GROWTH)
        and files <= 10
        and not (broken or deaf or noise)
        and p95 <= SLOW,
        why=f"{broken[:2]}, {deaf} tabs heard nothing{', a traceback in the log' * noise}",
    )
