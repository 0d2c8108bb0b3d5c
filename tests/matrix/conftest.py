"""The world of the matrix, and the application in front of it."""

from collections.abc import AsyncIterator

import pytest

from tests.cast import Cast
from tests.matrix.world import World, build
from tests.ui.screens.visit import House, opened


@pytest.fixture
async def world(cast: Cast) -> World:
    return await build(cast)


@pytest.fixture
async def house(world: World) -> AsyncIterator[House]:
    async with opened(world.cast) as made:
        yield made
