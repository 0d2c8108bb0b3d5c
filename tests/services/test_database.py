"""The unit of work under failure, cancellation, nesting and strangers; the reader; the pragmas."""

import asyncio
from datetime import UTC, datetime

import pytest
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from models import Budget, Workspace
from services import database, signals
from services.database import unit_of_work
from services.settings import Settings
from services.signals import Changed, Topic
from tests.conftest import POSTGRES

only_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="a matter of SQLite alone")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
CHANGED = Changed(1, Topic.BATCHES, (7,))


async def spend(key: str) -> None:
    await Budget.create(key=key, began_at=BEGAN)


@unit_of_work
async def spend_pair(key: str) -> str:
    await spend(f"{key} left")
    await spend(f"{key} right")
    return key


@unit_of_work
async def spend_and_fail(key: str) -> None:
    await spend_pair(key)
    signals.emit(CHANGED)
    raise ValueError(key)


async def keys() -> set[str]:
    return {str(key) for key in await Budget.all().values_list("key", flat=True)}


async def assert_whole(timeout: float = 20) -> int:
    """No pair is half there, and the database still answers and writes; how many there are."""
    async with asyncio.timeout(timeout):
        await spend_pair("still alive")
        await Budget.filter(key__startswith="still").using_db(database.reader()).count()
        found = await keys()
    lefts = {key.removesuffix(" left") for key in found if key.endswith(" left")}
    rights = {key.removesuffix(" right") for key in found if key.endswith(" right")}
    assert lefts == rights
    return len(lefts) - 1


async def test_a_unit_of_work_returns_what_its_body_returns(db: Settings) -> None:
    assert await spend_pair("a") == "a"
    assert await keys() == {"a left", "a right"}


async def test_a_failed_unit_of_work_leaves_nothing_of_what_joined_it(db: Settings) -> None:
    with pytest.raises(ValueError, match="a"):
        await spend_and_fail("a")
    assert await keys() == set()
    assert await assert_whole() == 0


async def test_a_caught_failure_of_a_joined_unit_keeps_the_outer_one(db: Settings) -> None:
    @unit_of_work
    async def outer() -> None:
        with pytest.raises(ValueError, match="inner"):
            await inner()
        await spend("outer")

    @unit_of_work
    async def inner() -> None:
        raise ValueError("inner")

    await outer()
    assert await keys() == {"outer"}


async def test_signals_go_out_only_after_the_outermost_commit(db: Settings) -> None:
    heard: list[Changed] = []
    committed: list[bool] = []
    end = signals.subscribe(heard.append)

    @unit_of_work
    async def inner() -> None:
        await spend("inner")
        signals.emit(CHANGED)

    @unit_of_work
    async def outer() -> None:
        await inner()
        committed.append(bool(heard))

    await outer()
    end()
    assert committed == [False]
    assert heard == [CHANGED]


async def test_signals_of_a_rolled_back_unit_are_dropped(db: Settings) -> None:
    heard: list[Changed] = []
    end = signals.subscribe(heard.append)
    with pytest.raises(ValueError, match="a"):
        await spend_and_fail("a")
    end()
    assert heard == []


class Deadlock(Exception):
    """As PostgreSQL tells the one of two that it rolls back."""

    sqlstate = "40P01"


async def test_a_unit_that_lost_deadlocks_runs_again_and_is_done_once(db: Settings) -> None:
    heard: list[Changed] = []
    end, runs = signals.subscribe(heard.append), 0

    @unit_of_work
    async def work() -> None:
        nonlocal runs
        runs += 1
        await spend("a")
        signals.emit(CHANGED)
        if runs < 3:
            raise Deadlock

    await work()
    end()
    assert (runs, await keys(), heard) == (3, {"a"}, [CHANGED])


async def test_a_listener_finds_what_was_committed(db: Settings) -> None:
    looked: list[asyncio.Task[set[str]]] = []
    end = signals.subscribe(lambda _: looked.append(asyncio.create_task(keys())))

    @unit_of_work
    async def work() -> None:
        await spend("a")
        signals.emit(CHANGED)

    await work()
    end()
    assert await looked[0] == {"a"}


