"""T26: a backup taken while codes are used is whole; restored elsewhere it verifies and redeems."""

import asyncio
import shutil
import time
from pathlib import Path

import pytest

from models import Activation, Code
from models.enums import Status
from services import audit_verify, database
from services.settings import Settings
from tests import recount
from tests.cast import Cast, activated, issue, redeem
from tests.conftest import POSTGRES, Configure
from tests.trust import program
from tests.trust.figures import held
from tests.trust.line import Form, Line
from tests.trust.program import Program

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL is backed up with pg_dump"),
    pytest.mark.usefixtures("many_tries"),
]

CODES, BACKUPS, PAUSE = 4_000, 3, 0.05  # the pause between two codes of one visitor


async def use_all(running: Program, form: Form, codes: list[str], used: list[str]) -> None:
    async with Line(running.origin) as line:
        while codes:
            code = codes.pop()
            typed = {"name": "Somebody", "email": f"{code.lower()}@example.org", "code": code}
            answer = await line.post("/redeem", form, **typed)
            assert answer.status == 303
            used.append(code)
            await asyncio.sleep(PAUSE)


async def backups(db: Settings, place: Path, used: list[str]) -> list[tuple[Path, int]]:
    """Some backups, each with how many codes had been used when it began."""
    made: list[tuple[Path, int]] = []
    for number in range(BACKUPS):
        before, folder = len(used), place / str(number)
        said = await program.command(db.data_dir, "backup", "--to", str(folder))
        made.append((Path(said.splitlines()[0]), before))
    return made


async def restored(db: Settings, backup: Path, place: Path) -> Settings:
    """The backup on a machine that has nothing but it and the key file."""
    there = db.model_copy(update={"data_dir": place})
    await asyncio.to_thread(place.mkdir)
    await asyncio.to_thread(shutil.copy2, db.key_path, there.key_path)
    await program.command(place, "restore", str(backup), "--nothing-since")
    await database.disconnect()
    await database.connect(there)
    return there


def secrets_in(backup: Path, codes: list[str]) -> int:
    """How many codes can be read in the backup by whoever has it without the key."""
    bodies = [text.encode() for code in codes for text in (code, code.replace("-", ""))]
    found = 0
    for file in (each for each in backup.rglob("*") if each.is_file()):
        content = file.read_bytes()
        found += sum(body in content for body in bodies)
    return found


async def test_a_backup_taken_under_load_is_whole_and_used_elsewhere(
    cast: Cast, db: Settings, configure: Configure, tmp_path: Path
) -> None:
    made = [await issue(cast.ada, cast.month, 100) for _ in range(CODES // 100)]
    everything = [text for each in made for text in each.texts]
    spare, codes, used = everything[0], everything[1:], list[str]()
    async with program.running(db) as running:
        async with Line(running.origin) as line:
            form = await line.form("/redeem")
        load = [asyncio.create_task(use_all(running, form, codes, used)) for _ in range(4)]
        taken = await backups(db, tmp_path / "kept", used)
        under_load = bool(codes)
        codes.clear()
        await asyncio.gather(*load)
    began, wrong, lost = time.monotonic(), list[str](), 0
    for number, (backup, before) in enumerate(taken):
        there = await restored(db, backup, tmp_path / f"elsewhere{number}")
        configure(data_dir=there.data_dir)
        wrong += await recount.wrong()
        wrong += [str(each) for each in (await audit_verify.check([])).findings]
        uses = await Activation.all().count()
        lost += max(0, before - uses)
        activated(await redeem(spare, email="spare@example.org"))
        assert await Code.filter(status=Status.ACTIVATED).count() == uses + 1
    took = (time.monotonic() - began) / BACKUPS
    read = secrets_in(tmp_path / "kept", everything)
    await database.disconnect()
    await database.connect(db)
    held(
        test="T26",
        figure=(
            f"{BACKUPS} backups while {len(used):,} codes were used, restored in {took:.0f} s "
            f"each: {lost} uses lost, {len(wrong)} counters or seals wrong, "
            f"{read} codes readable without the key"
        ),
        target="0, 0, 0",
        holds=under_load and not (lost or wrong or read),
        why=f"{wrong[:3]}" if under_load else "the load ended before the backups",
    )
