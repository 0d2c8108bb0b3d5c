"""Mails of the cast on their way to a real mail server."""

import pytest

from models import Message
from models.enums import MessageKind
from services import mailing, outbox
from services.database import unit_of_work
from services.letters import Letter, Mail
from services.outbox import Draft
from tests.cast import Cast
from tests.conftest import Configure

put = unit_of_work(outbox.put)


def compose(letter: Letter) -> Mail:
    return Mail(subject="Your code", text=f"For {letter.recipient}\n", html="<p>Hello</p>")


def restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "_server", mailing._Remembered())


def point_at(configure: Configure, port: int, **more: object) -> None:
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none"}
    configure(**values | {"mail_from": "codes@example.org"} | more)


async def queue(cast: Cast, *recipients: str) -> list[int]:
    return await put(
        [
            Draft(
                kind=MessageKind.CONFIRMATION,
                workspace_id=cast.northwind.id,
                recipient=recipient,
                requested_by_id=cast.sam.person_id,
            )
            for recipient in recipients
        ]
    )


async def states() -> list[str]:
    return [row.state.value for row in await Message.all().order_by("id")]


async def only() -> Message:
    [message] = await Message.all()
    return message
