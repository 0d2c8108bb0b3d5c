"""Codes are sealed anew beside everything else: found, shown and used at every moment, and once."""

import asyncio
import subprocess
import sys

import pytest

from models import AuditEntry, Authenticator, Batch, Code, Key, User
from models.enums import AuditAction, Resource, Status
from services import (
    background,
    code_list,
    codes,
    database,
    factor_proof,
    key_file,
    key_rotation,
    keys,
    resealing,
    vault,
)
from services.code_list import CodeFilter
from services.paging import Slice
from services.settings import Settings
from tests.cast import Cast, Issued, activated, issue, printed, redeem
from tests.conftest import POSTGRES
from tests.second_factors import with_app


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    background._stop.clear()  # another test has stopped its loops
    monkeypatch.setattr(resealing, "CHUNK", 7)
    monkeypatch.setattr(resealing, "BREATH", 0)


async def sealed_with(number: int) -> int:
    rows = await Code.all().values_list("sealed", flat=True)
    return sum(bytes(each)[0] == number for each in rows)


async def key(number: int) -> Key:
    return await Key.get(number=number)


async def test_every_code_is_sealed_anew_and_the_old_key_retires(cast: Cast, db: Settings) -> None:
    issued = await issue(cast.ada, cast.month, quantity=40)
    await key_rotation.rotate(db)
    await resealing.work()
    assert (await sealed_with(1), await sealed_with(2)) == (0, 40)
    old = await key(1)
    assert (old.codes, old.resealed, old.resealed_to) == (40, 40, old.codes_until)
    assert old.retired_at
    [entry] = await AuditEntry.filter(action=AuditAction.COMPLETE, resource=Resource.KEY)
    assert (entry.target_id, entry.detail) == (1, {"codes": 40})
    assert (await printed(issued.batch)).texts == issued.texts
    for body, code in zip(issued.bodies, (await printed(issued.batch)).codes, strict=True):
        assert bytes(code.digest) == vault.digest(body)


async def test_a_second_pass_changes_nothing(cast: Cast, db: Settings) -> None:
    await issue(cast.ada, cast.month)
    await key_rotation.rotate(db)
    await resealing.work()
    before = await Code.all().values(), await Key.all().values(), await AuditEntry.all().count()
    await resealing.work()
    after = await Code.all().values(), await Key.all().values(), await AuditEntry.all().count()
    assert after == before


async def test_codes_are_used_found_and_shown_while_they_are_sealed_anew(
    cast: Cast, db: Settings, many_tries: None
) -> None:
    issued = await issue(cast.ada, cast.month, quantity=120)
    used, rest = issued.texts[:60], issued.texts[60:]
    await key_rotation.rotate(db)
    await asyncio.gather(
        resealing.work(),
        find(cast, issued.batch.id, rest, first=61),
        show(cast, issued),
        make(cast),
        *(use(used[n::6]) for n in range(6)),
    )
    assert await sealed_with(1) == 0
    assert await Code.filter(batch_id=issued.batch.id, status=Status.ACTIVATED).count() == 60
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.activated) == (60, 60)
    await use(rest)


async def use(texts: list[str]) -> None:
    for text in texts:
        activated(await redeem(text, email=f"holder-{text[-4:]}@example.org"))


async def find(cast: Cast, batch_id: int, texts: list[str], *, first: int) -> None:
    for place, text in enumerate(texts, start=first):
        page = await code_list.page(cast.ada, batch_id, CodeFilter(search=text), Slice())
        assert [view.ordinal for view in page.rows] == [place]


async def show(cast: Cast, issued: Issued) -> None:
    while (await key(1)).retired_at is None:
        shown = await codes.show(cast.ada, issued.batch.id)
        assert [code.text for code in shown] == issued.texts


async def make(cast: Cast) -> None:
    for _ in range(5):
        fresh = await issue(cast.ada, cast.year)
        assert (await printed(fresh.batch)).texts == fresh.texts


async def test_two_processes_at_once_do_each_code_once(cast: Cast, db: Settings) -> None:
    issued = await issue(cast.ada, cast.month, quantity=60)
    await key_rotation.rotate(db)
    await asyncio.gather(resealing.work(), resealing.work(), return_exceptions=True)
    await resealing.work()
    old = await key(1)
    assert (old.resealed, old.codes, await sealed_with(1)) == (60, 60, 0)
    assert await AuditEntry.filter(action=AuditAction.COMPLETE, resource=Resource.KEY).count() == 1
    assert (await printed(issued.batch)).texts == issued.texts


