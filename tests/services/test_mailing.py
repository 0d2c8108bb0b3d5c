"""The outbox is emptied into a real mail server, whatever that server does."""

import logging
import sqlite3
from datetime import timedelta

import pytest
import time_machine
from tortoise.exceptions import OperationalError

from models import Installation, Message
from models.enums import AuditAction, MessageState
from services import background, database, letters, mailing, outbox_answers, outbox_claims, smtp
from services.database import unit_of_work
from services.errors import NotFound
from services.letters import Letter, Mail, Pointless
from services.settings import get_settings
from tests.cast import Cast, entries
from tests.conftest import POSTGRES, Configure
from tests.mail_server import Box, running
from tests.outgoing import compose, only, point_at, queue, states

pytestmark = pytest.mark.usefixtures("fresh_sender")
only_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="a matter of SQLite alone")


async def test_all_that_is_due_goes_over_one_line(cast: Cast, box: Box, server: int) -> None:
    await queue(cast, *(f"p{number}@example.org" for number in range(120)))
    assert await mailing.drain(compose) == mailing.LONGEST_WAIT
    assert set(await states()) == {"SENT"}
    assert (len(box.accepted), box.lines) == (120, 1)
    rows = {row.recipient: row.message_id for row in await Message.all()}
    assert rows == {mail.recipient: mail.message_id for mail in box.accepted}
    assert {row.last_answer for row in await Message.all()} == {"250 2.0.0 Taken"}


async def test_without_a_message_nobody_is_dialled(cast: Cast, box: Box, server: int) -> None:
    await mailing.drain(compose)
    assert box.lines == 0


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"smtp_host": "mail.example.org", "mail_from": "codes@example.org"},
        {
            "smtp_host": "mail.example.org",
            "mail_from": "codes@example.org",
            "public_url": "https://codes.example.org",
            "demo": "true",
        },
    ],
)
async def test_what_is_held_stays_as_it_is(
    cast: Cast, configure: Configure, chosen: dict[str, object]
) -> None:
    configure(**chosen)
    await queue(cast, "ann@example.org")
    assert await mailing.drain(compose) == mailing.LONGEST_WAIT
    message = await only()
    assert (message.state, message.tries) == (MessageState.QUEUED, 0)


async def test_one_answer_for_each_message(cast: Cast, box: Box, server: int) -> None:
    await queue(
        cast, "a.451@example.org", "b.550@example.org", "c.dropafter@example.org", "d@x.org"
    )
    wait = await mailing.drain(compose)
    assert await states() == ["RETRYING", "FAILED", "RETRYING", "SENT"]
    assert timedelta(seconds=40) < wait <= mailing.LONGEST_WAIT
    answers = [row.last_answer for row in await Message.all().order_by("id")]
    assert answers == [
        "451 4.7.1 Try again later",
        "550 5.1.1 No such person",
        smtp.BROKEN,
        "250 2.0.0 Taken",
    ]
    [failed] = await entries(AuditAction.FAIL)
    assert failed.detail == {"kind": "CONFIRMATION", "tries": 1}


async def test_a_postponed_message_goes_later_as_the_same_mail(
    clock: time_machine.Traveller, cast: Cast, box: Box, server: int
) -> None:
    await queue(cast, "a.451.dropafter.hang@example.org")
    for _ in range(4):
        await mailing.drain(compose)
        clock.shift(timedelta(hours=1))
    message = await only()
    assert (message.state, message.tries) == (MessageState.SENT, 4)
    assert {mail.message_id for mail in box.accepted} == {message.message_id}
    assert len(box.accepted) == 2  # the line died after the dot once


async def test_against_a_dead_server_one_message_is_tried_and_the_rest_waits(
    clock: time_machine.Traveller, cast: Cast, box: Box, configure: Configure
) -> None:
    async with running(box) as port:
        point_at(configure, port)
    await queue(cast, *(f"p{number}@example.org" for number in range(60)))
    waits = [await mailing.drain(compose)]
    assert max(await states()) == "RETRYING" and (await states()).count("QUEUED") == 59
    assert "cannot be reached" in mailing.trouble()
    assert await mailing.drain(compose) <= waits[0]  # woken too early, it dials nobody
    assert sum([row.tries for row in await Message.all()]) == 1
    for _ in range(9):
        clock.shift(waits[-1] if waits[-1] < mailing.LONGEST_WAIT else timedelta(minutes=7))
        waits.append(await mailing.drain(compose))
    assert waits[0] <= timedelta(seconds=6) < timedelta(seconds=7) < waits[2]
    assert sum([row.tries for row in await Message.all()]) <= 10
    async with running(box, port=port):
        clock.shift(timedelta(hours=6))
        await mailing.drain(compose)
    assert set(await states()) == {"SENT"}
    assert mailing.trouble() == ""


async def test_a_server_that_loses_every_line_is_left_alone_after_three(
    cast: Cast, box: Box, server: int
) -> None:
    await queue(cast, *(f"p{number}.drop@example.org" for number in range(10)))
    await mailing.drain(compose)
    assert (await states()).count("RETRYING") == mailing.LOSSES
    assert mailing.trouble() == smtp.BROKEN