async def test_a_cancelled_caller_does_not_cut_the_work(db: Settings) -> None:
    half, go_on = asyncio.Event(), asyncio.Event()

    @unit_of_work
    async def work() -> None:
        await spend("a left")
        half.set()
        await go_on.wait()
        await spend("a right")

    caller = asyncio.create_task(work())
    await half.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    assert await assert_whole() == 1


async def test_work_cut_without_the_shield_hangs_nothing_and_halves_nothing(db: Settings) -> None:
    """The end of an event loop cancels the units themselves, at any of their steps."""

    async def pair(key: str) -> None:
        async with in_transaction("default"):
            await spend(f"{key} left")
            await spend(f"{key} right")

    async def many(key: str) -> None:
        rows = [[f"{key}{number} {side}", 0, BEGAN, BEGAN] for number in range(5) for side in SIDES]
        await database.insert_many("budget", ("key", "spent", "began_at", "created_at"), rows)

    for steps in range(40):
        for work in (pair, many):
            caller = asyncio.create_task(work(f"{work.__name__}{steps} "))
            for _ in range(steps):
                await asyncio.sleep(0)
            caller.cancel()
            await asyncio.gather(caller, return_exceptions=True)
            await assert_no_transaction()
        await Budget.filter(key__startswith="still").delete()
    await assert_whole()


SIDES = ("left", "right")


async def assert_no_transaction() -> None:
    """A write by itself is there for everybody else at once."""
    async with asyncio.timeout(10):
        mark = await Budget.create(key="mark", began_at=BEGAN)
        assert await Budget.filter(key="mark").using_db(database.reader()).exists()
        await mark.delete()


async def test_a_task_started_inside_cannot_write_through_the_transaction(db: Settings) -> None:
    @unit_of_work
    async def work() -> None:
        await spend("own")
        with pytest.raises(TransactionManagementError, match="Start tasks after the unit of work"):
            await asyncio.create_task(spend("stranger"))

    await work()
    assert await keys() == {"own"}


async def test_a_task_started_inside_cannot_open_a_unit_meanwhile(db: Settings) -> None:
    @unit_of_work
    async def work() -> None:
        with pytest.raises(TransactionManagementError, match="before that one ends"):
            await asyncio.create_task(spend_pair("stranger"))

    await work()
    assert await keys() == set()


async def test_a_task_that_outlives_the_unit_writes_on_its_own(db: Settings) -> None:
    ended = asyncio.Event()
    later: list[asyncio.Task[str]] = []

    async def write_later() -> str:
        await ended.wait()
        await spend("plain")
        return await spend_pair("unit")

    @unit_of_work
    async def work() -> None:
        later.append(asyncio.create_task(write_later()))
        await spend("lost")
        raise ValueError("rolled back")

    with pytest.raises(ValueError, match="rolled back"):
        await work()
    ended.set()
    await later[0]
    assert await keys() == {"plain", "unit left", "unit right"}


async def test_prefetching_works_inside_a_unit_of_work(db: Settings) -> None:
    @unit_of_work
    async def work() -> list[Workspace]:
        await Workspace.create(slug="acme", name="Acme", time_zone="UTC")
        return await Workspace.all().prefetch_related("products", "people")

    assert [len(workspace.products) for workspace in await work()] == [0]


async def test_get_or_create_works_inside_a_unit_of_work(db: Settings) -> None:
    @unit_of_work
    async def work() -> list[bool]:
        tries = [await Budget.get_or_create({"began_at": BEGAN}, key="a") for _ in range(2)]
        return [created for _, created in tries]

    assert await work() == [True, False]


async def test_one_of_two_hundred_racing_claims_wins(db: Settings) -> None:
    await spend("prize")

    @unit_of_work
    async def claim() -> bool:
        return bool(await Budget.filter(key="prize", spent=0).update(spent=1))

    claims = await asyncio.gather(*(claim() for _ in range(200)))
    assert sum(claims) == 1


