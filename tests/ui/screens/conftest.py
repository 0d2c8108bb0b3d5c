"""The application with its cast; an error in the log fails the test."""

from collections.abc import AsyncIterator

import pytest

from tests.cast import Cast
from tests.ui.screens.visit import House, opened


@pytest.fixture
async def house(cast: Cast, caplog: pytest.LogCaptureFixture) -> AsyncIterator[House]:
    async with opened(cast) as made:
        yield made
    errors = [
        record.getMessage() for record in caplog.get_records("call") if record.levelname == "ERROR"
    ]
    # Said of a loop of NiceGUI that Python 3.11 sometimes has to be told twice to end.
    assert [error for error in errors if not error.startswith("Could not cancel")] == []