async def test_what_has_become_pointless_fails_with_its_reason(
    cast: Cast, box: Box, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(message_id: int) -> Letter:
        raise (Pointless if message_id % 2 else NotFound)("This code was revoked.")

    monkeypatch.setattr(letters, "read", read)
    await queue(cast, "ann@example.org", "bob@example.org")
    await mailing.drain(compose)
    assert await states() == ["FAILED", "FAILED"]
    assert {row.last_answer for row in await Message.all()} == {"This code was revoked."}
    assert box.lines == 0


async def test_one_that_cannot_be_written_stops_no_other_and_the_log_has_no_address(
    cast: Cast, box: Box, server: int, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(letter: Letter) -> Mail:
        if letter.recipient.startswith("ann"):
            raise KeyError(letter.recipient)
        return compose(letter)

    [first, _] = await queue(cast, "ann@example.org", "bob@example.org")
    await mailing.drain(stumble)
    assert await states() == ["RETRYING", "SENT"]
    [record] = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert f"Message {first} failed: KeyError" in record.getMessage()
    assert "stumble" in record.getMessage()
    assert "example.org" not in record.getMessage()


async def test_what_a_dead_process_left_goes_at_the_next_start(
    cast: Cast, box: Box, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    [message_id] = await queue(cast, "ann@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(outbox_claims, "ME", "dead")
        await outbox_claims.claim(message_id)
    await mailing.drain(compose)
    message = await only()
    assert (message.state, message.tries) == (MessageState.SENT, 2)
    assert [mail.message_id for mail in box.accepted] == [message.message_id]


async def test_a_stop_is_heeded_between_two_messages(
    cast: Cast, box: Box, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(cast, *(f"p{number}@example.org" for number in range(5)))
    monkeypatch.setattr(mailing, "is_stopping", lambda: len(box.accepted) == 2)
    await mailing.drain(compose)
    assert (await states()).count("SENT") == 2
    assert (await states()).count("QUEUED") == 3


@only_sqlite
@pytest.mark.parametrize("recipient", ["ann@example.org", "ann.451@example.org"])
async def test_what_the_server_said_outlives_a_locked_database(
    clock: time_machine.Traveller, cast: Cast, box: Box, server: int, recipient: str
) -> None:
    await queue(cast, recipient)
    await database.connection().execute_query("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(get_settings().sqlite_path, isolation_level=None)

    def lock_and_compose(letter: Letter) -> Mail:
        other.execute("BEGIN IMMEDIATE")
        return compose(letter)

    assert await mailing.drain(lock_and_compose) == mailing.FIRST_BACK_OFF
    assert box.tries[recipient] == 1
    assert (await only()).state is MessageState.SENDING
    await mailing.drain(compose)
    other.execute("ROLLBACK")
    clock.shift(outbox_claims.LEASE * 2)
    await mailing.drain(compose)
    other.close()
    said = await only()
    assert box.tries[recipient] == 1, "it is not sent a second time"
    taken = recipient.startswith("ann@")
    assert said.state is (MessageState.SENT if taken else MessageState.RETRYING)
    assert said.last_answer[:3] == ("250" if taken else "451")


async def test_what_can_never_be_written_down_holds_up_nobody(
    clock: time_machine.Traveller,
    cast: Cast,
    box: Box,
    server: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poisoned, *_ = await queue(cast, "ann@example.org", "bob@example.org")
    sent = outbox_answers.sent

    async def refused(held: outbox_claims.Claimed, answer: str) -> bool:
        if held.id == poisoned:
            raise OperationalError
        return await sent(held, answer)

    monkeypatch.setattr(outbox_answers, "sent", refused)
    await mailing.drain(compose)
    assert await states() == ["SENDING", "SENT"]
    clock.shift(outbox_claims.LEASE * 2)
    await mailing.drain(compose)
    assert (box.tries["ann@example.org"], box.tries["bob@example.org"]) == (2, 1)


async def test_mail_goes_out_after_the_clock_was_turned_back(
    clock: time_machine.Traveller, cast: Cast, box: Box, server: int
) -> None:
    await queue(cast, "ann@example.org", "bob.421@example.org")
    await mailing.drain(compose)
    await queue(cast, "cem@example.org")
    clock.shift(timedelta(days=-365))
    await mailing.drain(compose)
    assert await states() == ["SENT", "SENT", "SENT"]


async def test_no_write_waits_for_the_server(cast: Cast, box: Box, server: int) -> None:
    """While a server takes its time, a unit of work begins and ends."""

    @unit_of_work
    async def write() -> None:
        await Installation.all().update(setup_digest="meanwhile")

    await queue(cast, "a.hang@example.org")
    background.start("Sending mail", lambda: mailing.drain(compose))
    try:
        while not box.tries:
            await write()
        await write()
        assert await states() == ["SENDING"]
    finally:
        await background.stop()
    assert await states() == ["RETRYING"]


async def test_the_owner_may_have_the_server_asked_at_once(
    clock: time_machine.Traveller, cast: Cast, box: Box, server: int
) -> None:
    box.refuse_sender = "550 5.7.1 Not yours"
    await queue(cast, "ann@example.org")
    await mailing.drain(compose)
    box.refuse_sender = ""
    for who in (cast.ada, cast.sam, cast.eve):
        with pytest.raises(NotFound):
            await mailing.try_now(who)
    await mailing.drain(compose)
    assert await states() == ["QUEUED"]
    await mailing.try_now(cast.olga)
    await mailing.drain(compose)
    assert await states() == ["SENT"]
    [entry] = await entries(AuditAction.RETRY)
    assert (entry.resource, entry.person_id) == ("INSTALLATION", cast.olga.person_id)
