"""The whole application behind its door, with somebody of every role in it."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from services.settings import Settings
from tests.cast import Cast
from tests.conftest import Configure
from tests.matrix.world import World, build
from tests.trust.conftest import is_whole
from tests.trust.web.wire import listening
from tests.ui.door import site as door
from tests.ui.screens.visit import House, opened

QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def pytest_configure(config: pytest.Config) -> None:
    """How many examples the tests that draw them take: the same ones in every quick run."""
    whole = is_whole(config)
    for name, quick, all_of_them in (
        ("fields", 500, 5_000),
        ("codes", 500, 10_000),
        ("codes alone", 500, 50_000),
    ):
        number = all_of_them if whole else quick
        settings.register_profile(name, max_examples=number, derandomize=not whole, **QUIET)


@pytest.fixture
async def house(cast: Cast) -> AsyncIterator[House]:
    async with opened(cast) as made:
        yield made


@pytest.fixture
async def world(house: House) -> World:
    return await build(house.cast)


@pytest.fixture
async def site(db: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The door, the public pages and one page of the application."""
    async with door.opened(monkeypatch):
        yield


@pytest.fixture
async def origin(site: None) -> AsyncIterator[str]:
    async with listening() as at:
        yield at


@pytest.fixture
def any_number(configure: Configure, many_tries: None) -> None:
    """One address may try as often as it likes."""
    configure(
        sign_in_tries_per_address=10**6,
        sign_in_tries_per_account=10**6,
        wait_after_failures=10**6,
    )