async def test_the_reader_is_not_held_up_by_a_unit_and_sees_nothing_of_it(db: Settings) -> None:
    if POSTGRES:
        pytest.skip("inside a unit PostgreSQL's reader is its transaction")
    seen: list[int] = []

    @unit_of_work
    async def work() -> None:
        await spend("a")
        async with asyncio.timeout(5):
            seen.append(await Budget.all().using_db(database.reader()).count())

    await work()
    assert seen == [0]
    assert await Budget.all().using_db(database.reader()).count() == 1


@only_sqlite
async def test_the_reader_cannot_write(db: Settings) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await Budget.create(key="a", began_at=BEGAN, using_db=database.reader())
    with pytest.raises(OperationalError, match="readonly"):
        async with in_transaction("reader"):
            pass
    assert await Budget.all().using_db(database.reader()).count() == 0


@only_sqlite
async def test_a_commit_that_fails_leaves_nothing_open(db: Settings) -> None:
    @unit_of_work
    async def orphan() -> None:
        await database.connection().execute_query("PRAGMA defer_foreign_keys = ON")
        await database.insert_many(
            "product", ("workspace_id", "name", "created_at"), [[99, "orphan", BEGAN]]
        )

    with pytest.raises(IntegrityError):
        await orphan()
    assert await assert_whole() == 0


@only_sqlite
@pytest.mark.parametrize("pragma", ["synchronous", "foreign_keys", "recursive_triggers"])
async def test_a_pragma_that_did_not_take_stops_the_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, pragma: str
) -> None:
    settings.data_dir.mkdir()
    monkeypatch.setitem(database.PRAGMAS, pragma, "OFF")
    with pytest.raises(RuntimeError, match=f"answers 0 to PRAGMA {pragma}"):
        await database.connect(settings)


async def test_rows_go_in_together_or_not_at_all(db: Settings) -> None:
    columns = ("key", "spent", "began_at", "created_at")
    await database.insert_many("budget", columns, ([str(n), n, BEGAN, BEGAN] for n in range(5)))
    with pytest.raises(IntegrityError):
        await database.insert_many(
            "budget", columns, [["new", 0, BEGAN, BEGAN], ["4", 0, BEGAN, BEGAN]]
        )
    assert await keys() == {"0", "1", "2", "3", "4"}


async def test_placeholders_speak_the_dialect(db: Settings) -> None:
    expected = "$3, $4" if POSTGRES else "?, ?"
    assert database.placeholders(2, start=3) == expected


async def test_a_lock_needs_a_unit_of_work(db: Settings) -> None:
    with pytest.raises(TransactionManagementError):
        await database.lock("seal")


async def test_a_lock_lets_one_past_at_a_time(db: Settings) -> None:
    inside: list[str] = []

    @unit_of_work
    async def work(name: str) -> None:
        await database.lock("seal")
        inside.append(f"{name} in")
        await spend(name)
        inside.append(f"{name} out")

    await asyncio.gather(work("a"), work("b"), work("c"))
    pairs = [tuple(step.split()[0] for step in inside[at : at + 2]) for at in (0, 2, 4)]
    assert all(first == second for first, second in pairs)


async def test_disconnecting_waits_for_work_whose_caller_has_gone(db: Settings) -> None:
    began = asyncio.Event()

    @unit_of_work
    async def work() -> None:
        began.set()
        await spend("a left")
        await spend("a right")

    caller = asyncio.create_task(work())
    await began.wait()
    caller.cancel()
    await database.disconnect()
    await database.connect(db)
    assert await assert_whole() == 1


async def test_a_failure_after_the_caller_has_gone_is_logged(
    db: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    @unit_of_work
    async def work() -> None:
        began.set()
        await go_on.wait()
        raise ValueError("nobody hears this")

    caller = asyncio.create_task(work())
    await began.wait()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    go_on.set()
    await assert_whole()
    assert "failed after its caller had gone" in caplog.text