async def test_a_stop_ends_between_two_chunks_and_the_next_start_goes_on(
    cast: Cast, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await issue(cast.ada, cast.month, quantity=30)
    await key_rotation.rotate(db)
    answers = iter([False, False, True])
    monkeypatch.setattr(background, "is_stopping", lambda: next(answers))
    await resealing.work()
    assert ((await key(1)).resealed, await sealed_with(2)) == (14, 14)
    monkeypatch.setattr(background, "is_stopping", lambda: False)
    await resealing.work()
    assert ((await key(1)).resealed, await sealed_with(2)) == (30, 30)


async def test_a_code_that_does_not_open_keeps_its_key_in_use_and_works_typed(
    cast: Cast, db: Settings
) -> None:
    issued = await issue(cast.ada, cast.month, quantity=20)
    broken = issued.codes[4]
    await Code.filter(id=broken.id).update(sealed=broken.sealed[:-1] + b"\0")
    await key_rotation.rotate(db)
    await resealing.work()
    await resealing.work()
    assert ((await key(1)).retired_at, await sealed_with(1)) == (None, 1)
    activated(await redeem(issued.texts[4]))
    await Code.filter(id=broken.id).update(sealed=broken.sealed)
    await resealing.work()
    assert (await key(1)).retired_at
    assert await sealed_with(1) == 0


async def test_a_key_that_seals_the_secret_of_a_person_is_not_retired(
    cast: Cast, db: Settings
) -> None:
    user = await User.get(id=cast.ada.user_id)
    secret = await Authenticator.create(user_id=user.id, sealed=b"\x01" + b"what does not open" * 3)
    await key_rotation.rotate(db)
    await resealing.work()
    assert (await key(1)).retired_at is None
    await secret.delete()
    await resealing.work()
    assert (await key(1)).retired_at


async def test_a_batch_that_is_gone_meanwhile_holds_nothing_up(
    cast: Cast, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await issue(cast.ada, cast.month, quantity=20)
    await key_rotation.rotate(db)
    store = resealing._store

    async def after_a_deletion(*args: object) -> None:
        await Code.filter(id__in=[issued.codes[0].id, issued.codes[9].id]).delete()
        await store(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(resealing, "_store", after_a_deletion)
    await resealing.work()
    assert ((await key(1)).resealed, await sealed_with(2)) == (18, 18)
    assert (await key(1)).retired_at


async def test_a_code_that_somebody_is_changing_is_come_back_to(
    cast: Cast, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await issue(cast.ada, cast.month, quantity=20)
    await key_rotation.rotate(db)
    held = iter([issued.codes[0].id, issued.codes[3].id, issued.codes[3].id])
    fetch = database.fetch

    async def as_if_held(statement: str, *values: object, **more: bool) -> list[dict[str, object]]:
        rows = await fetch(statement, *values, **more)
        busy = next(held, None) if more.get("skip_locked") else None
        return [row for row in rows if row["id"] != busy]

    monkeypatch.setattr(resealing, "fetch", as_if_held)
    await resealing.work()
    assert ((await key(1)).resealed, await sealed_with(2)) == (20, 20)
    assert (await printed(issued.batch)).texts == issued.texts


KILLED = """
import asyncio, os, signal, sys
from services import database, installation, resealing
from services.settings import get_settings

POINT, NUMBER = sys.argv[1], int(sys.argv[2])
resealing.CHUNK, resealing.BREATH = 25, 0
calls = 0

def wrapped(do):
    async def done(*args, **more):
        global calls
        result = await do(*args, **more)
        calls += 1
        if calls == NUMBER:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return done

setattr(resealing, POINT, wrapped(getattr(resealing, POINT)))

async def main():
    await database.connect(get_settings())
    await installation.open_key(get_settings())
    await resealing.work()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("point", "number", "done"),
    [
        ("execute_each", 1, 0),
        ("_store", 1, 25),
        ("execute_each", 3, 50),
        ("_store", 4, 100),
        ("_retire", 1, 100),
    ],
)
async def test_a_killed_process_leaves_whole_chunks_and_the_next_start_goes_on(
    cast: Cast, db: Settings, point: str, number: int, done: int
) -> None:
    issued = await issue(cast.ada, cast.month, quantity=100)
    await key_rotation.rotate(db)
    child = [sys.executable, "-c", KILLED, point, str(number)]
    killed = await asyncio.to_thread(subprocess.run, child, capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr.decode()
    assert ((await key(1)).resealed, await sealed_with(2)) == (done, done)
    assert (await printed(issued.batch)).texts == issued.texts
    for place in (0, 30, 60, 99):
        activated(await redeem(issued.texts[place]))
    await resealing.work()
    assert ((await key(1)).resealed, await sealed_with(1)) == (100, 0)
    assert await AuditEntry.filter(action=AuditAction.COMPLETE, resource=Resource.KEY).count() == 1
    assert (await printed(issued.batch)).texts == issued.texts


async def test_what_was_looked_up_before_the_retirement_is_found_after_it(
    cast: Cast, db: Settings
) -> None:
    issued = await issue(cast.ada, cast.month)
    await key_rotation.rotate(db)
    looked_up = vault.digests(issued.bodies[0])
    await resealing.work()
    found = await Code.filter(digest__in=looked_up)
    assert [code.id for code in found] == [issued.codes[0].id]
    assert len(keys.finding()) == 1
    assert len(keys.every()) == len(key_file.read(db.key_path)) == 2


@pytest.mark.skipif(bool(POSTGRES), reason="a column of bytes holds bytes there")
@pytest.mark.parametrize("value", ["CAST(sealed AS TEXT)", "'text'", "x''"])
async def test_text_in_the_place_of_a_seal_holds_up_nothing(
    cast: Cast, db: Settings, caplog: pytest.LogCaptureFixture, value: str
) -> None:
    app = await with_app(cast.sam)
    await with_app(cast.ada)
    issued = await issue(cast.ada, cast.month, quantity=20)
    await key_rotation.rotate(db)
    for table, row_id in (("code", issued.codes[4].id), ("authenticator", 2)):
        statement = f"UPDATE {table} SET sealed = {value} WHERE id = {row_id}"
        await database.connection().execute_query(statement)
    for _ in range(2):
        await asyncio.wait_for(resealing.work(), 10)
    assert (await key(1)).retired_at
    kept = await database.fetch("SELECT substr(sealed, 1, 1) AS number FROM code")
    assert [row["number"] for row in kept].count(b"\2") == 19
    if "x" not in value:
        assert f"Code row {issued.codes[4].id} was altered" in caplog.text
    user = await User.get(id=cast.sam.user_id).select_related("person")
    assert await database.unit_of_work(factor_proof.take)(user, app.code())
