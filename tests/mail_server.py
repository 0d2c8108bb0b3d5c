"""A real SMTP server that keeps what it takes and misbehaves as it is told.

How it treats a mail stands in the recipient's address, one word for each try, and then it takes
it: `ann.451.drop@example.org` is told to come later, then loses its line, then gets its mail.
`python -m tests.mail_server PORT FOLDER` runs it on its own and prints its port; each mail becomes
a file there, unless `forget` follows.
"""

import asyncio
import logging
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

ANSWERS = {
    "451": "451 4.7.1 Try again later",
    "421": "421 4.3.2 Closing now",
    "450": "450 4.2.1 Mailbox busy",
    "550": "550 5.1.1 No such person",
    "552": "552 5.3.4 Too large",
    "554": "554 5.7.1 Not wanted",
}
AT_DATA = ("450", "554", "552")  # the others are said of the recipient
SILENT = ("drop", "hang", "dropafter", "hangafter")  # the last two after the mail was taken
AFTER = ("dropafter", "hangafter")
WORDS = (*ANSWERS, *SILENT)
FOREVER = 3600


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the server is responsible for from now on."""

    recipient: str
    message_id: str
    message: EmailMessage


@dataclass
class Box:
    """What was taken, and how often each recipient was tried. `folder` gets a file for each."""

    folder: Path | None = None
    accepted: list[Accepted] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    senders: list[str] = field(default_factory=list)
    refuse_sender: str = ""
    answer: str = "250 2.0.0 Taken"

    def to(self, recipient: str) -> list[Accepted]:
        return [each for each in self.accepted if each.recipient == recipient]

    def take(self, recipient: str, content: bytes) -> None:
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        # the header as it travelled: Python would tidy it up
        raw = next(x for x in content.splitlines() if x.lower().startswith(b"message-id:"))
        self.accepted.append(Accepted(recipient, raw[11:].decode().strip(), message))
        if self.folder:
            self._write(self.folder, recipient, content)
        self.arrived.set()

    def _write(self, folder: Path, recipient: str, content: bytes) -> None:
        part = folder / f"{len(_files(folder)) + 1:06}.part"
        part.write_bytes(b"X-Recipient: " + recipient.encode() + b"\r\n" + content)
        part.rename(part.with_suffix(".eml"))


def words_of(recipient: str) -> list[str]:
    return [word for word in recipient.rpartition("@")[0].split(".") if word in WORDS]


def mails_in(folder: Path) -> list[EmailMessage]:
    """What a server that runs on its own has taken so far, oldest first."""
    read = (message_from_bytes(f.read_bytes(), policy=policy.default) for f in _files(folder))
    return [each for each in read if isinstance(each, EmailMessage)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


class Post:
    """aiosmtpd calls these at each step of a mail."""

    def __init__(self, box: Box) -> None:
        self.box = box

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.box.senders.append(address)
        if self.box.refuse_sender:
            return self.box.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        words = words_of(address)
        number = self.box.tries[address]
        self.box.tries[address] += 1
        session.word = words[number] if number < len(words) else ""  # type: ignore[attr-defined]
        if _word(session) == "421":
            await server.push(ANSWERS["421"])
            await _gone(server)
        if _word(session) in ANSWERS and _word(session) not in AT_DATA:
            return ANSWERS[_word(session)]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        word = _word(session)
        if word in AT_DATA:
            return ANSWERS[word]
        if word == "hang":
            await asyncio.sleep(FOREVER)
        assert isinstance(envelope.content, bytes)
        self.box.take(envelope.rcpt_tos[0], envelope.content)
        if word == "hangafter":
            await asyncio.sleep(FOREVER)
        if word == "dropafter":
            await _gone(server)
        return self.box.answer


def _word(session: Session) -> str:
    return getattr(session, "word", "")


async def _gone(server: SMTP) -> None:
    """Close the line; what handles it is cancelled a moment later."""
    assert server.transport
    server.transport.close()
    await asyncio.sleep(FOREVER)


class Server(SMTP):
    """Loses the line in the middle of a mail where it is told to."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.session and _word(self.session) == "drop":
            await self.push("354 Go on")
            await self._reader.readline()
            await _gone(self)
        await super().smtp_DATA(arg)


@asynccontextmanager
async def running(
    box: Box,
    *,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    from_the_start: bool = False,
    password: str = "",
    **more: Any,
) -> AsyncGenerator[int]:
    """The server in this loop; gives its port. With `tls` it offers STARTTLS, or TLS alone."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    def check(
        server: SMTP, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    def answer() -> Server:
        box.lines += 1
        return Server(
            Post(box),
            hostname="mail.test",
            tls_context=None if from_the_start else tls,
            authenticator=check if password else None,
            auth_required=bool(password),
            auth_require_tls=tls is not None and not from_the_start,
            loop=loop,
            **more,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        answer, "127.0.0.1", port, ssl=tls if from_the_start else None
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@contextmanager
def in_its_own_process(folder: Path, *, keep: bool = True) -> Generator[int]:
    """The server as its own process, for as long as this lasts; gives its port."""
    command = [sys.executable, "-m", "tests.mail_server", "0", str(folder)]
    with subprocess.Popen(
        command if keep else [*command, "forget"],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def _serve(port: int, folder: Path | None) -> None:
    async with running(Box(folder), port=port) as open_at:
        sys.stdout.write(f"{open_at}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    place = Path(sys.argv[2])
    place.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(int(sys.argv[1]), None if "forget" in sys.argv else place))
