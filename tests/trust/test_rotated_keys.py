"""T25: a new key takes over while codes are used and the program is killed; none is lost."""

import asyncio
import random
import sqlite3
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from models import Code, Key
from models.enums import Status
from services import database, installation, vault
from services.settings import Settings
from tests import recount
from tests.cast import Cast, Issued, issue, printed
from tests.conftest import POSTGRES
from tests.trust import program
from tests.trust.conftest import Size
from tests.trust.figures import held
from tests.trust.line import Form, Line
from tests.trust.program import Program

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="the test looks into the file meanwhile")

VISITORS, BATCH = 8, 100


@dataclass
class Watch:
    """What the file says of the replacement, from outside: another process writes it."""

    db: Settings

    def read(self) -> tuple[int, bool]:
        """How many codes are sealed anew, and whether the old key is retired."""
        with closing(sqlite3.connect(self.db.sqlite_path)) as file:
            told = "SELECT resealed, retired_at FROM key WHERE number = 1"
            [(number, retired)] = file.execute(told).fetchall()
        return number, retired is not None

    async def until(self, codes: int) -> int:
        """Until that many are sealed anew."""
        while (number := (await asyncio.to_thread(self.read))[0]) < codes:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        return number

    async def end(self) -> None:
        while not (await asyncio.to_thread(self.read))[1]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@dataclass
class Load:
    """Codes that are used one after another until the replacement has ended."""

    running: Program
    form: Form
    left: deque[str]
    used: list[str] = field(default_factory=list[str])
    failed: list[int] = field(default_factory=list[int])
    over: bool = False

    async def visitor(self) -> None:
        async with Line(self.running.origin) as line:
            while self.left and not self.over:
                code = self.left.popleft()
                status = await self._answer(line, code)
                if status == 303:
                    self.used.append(code)
                else:
                    self.failed.append(status)

    async def _answer(self, line: Line, code: str) -> int:
        """Sent again wherever a kill cut it."""
        typed = {"name": "Somebody", "email": f"{code.lower()}@example.org", "code": code}
        while True:
            await self.running.alive.wait()
            try:
                return (await line.post("/redeem", self.form, **typed)).status
            except ConnectionError:
                continue


async def taken_over(load: Load, watch: Watch, kills: list[int]) -> list[int]:
    """Kill at these points; returns how many codes were sealed anew at each kill."""
    met: list[int] = []
    async with asyncio.timeout(600), asyncio.TaskGroup() as tasks:
        for _ in range(VISITORS):
            tasks.create_task(load.visitor())
        for point in kills:
            met.append(await watch.until(point))
            load.running.kill()
            await load.running.start()
        await watch.end()
        load.over = True
    return met


async def test_every_code_is_sealed_anew_under_load_and_kills_and_none_fails(
    cast: Cast, db: Settings, size: Size
) -> None:
    quantity, times = size(quick=1_500, whole=20_000), size(quick=1, whole=5)
    issued = [await issue(cast.ada, cast.month, BATCH) for _ in range(quantity // BATCH)]
    texts = [text for each in issued for text in each.texts]
    kills = [1 + quantity * each // (times + 1) for each in range(times)]
    await database.disconnect()
    await program.command(db.data_dir, "keys", "rotate")
    async with program.running(db) as running:
        async with Line(running.origin) as line:
            form = await line.form("/redeem")
        # in any order: those that are sealed anew already, and those that are not
        load = Load(running, form, deque(random.Random(20261125).sample(texts, quantity // 2)))
        met = await taken_over(load, Watch(db), kills)
        noise = "Traceback" in running.said()
    await installation.open_key(db)
    wrong = await whole(issued, load.used) + await recount.wrong()
    held(
        test="T25",
        figure=(
            f"{quantity:,} codes sealed anew with {len(met)} kills, {len(load.used):,} used "
            f"meanwhile: {len(load.failed)} failed, {len(wrong)} wrong afterwards"
        ),
        target="0, 0",
        holds=len(load.used) > 0 and not (load.failed or wrong or noise) and max(met) < quantity,
        why=f"{load.failed[:3]} {wrong[:3]} killed at {met}",
    )


async def whole(issued: list[Issued], used: list[str]) -> list[str]:
    """What of the codes is not as it was, but for their seals and who used them."""
    wrong = list[str]()
    old = await Key.get(number=1)
    if (old.resealed, old.codes) != (sum(len(each.texts) for each in issued),) * 2:
        wrong.append(f"{old.resealed} of {old.codes} codes are said to be sealed anew")
    for each in issued:
        now = await printed(each.batch)
        if now.texts != each.texts:
            wrong.append(f"batch {each.batch.id} reads otherwise")
        found = [vault.digest(body) for body in each.bodies]
        if found != [bytes(code.digest) for code in now.codes]:
            wrong.append(f"batch {each.batch.id} is found otherwise")
        if {bytes(code.sealed)[0] for code in now.codes} != {2}:
            wrong.append(f"batch {each.batch.id} has seals of the old key")
    activated = await Code.filter(status=Status.ACTIVATED).count()
    if activated != len(used):
        wrong.append(f"{activated} codes are used, {len(used)} were answered")
    return wrong
