"""What the owner is told of mail, and the mail that tries it."""

import logging
from datetime import timedelta

import pytest
import time_machine

from models import Installation, Message
from models.enums import AuditAction, MessageKind, MessageState
from services import mail_health, mail_pause, mailing, outbox, trial_mail
from services.database import unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.letters import Mail
from services.mail_outcome import Misconfigured, Permanent, Sent, Temporary
from services.outbox import Draft
from services.zones import now
from tests.cast import Cast, entries, every_row
from tests.conftest import Configure
from tests.mail_server import Box

TEST = Mail(subject="Test mail", text="It works.\n", html="", sender="Tallystick")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "_server", mailing._Remembered())


async def put(cast: Cast, *states: MessageState) -> None:
    for state in states:
        draft = Draft(
            kind=MessageKind.CONFIRMATION,
            workspace_id=cast.acme.id,
            recipient="ann@example.org",
        )
        [message_id] = await unit_of_work(outbox.put)([draft])
        await Message.filter(id=message_id).update(state=state)


async def test_without_a_server_it_says_so(cast: Cast) -> None:
    mail = await mail_health.mail(cast.olga)
    assert mail.server == ""
    assert mail.held.startswith("No mail server is set up yet.")
    assert (mail.queued, mail.retrying, mail.failed, mail.oldest) == (0, 0, 0, None)


async def test_it_shows_what_is_set_without_the_password(cast: Cast, configure: Configure) -> None:
    configure(
        smtp_host="mail.example.org",
        smtp_user="codes",
        smtp_password="harbour",
        mail_from="codes@example.org",
        public_url="https://codes.example.org",
    )
    mail = await mail_health.mail(cast.olga)
    assert (mail.server, mail.tls, mail.user, mail.sender, mail.held) == (
        "mail.example.org:587",
        "starttls",
        "codes",
        "codes@example.org",
        "",
    )
    assert "harbour" not in repr(mail)


async def test_it_counts_the_messages_of_every_workspace(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    first = now()
    await put(cast, *MessageState, MessageState.FAILED, MessageState.FAILED)
    clock.shift(timedelta(hours=3))
    await put(cast, MessageState.QUEUED)
    mail = await mail_health.mail(cast.olga)
    assert (mail.queued, mail.retrying, mail.failed) == (3, 1, 3)
    assert mail.oldest == first


async def test_what_was_forgotten_needs_nobody_any_more(cast: Cast) -> None:
    await put(cast, MessageState.FAILED)
    await Message.all().update(forgotten_at=now())
    assert (await mail_health.mail(cast.olga)).failed == 0


async def test_it_says_since_when_and_why_mail_is_paused(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await mail_pause.begin("535 Wrong password")
    mail = await mail_health.mail(cast.olga)
    assert (mail.paused_at, mail.paused) == (now(), "535 Wrong password")


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_nobody_else_sees_or_sends_anything(
    cast: Cast, box: Box, server: int, who: str
) -> None:
    before = await every_row()
    with pytest.raises(NotFound):
        await mail_health.mail(getattr(cast, who))
    with pytest.raises(NotFound):
        await trial_mail.send(getattr(cast, who), "ann@example.org", TEST)
    assert not box.lines
    assert await every_row() == before


async def test_a_test_mail_goes_past_the_outbox_and_is_in_the_log(
    cast: Cast, box: Box, server: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outcome = await trial_mail.send(cast.olga, " ann@example.org ", TEST)
    assert outcome == Sent("250 2.0.0 Taken")
    assert box.accepted[0].message["Subject"] == "Test mail"
    assert not await Message.exists()
    [entry] = await entries(AuditAction.SEND)
    assert (entry.resource, entry.person_id) == ("INSTALLATION", cast.olga.person_id)
    assert "example.org" not in str(entry.detail)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("services")]
    assert "ann@" not in "".join(ours)


@pytest.mark.parametrize(
    ("recipient", "outcome"),
    [
        ("a.550@example.org", Permanent("550 5.1.1 No such person")),
        ("a.451@example.org", Temporary("451 4.7.1 Try again later")),
    ],
)
async def test_it_says_exactly_what_the_server_answered(
    cast: Cast, server: int, recipient: str, outcome: object
) -> None:
    assert await trial_mail.send(cast.olga, recipient, TEST) == outcome


@pytest.mark.parametrize(
    "address", ["", "ann", "a@b.org, c@d.org", "ann@example.org\r\nBcc: x@y.org"]
)
async def test_what_is_no_address_is_said_at_the_field(
    cast: Cast, box: Box, server: int, address: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await trial_mail.send(cast.olga, address, TEST)
    assert set(refused.value.fields) == {"email"}
    assert not box.lines
    assert not await entries(AuditAction.SEND)


@pytest.mark.parametrize(
    "chosen",
    [{}, {"demo": "true", "smtp_host": "mail.example.org", "mail_from": "codes@example.org"}],
)
async def test_where_no_mail_may_go_no_test_goes(
    cast: Cast, configure: Configure, chosen: dict[str, str]
) -> None:
    configure(**chosen)
    with pytest.raises(Conflict):
        await trial_mail.send(cast.olga, "ann@example.org", TEST)
    assert not await entries(AuditAction.SEND)


async def test_a_test_mail_that_goes_ends_the_pause(cast: Cast, box: Box, server: int) -> None:
    await mail_pause.begin("535 Wrong password")
    box.refuse_sender = "550 5.7.1 Not yours"
    assert isinstance(await trial_mail.send(cast.olga, "ann@example.org", TEST), Misconfigured)
    assert await mail_pause.is_on()
    box.refuse_sender = ""
    await trial_mail.send(cast.olga, "ann@example.org", TEST)
    assert not await mail_pause.is_on()
    assert (await Installation.get()).mail_problem == ""
