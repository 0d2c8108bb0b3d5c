"""The site that the door stands in front of."""

from collections.abc import AsyncIterator

import pytest

from services.settings import Settings
from tests.ui.door.site import opened


@pytest.fixture
async def site(db: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    async with opened(monkeypatch):
        yield
