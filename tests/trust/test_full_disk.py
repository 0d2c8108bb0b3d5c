"""T07: the disk is full: refusals are clear, nothing is half written, it passes by itself."""

import asyncio
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from models import Activation, AuditEntry, Refusal
from services import database, redemptions
from services.database import connection
from services.errors import Unavailable
from services.settings import Settings
from tests import recount
from tests.cast import Cast, activated, issue, redeem
from tests.conftest import POSTGRES
from tests.trust import program
from tests.trust.figures import held
from tests.trust.line import Line

pytestmark = [
    pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL's disk is its own"),
    pytest.mark.usefixtures("many_tries"),
]

SPACE = "160m"  # ready until it is filled: see services.readiness
CODES, SERVED_WITHIN = 400, 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    if os.geteuid():
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path) -> Path:
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(64 * 1024)):
                pass
        except OSError:
            return filler


async def test_a_full_database_refuses_in_words_and_goes_on_when_there_is_room(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 2)
    before = (await AuditEntry.all().count(), await Refusal.all().count())
    rooms = await connection().execute_query_dict("PRAGMA max_page_count")
    await connection().execute_query("PRAGMA max_page_count = 1")  # as many as there are
    with pytest.raises(Unavailable, match="disk is full"):
        for _ in range(1000):  # some pages may have room
            await redeem(issued.texts[0], email="first@example.org")
            await issue(cast.ada, cast.month, 100)
    assert not await recount.wrong()
    assert await redemptions.open_link(issued.tokens[1])
    await connection().execute_query(f"PRAGMA max_page_count = {rooms[0]['max_page_count']}")
    activated(await redeem(issued.texts[1], email="second@example.org"))
    assert not await recount.wrong()
    assert (await AuditEntry.all().count(), await Refusal.all().count()) > before


@pytest.mark.whole
async def test_a_full_disk_costs_nothing_but_time(
    cast: Cast, db: Settings, small_disk: Path
) -> None:
    batches = [await issue(cast.ada, cast.month, 100) for _ in range(CODES // 100)]
    codes = [text for each in batches for text in each.texts]
    await database.disconnect()
    here = db.model_copy(update={"data_dir": small_disk / "data"})
    await asyncio.to_thread(shutil.copytree, db.data_dir, here.data_dir)
    await database.connect(here)
    async with program.running(here) as running, Line(running.origin) as line:
        form = await line.form("/redeem")
        filler = await asyncio.to_thread(fill, small_disk)
        watched = [await line.get(path) for path in ("/healthz", "/readyz")]
        answers: Counter[int] = Counter()
        unclear = 0
        for code in codes[:-1]:
            typed = {"name": "Somebody", "email": f"{code.lower()}@example.org", "code": code}
            answer = await line.post("/redeem", form, **typed)
            answers[answer.status] += 1
            unclear += answer.status == 503 and b"disk is full" not in answer.body
        reads = [(await line.get(p)).status for p in ("/redeem", f"/a/{batches[-1].tokens[-1]}")]
        await asyncio.to_thread(filler.unlink)
        freed, typed = time.monotonic(), {"name": "Last", "email": "last@example.org"}
        while (await line.post("/redeem", form, code=codes[-1], **typed)).status != 303:
            assert time.monotonic() - freed < 60
        again = time.monotonic() - freed
    assert [answer.status for answer in watched] == [200, 503]
    assert b"disk" in watched[1].body
    wrong = await recount.wrong()
    served = await Activation.all().count()
    await database.disconnect()
    await database.connect(db)
    held(
        test="T07",
        figure=(
            f"{answers[503]} of {answers.total()} refused while full, {unclear} of them unclear, "
            f"{len(wrong)} counters wrong, reads {reads}, served again after {again:.1f} s"
        ),
        target=f"all that fail say why, 0, reads 200, at most {SERVED_WITHIN} s",
        holds=set(answers) <= {303, 503}
        and answers[503] > CODES // 4
        and served == answers[303] + 1
        and not (unclear or wrong)
        and reads == [200, 200]
        and again <= SERVED_WITHIN,
        why=f"{answers}, {served} served, {wrong[:3]}",
    )
