"""T03: the power fails anywhere in the write-ahead log; what was answered before is still there.

kill -9 cannot show this, as what was handed to the system survives it. So the log is cut by hand:
at any byte, alone or with anything behind it that a disk may have left there.
"""

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services import database, sealing
from services.settings import Settings
from tests.cast import Cast, activated, issue, redeem
from tests.conftest import POSTGRES
from tests.trust.conftest import Size
from tests.trust.figures import held

pytestmark = [
    pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL has a log of its own"),
    pytest.mark.usefixtures("many_tries"),
]

CODES = 16
HALVES = """
SELECT (SELECT COUNT(*) FROM code WHERE status = 'ACTIVATED'), (SELECT COUNT(*) FROM activation),
    (SELECT COUNT(*) FROM entitlement), (SELECT SUM(activated) FROM batch),
    (SELECT COUNT(*) FROM audit_entry WHERE action = 'ACTIVATE')"""


@dataclass(frozen=True, slots=True)
class Written:
    """A database as it was, all that was written since, and how much of it at each answer."""

    base: bytes
    log: bytes
    answered: tuple[int, ...]

    def must_have(self, cut: int) -> int:
        return sum(size <= cut for size in self.answered)


@pytest.fixture
def quick_folder() -> Generator[Path]:
    """In memory where the system has such a place: thousands of databases are written there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


async def written(cast: Cast, db: Settings) -> Written:
    log = Path(f"{db.sqlite_path}-wal")
    texts = (await issue(cast.ada, cast.month, CODES)).texts
    await database.connection().execute_script("PRAGMA wal_autocheckpoint = 0")
    await database.connection().execute_script("PRAGMA wal_checkpoint(TRUNCATE)")
    base = db.sqlite_path.read_bytes()
    assert not _size(log)
    answered: list[int] = []
    for number, text in enumerate(texts):
        activated(await redeem(text, email=f"p{number}@example.org"))
        answered.append(_size(log))
        if number % 5 == 4:
            await sealing.finish()
    return Written(base, await asyncio.to_thread(log.read_bytes), tuple(answered))


def _size(file: Path) -> int:
    return file.stat().st_size


def nothing(rest: bytes, dice: random.Random) -> bytes:
    return b""


def noise(rest: bytes, dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(1, 20_000))


def zeros(rest: bytes, dice: random.Random) -> bytes:
    return bytes(dice.randrange(1, 20_000))


def a_torn_sector(rest: bytes, dice: random.Random) -> bytes:
    """What came later arrived, but for one sector."""
    at = dice.randrange(0, 2_000)
    return rest[:at] + dice.randbytes(512) + rest[at + 512 :]


TAILS: tuple[Callable[[bytes, random.Random], bytes], ...] = (nothing, noise, zeros, a_torn_sector)


def faults_of(folder: Path, made: Written, cut: int, tail: bytes) -> list[str]:
    """What is wrong after the power failed there."""
    file, log = folder / "cut.sqlite3", folder / "cut.sqlite3-wal"
    file.write_bytes(made.base)
    log.write_bytes(made.log[:cut] + tail)
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # for the copy alone: it is thrown away
        [(said,)] = connection.execute("PRAGMA integrity_check").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        [counts] = connection.execute(HALVES).fetchall()
    except sqlite3.DatabaseError as error:
        return [f"at {cut}: {error}"]
    finally:
        connection.close()
    found = [f"at {cut}: {said}"] if said != "ok" or broken else []
    if len(set(counts)) != 1:
        found.append(f"at {cut}: half a redemption, {counts}")
    if counts[0] < made.must_have(cut):
        found.append(f"at {cut}: {counts[0]} there, {made.must_have(cut)} were answered")
    return found


async def test_whatever_was_answered_before_the_power_failed_is_there(
    cast: Cast, db: Settings, size: Size, quick_folder: Path
) -> None:
    made = await written(cast, db)
    cuts, dice = size(quick=1_000, whole=10_000), random.Random(20261125)
    wrong: list[str] = []
    for number in range(cuts):
        cut = dice.randrange(len(made.log) + 1)
        tail = TAILS[number % len(TAILS)](made.log[cut:], dice)
        wrong += faults_of(quick_folder, made, cut, tail)
    held(
        test="T03",
        figure=f"{len(wrong)} bad of {cuts:,} cuts through {len(made.answered)} redemptions",
        target="0",
        holds=not wrong,
        why=str(wrong[:3]),
    )
    everything = faults_of(quick_folder, made, len(made.log), b"")
    assert not everything
    assert made.must_have(len(made.log)) == CODES
