"""A mail server for the tests of those who send, and a sender that was just started."""

from collections.abc import AsyncIterator

import pytest

from models import Message
from services import background, letters, mailing
from services.letters import Letter
from services.smtp import Patience
from tests.cast import Cast
from tests.conftest import Configure
from tests.mail_server import Box, running
from tests.outgoing import point_at, restart
from tests.paying import Scene, set_up


@pytest.fixture
def fresh_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was just started, and letters that say whom they are for."""

    async def read(message_id: int) -> Letter:
        return Letter(recipient=(await Message.get(id=message_id)).recipient)

    monkeypatch.setattr(letters, "read", read)
    monkeypatch.setattr(mailing, "PATIENCE", Patience(answer=0.4, data=0.4, whole=3))
    background._stop.clear()  # another test has stopped its loops
    restart(monkeypatch)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
async def server(box: Box, configure: Configure) -> AsyncIterator[int]:
    async with running(box) as port:
        point_at(configure, port)
        yield port


@pytest.fixture
async def scene(cast: Cast) -> Scene:
    return await set_up(cast)
