"""What every test may ask for: settings of its own and a fresh, migrated database."""

import asyncio
import gc
import os
import shutil
import uuid
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import UTC, datetime
from pathlib import Path

import argon2
import asyncpg
import pytest
import time_machine

from services import (
    answer_times,
    certificates,
    database,
    heartbeats,
    key_file,
    key_tie,
    keys,
    lanes,
    passkey_sign_in,
    password_resets,
    passwords,
    redeem_limits,
    schema,
    sealing,
    sign_in_limits,
    step_up,
    throttling,
)
from services.keys import KeyRing
from services.settings import Settings, get_settings
from tests.cast import NOWHERE, Cast, assemble

POSTGRES = os.environ.get("TALLYSTICK_TEST_POSTGRES", "")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    for name in [name for name in os.environ if name.startswith("TALLYSTICK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TALLYSTICK_DATA_DIR", str(tmp_path / "data"))
    if POSTGRES:
        monkeypatch.setenv("TALLYSTICK_DATABASE_URL", _sibling(f"test_{uuid.uuid4().hex}"))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
def ring(settings: Settings) -> KeyRing:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    made = key_file.create(settings.key_path)
    keys.use(made)
    return made


@pytest.fixture
async def empty(settings: Settings) -> AsyncGenerator[Settings]:
    """Settings of a database without any table, not connected."""
    if POSTGRES:
        await _administer(f'CREATE DATABASE "{_name(settings.database_url)}"')
    yield settings
    if POSTGRES:
        await _administer(f'DROP DATABASE "{_name(settings.database_url)}" WITH (FORCE)')


@pytest.fixture
async def db(settings: Settings, template: str, ring: KeyRing) -> AsyncGenerator[Settings]:
    """A fresh database, connected, with a key in use."""
    if POSTGRES:
        await _administer(f'CREATE DATABASE "{_name(settings.database_url)}" TEMPLATE "{template}"')
    else:
        shutil.copyfile(template, settings.sqlite_path)
    await database.connect(settings)
    yield settings
    await database.disconnect()
    if POSTGRES:
        await _administer(f'DROP DATABASE "{_name(settings.database_url)}" WITH (FORCE)')


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A migrated database to copy: a file, or the name of a PostgreSQL database."""
    folder = tmp_path_factory.mktemp("template")
    _spare_the_collector()
    if not POSTGRES:
        made = Settings(data_dir=folder)
        asyncio.run(schema.migrate(made))
        assert not made.sqlite_path.with_name(f"{made.sqlite_path.name}-wal").exists()
        yield str(made.sqlite_path)
        return
    name = f"template_{uuid.uuid4().hex}"
    asyncio.run(_administer(f'CREATE DATABASE "{name}"'))
    asyncio.run(schema.migrate(Settings(data_dir=folder, database_url=_sibling(name))))
    yield name
    asyncio.run(_administer(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _spare_the_collector() -> None:
    """What is imported stays; NiceGUI collects garbage twice in each test that uses it."""
    gc.collect()
    gc.freeze()


def _sibling(name: str) -> str:
    return f"{POSTGRES.rsplit('/', 1)[0]}/{name}"


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1]


async def _administer(statement: str) -> None:
    server = await asyncpg.connect(_sibling("postgres"))
    try:
        await server.execute(statement)
    finally:
        await server.close()


@pytest.fixture
def clock() -> Generator[time_machine.Traveller]:
    """A clock that stands at noon UTC, weeks before Berlin's summer time; ask for it first."""
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords._hash_of_nobody.cache_clear()


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cast need not prove who they are; real sessions have to."""
    of_session = step_up.is_confirmed

    async def is_confirmed(session_id: int) -> bool:
        return session_id >= NOWHERE or await of_session(session_id)

    monkeypatch.setattr(step_up, "is_confirmed", is_confirmed)


@pytest.fixture
def prompt_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals come as soon as they can."""
    monkeypatch.setattr(answer_times, "STEP", 0)


@pytest.fixture
async def cast(
    db: Settings, ring: KeyRing, cheap_passwords: None, confirmed: None, prompt_refusals: None
) -> Cast:
    """Everybody, on a fresh database, with no try counted yet."""
    forget_process()
    await key_tie.tie(ring.check_value)
    return await assemble()


def forget_process() -> None:
    """What a restart of the process forgets."""
    redeem_limits.by_address.cache_clear()
    lanes.forget()
    password_resets.by_address.cache_clear()
    certificates.by_address.cache_clear()
    passkey_sign_in.by_address.cache_clear()
    sign_in_limits.by_address.cache_clear()
    throttling._process = throttling._Process()
    heartbeats.forget()


@pytest.fixture
def fresh_sealer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was just started, with nothing sealed yet."""
    monkeypatch.setattr(sealing, "_process", sealing._Process())


Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Change settings of a running test: configure(batch_max=5)."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"TALLYSTICK_{name.upper()}", str(value))
        get_settings.cache_clear()
        forget_process()

    return change


@pytest.fixture
def many_tries(settings: Settings, configure: Configure) -> None:
    """Limits too high to be met."""
    for whose in ("address", "account", "workspace", "installation"):
        configure(**{f"redeem_tries_per_{whose}": 10**6})
