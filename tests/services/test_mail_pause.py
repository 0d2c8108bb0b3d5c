"""What is wrong for every mail alike pauses the queue, is said once, and costs no mail anything."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from models import Installation, Message
from models.enums import AuditAction
from services import mailing
from services.zones import now
from tests.cast import Cast, entries
from tests.certificates import made
from tests.conftest import POSTGRES, Configure
from tests.mail_server import Box, running
from tests.outgoing import compose, point_at, queue, restart, states

pytestmark = pytest.mark.usefixtures("fresh_sender")
only_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="a matter of SQLite alone")


async def test_a_wrong_password_pauses_the_queue_and_is_said_once(
    clock: time_machine.Traveller, cast: Cast, box: Box, configure: Configure, monkeypatch
) -> None:
    async with running(box, password="harbour") as port:
        point_at(configure, port, smtp_user="codes", smtp_password="lantern")
        await queue(cast, "ann@example.org", "bob@example.org")
        await mailing.drain(compose)
        installation = await Installation.get()
        assert installation.mail_paused_at == now()
        assert installation.mail_problem == "535 5.7.8 Authentication credentials invalid"
        assert await states() == ["QUEUED", "QUEUED"]
        lines = box.lines
        clock.shift(timedelta(minutes=4, seconds=59))
        await mailing.drain(compose)
        assert box.lines == lines
        clock.shift(timedelta(seconds=1))
        await mailing.drain(compose)
        assert box.lines > lines
        restart(monkeypatch)  # a start asks at once
        lines = box.lines
        await mailing.drain(compose)
        assert box.lines > lines
        [paused] = await entries(AuditAction.PAUSE)
        assert (paused.resource, paused.person_id, paused.workspace_id) == (
            "INSTALLATION",
            None,
            None,
        )
        assert {row.tries for row in await Message.all()} == {0}

        configure(smtp_password="harbour")
        restart(monkeypatch)
        await mailing.drain(compose)
    assert await states() == ["SENT", "SENT"]
    installation = await Installation.get()
    assert (installation.mail_paused_at, installation.mail_problem) == (None, "")
    assert len(await entries(AuditAction.PAUSE)) == 1
    assert len(await entries(AuditAction.RESTORE)) == 1


async def test_a_pause_costs_no_message_its_days(
    clock: time_machine.Traveller, cast: Cast, box: Box, configure: Configure
) -> None:
    async with running(box, password="harbour") as port:
        point_at(configure, port, smtp_user="codes", smtp_password="lantern")
        await queue(cast, "a.451@example.org")
        for _ in range(10):
            await mailing.drain(compose)
            clock.shift(timedelta(days=1))
        configure(smtp_password="harbour")
        await mailing.drain(compose)
        assert await states() == ["RETRYING"]


@pytest.mark.parametrize(
    ("names", "tls", "problem"),
    [
        (("elsewhere.test",), True, "IP address mismatch"),
        (("127.0.0.1",), True, "self-signed certificate"),
        ((), False, "STARTTLS"),
    ],
)
async def test_a_line_that_cannot_be_trusted_pauses_the_queue(
    cast: Cast,
    box: Box,
    configure: Configure,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
    tls: bool,
    problem: str,
) -> None:
    context: ssl.SSLContext | None = None
    if tls:
        file, context = made(tmp_path, *names)
        if "elsewhere.test" in names:
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with running(box, tls=context) as port:
        point_at(configure, port, smtp_tls="starttls")
        await queue(cast, "ann@example.org")
        await mailing.drain(compose)
    assert problem in (await Installation.get()).mail_problem
    assert await states() == ["QUEUED"]
    assert not box.senders


async def test_a_problem_that_changes_is_shown_and_not_told_again(
    clock: time_machine.Traveller, cast: Cast, box: Box, server: int, configure: Configure
) -> None:
    await queue(cast, "ann@example.org")
    box.refuse_sender = "550 5.7.1 Not yours"
    await mailing.drain(compose)
    clock.shift(timedelta(minutes=6))
    box.refuse_sender = "530 5.7.0 Authentication required"
    await mailing.drain(compose)
    assert (await Installation.get()).mail_problem == "530 5.7.0 Authentication required"
    assert len(await entries(AuditAction.PAUSE)) == 1
