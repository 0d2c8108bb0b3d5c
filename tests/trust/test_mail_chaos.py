"""T06: a mail server that misbehaves in every way, and a sender that is killed again and again."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from models import AuditEntry
from models.enums import AuditAction
from services.settings import Settings
from tests.cast import Cast
from tests.conftest import POSTGRES, Configure
from tests.mail_server import AFTER, Box, running, words_of
from tests.outgoing import queue
from tests.trust.conftest import Size
from tests.trust.figures import held

KILLS = (7, 20, 37, 57, 77)  # after so many of a hundred mails were taken
WAYS = (
    *("ok",) * 14,
    *("451", "450", "421", "drop", "dropafter", "550", "554"),
    *("451.drop", "dropafter.451", "dropafter.dropafter", "450.550", "421.dropafter"),
)
SLOW = ("hang", "hangafter", "hang.hangafter")
SENDER = """
import asyncio
from datetime import timedelta
from models import Message
from services import database, letters, mailing, outbox_due
from services.letters import Letter, Mail
from services.settings import get_settings
from services.smtp import Patience

mailing.PATIENCE = Patience(answer=0.4, data=0.4, whole=2)
mailing.FIRST_BACK_OFF = mailing.LONGEST_BACK_OFF = timedelta(milliseconds=50)
outbox_due.LONGEST_DELAY = timedelta(milliseconds=300)

async def read(message_id):
    return Letter(recipient=(await Message.get(id=message_id)).recipient)

letters.read = read

def compose(letter):
    return Mail(subject="Your code", text="Hello", html="<p>Hello</p>")

async def main():
    await database.connect(get_settings())
    while True:
        wait = await mailing.drain(compose)
        await asyncio.sleep(min(wait.total_seconds(), 0.1))

asyncio.run(main())
"""


@dataclass
class Sender:
    """The process that sends, and what it had in hand each time it was killed."""

    file: Path
    log: Path
    in_hand: Counter[str] = field(default_factory=Counter)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SENDER], stdout=output, stderr=output, env=os.environ
            )

    def kill(self) -> None:
        assert self.process and self.process.poll() is None, self.log.read_text()
        self.process.kill()
        self.process.wait()
        self.in_hand.update(
            str(row[0])
            for row in self.rows("SELECT message_id FROM message WHERE state = 'SENDING'")
        )

    def rows(self, statement: str) -> list[Any]:
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def is_done(self) -> bool:
        left = "SELECT COUNT(*) FROM message WHERE state NOT IN ('SENT', 'FAILED')"
        return self.rows(left) == [(0,)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(300):
        while not condition():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.005)


def recipients(mails: int) -> list[str]:
    """Some of each way, in an order that is the same each time."""
    ways = [*(WAYS[number % len(WAYS)] for number in range(mails - 9)), *SLOW * 3]
    random.Random(3).shuffle(ways)
    return [f"p{number}.{way}@example.org" for number, way in enumerate(ways)]


def nothing_lost_nothing_changed(
    box: Box, sender: Sender, numbers: dict[str, str]
) -> dict[str, str]:
    """The mails that were taken beside the rows; returns the state of each recipient's."""
    ended: dict[str, str] = dict(sender.rows("SELECT recipient, state FROM message"))
    copies = Counter(mail.recipient for mail in box.accepted)
    assert len(ended) == len(numbers)
    assert ended == {
        recipient: "FAILED" if {"550", "554"} & set(words_of(recipient)) else "SENT"
        for recipient in numbers
    }
    # none lost, none of those refused for good taken
    assert {recipient for recipient, state in ended.items() if state == "SENT"} == set(copies)
    # the same number at every try
    assert {(mail.recipient, mail.message_id) for mail in box.accepted} <= set(numbers.items())
    # taken twice only where the line died after the mail was taken, or the sender did
    for recipient, times in copies.items():
        died = sum(word in AFTER for word in words_of(recipient))
        killed = sender.in_hand[numbers[recipient]]
        assert 1 + died - killed <= times <= 1 + died + killed, recipient
    return ended


@pytest.mark.skipif(bool(POSTGRES), reason="the killed process must leave a file to look into")
async def test_no_mail_is_lost_whatever_the_server_does_and_whenever_the_sender_dies(
    cast: Cast, configure: Configure, tmp_path: Path, db: Settings, size: Size
) -> None:
    mails = size(quick=300, whole=2_000)
    box, sender = Box(), Sender(db.sqlite_path, tmp_path / "log")
    await queue(cast, *recipients(mails))
    numbers: dict[str, str] = dict(sender.rows("SELECT recipient, message_id FROM message"))
    async with running(box) as port:
        configure(
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_tls="none",
            mail_from="codes@example.org",
            mail_retry_after="1s",
        )
        try:
            for taken in (mails * each // 100 for each in KILLS):
                sender.start()
                await until(lambda taken=taken: len(box.accepted) >= taken)
                sender.kill()
            sender.start()
            await until(sender.is_done)
        finally:
            if sender.process:
                sender.process.kill()
                sender.process.wait()

    ended = nothing_lost_nothing_changed(box, sender, numbers)
    failed = await AuditEntry.filter(action=AuditAction.FAIL.value, resource="MESSAGE")
    assert len(failed) == len({entry.target_id for entry in failed})
    assert len(failed) == list(ended.values()).count("FAILED") > 0
    assert sum(sender.in_hand.values()) > 0  # some died with a mail in hand
    assert "Traceback" not in sender.log.read_text()
    held(
        test="T06",
        figure=(
            f"{mails:,} mails, {len(KILLS)} kills: 0 lost, each number constant, "
            f"{len(box.accepted) - len({mail.recipient for mail in box.accepted})} copies, "
            "all explained"
        ),
        target="0 lost; copies only where the line or the sender died after the dot",
        holds=True,
    )
