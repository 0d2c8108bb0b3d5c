"""T01: a writing process that is killed at any moment leaves whole units of work behind."""

import asyncio
import sqlite3
import subprocess
import sys

import pytest

from services.settings import Settings
from tests.conftest import POSTGRES

WRITER = """
import asyncio
from datetime import UTC, datetime
from itertools import count
from services import database
from services.settings import Settings

COLUMNS = ("key", "spent", "began_at", "created_at")

@database.unit_of_work
async def write(number):
    now = datetime.now(UTC)
    for half in ("left", "right"):
        rows = [[f"{number}-{half}-{part}", 0, now, now] for part in range(50)]
        await database.insert_many("budget", COLUMNS, rows)

async def main():
    await database.connect(Settings())
    for number in count():
        await write(number)
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL's server is another process")
@pytest.mark.parametrize("acknowledged", [1, 17, 60])
async def test_a_killed_process_leaves_no_half_work_and_loses_nothing_acknowledged(
    db: Settings, acknowledged: int
) -> None:
    with subprocess.Popen(  # noqa: ASYNC220 - what is killed must not share our loop
        [sys.executable, "-c", WRITER], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        for _ in range(acknowledged):
            await asyncio.to_thread(writer.stdout.readline)
        writer.kill()
        last = max(
            [int(line) for line in writer.stdout if line.endswith("\n")], default=acknowledged - 1
        )
    file = sqlite3.connect(db.sqlite_path)
    counts = file.execute(
        "SELECT substr(key, 1, instr(key, '-') - 1) AS number, COUNT(*) FROM budget GROUP BY number"
    ).fetchall()
    assert {count for _, count in counts} == {100}
    assert len(counts) >= last + 1
    assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    file.close()
