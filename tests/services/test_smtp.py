"""What a real mail server says, sorted; and what of a mail reaches it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from services import smtp
from services.envelopes import Post
from services.letters import Mail
from services.mail_outcome import Misconfigured, Outcome, Permanent, Sent, Step, Temporary, one_line
from services.smtp import Line, Patience, Server
from tests.certificates import made
from tests.mail_server import Box, running

SHORT = Patience(answer=0.5, data=0.5, whole=3)
MAIL = Mail(subject="Your code", text="Grüße\n", html="<p>Grüße</p>", sender="Northwind Academy")
NUMBERED = "<1@codes.example.org>"


def server(port: int, **more: object) -> Server:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": port,
        "user": "",
        "password": "",
        "tls": "none",
        "sender": "codes@example.org",
    }
    return Server(**values | more)  # type: ignore[arg-type]


def post(recipient: str, mail: Mail = MAIL, message_id: str = NUMBERED) -> Post:
    return Post(recipient=recipient, message_id=message_id, mail=mail)


@asynccontextmanager
async def line_to(at: Server) -> AsyncIterator[Line]:
    line = Line(at, SHORT)
    try:
        yield line
    finally:
        await line.close()


async def send(at: Server, recipient: str = "ann@example.org", mail: Mail = MAIL) -> Outcome:
    async with line_to(at) as line:
        return await line.send(post(recipient, mail))


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
async def plain(box: Box) -> AsyncIterator[Server]:
    async with running(box) as port:
        yield server(port)


async def test_a_mail_arrives_with_its_headers_and_both_its_bodies(box: Box, plain: Server) -> None:
    assert await send(plain) == Sent("250 2.0.0 Taken")
    [accepted] = box.accepted
    message = accepted.message
    assert accepted.recipient == "ann@example.org"
    assert accepted.message_id == NUMBERED
    assert message["From"] == "Northwind Academy <codes@example.org>"
    assert message["To"] == "ann@example.org"
    assert message["Subject"] == "Your code"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo
    bodies = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    assert bodies["plain"].get_content() == "Grüße\r\n"  # type: ignore[union-attr]
    assert bodies["html"].get_content() == "<p>Grüße</p>\r\n"  # type: ignore[union-attr]


async def test_many_mails_take_one_line(box: Box, plain: Server) -> None:
    async with line_to(plain) as line:
        for number in range(20):
            assert isinstance(await line.send(post(f"p{number}@example.org")), Sent)
    assert (len(box.accepted), box.lines) == (20, 1)


async def test_a_refusal_leaves_the_line_good_for_the_next_mail(box: Box, plain: Server) -> None:
    async with line_to(plain) as line:
        for word in ("451", "550", "450", "554"):
            assert not isinstance(await line.send(post(f"a.{word}@example.org")), Sent)
            assert isinstance(await line.send(post("ann@example.org")), Sent)
    assert (len(box.accepted), box.lines) == (4, 1)


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("451", Temporary("451 4.7.1 Try again later")),
        ("450", Temporary("450 4.2.1 Mailbox busy")),
        ("421", Temporary("421 4.3.2 Closing now", Step.LINE)),
        ("550", Permanent("550 5.1.1 No such person")),
        ("552", Permanent("552 5.3.4 Too large")),
        ("554", Permanent("554 5.7.1 Not wanted")),
        ("drop", Temporary(smtp.BROKEN, Step.LINE)),
        ("dropafter", Temporary(smtp.BROKEN, Step.LINE)),
        ("hang", Temporary(smtp.SLOW, Step.LINE)),
        ("hangafter", Temporary(smtp.SLOW, Step.LINE)),
    ],
)
async def test_what_the_server_does_is_sorted_and_the_next_mail_goes(
    box: Box, plain: Server, word: str, outcome: Outcome
) -> None:
    async with line_to(plain) as line:
        assert await line.send(post(f"a.{word}@example.org")) == outcome
        assert isinstance(await line.send(post("ann@example.org")), Sent)
    assert len(box.to(f"a.{word}@example.org")) == word.endswith("after")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.7.1 Not your address", Misconfigured),
        ("530 5.7.0 Authentication required", Misconfigured),
        ("552 5.3.4 Too large", Permanent),
        ("450 4.7.1 Slow down", Temporary),
    ],
)
async def test_a_refused_sender_would_be_refused_for_every_mail(
    box: Box, plain: Server, answer: str, kind: type[Outcome]
) -> None:
    box.refuse_sender = answer
    assert await send(plain) == kind(answer)


async def test_nobody_listens(box: Box) -> None:
    async with running(box) as port:
        pass
    outcome = await send(server(port))
    assert outcome == Temporary(
        f"127.0.0.1:{port} cannot be reached: Connection refused.", Step.CONNECT
    )


async def test_a_host_without_an_address_may_get_one() -> None:
    outcome = await send(server(25, host="mail.invalid"))
    assert isinstance(outcome, Temporary) and outcome.step is Step.CONNECT
    assert outcome.answer.startswith("mail.invalid:25 cannot be reached: ")


@pytest.mark.parametrize(
    ("greeting", "outcome"),
    [
        (b"554 5.7.1 Not from there\r\n", Misconfigured("554 5.7.1 Not from there")),
        (b"450 4.3.2 Later\r\n", Temporary("450 4.3.2 Later", Step.CONNECT)),
        (b"", Temporary("{at} cannot be reached: the line broke.", Step.CONNECT)),
        (
            b"hello there\r\n",
            Temporary("-1 Malformed SMTP response line: hello there", Step.CONNECT),
        ),
        (b"x" * 100_000 + b"\r\n", Temporary("-1 Response too long", Step.CONNECT)),
    ],
)
async def test_a_server_that_does_not_greet(greeting: bytes, outcome: Outcome) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    listening = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        said = await send(server(port))
    assert said == replace(outcome, answer=outcome.answer.format(at=f"127.0.0.1:{port}"))


async def test_a_silent_server_is_waited_for_only_so_long() -> None:
    async def nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    listening = await asyncio.start_server(nothing, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        outcome = await send(server(port))
    assert outcome == Temporary(
        f"127.0.0.1:{port} cannot be reached: it did not answer in time.", Step.CONNECT
    )


async def test_a_domain_in_other_letters_travels_in_ascii(box: Box, plain: Server) -> None:
    assert isinstance(await send(plain, "jo@bücher.example"), Sent)
    [accepted] = box.accepted
    assert accepted.recipient == accepted.message["To"] == "jo@xn--bcher-kva.example"


async def test_other_letters_before_the_at_need_a_server_that_takes_them(box: Box) -> None:
    async with running(box) as port:
        assert await send(server(port), "jörg@bücher.example") == Permanent(smtp.LETTERS)
    async with running(box, enable_SMTPUTF8=True) as port:
        assert isinstance(await send(server(port), "jörg@bücher.example"), Sent)
    [accepted] = box.accepted
    assert accepted.recipient == "jörg@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ann",
        "ann@",
        "ann@example.org, bob@example.org",
        "ann@example.org\r\nBcc: bob@example.org",
        "ann@example.org\nRCPT TO:<bob@example.org>",
        "ann\0@example.org",
        "ann <ann@example.org>",
        "ann@exämple..org",
        "\ud800@example.org",
        "a b@example.org",
    ],
)
async def test_a_hopeless_address_is_no_mail_and_no_crash(
    box: Box, plain: Server, recipient: str
) -> None:
    async with line_to(plain) as line:
        outcome = await line.send(post(recipient))
        assert isinstance(outcome, Permanent)
        assert outcome.answer.startswith(smtp.UNWRITABLE)
        assert isinstance(await line.send(post("ann@example.org")), Sent)
    assert len(box.accepted) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Code\r\nBcc: bob@example.org"},
        {"subject": "\ud800"},
        {"text": "\ud800"},
        {"html": "\udfff"},
        {"sender": "Northwind\r\nBcc: bob@example.org"},
    ],
)
async def test_what_would_be_another_header_is_no_mail(
    box: Box, plain: Server, change: dict[str, str]
) -> None:
    assert isinstance(await send(plain, mail=replace(MAIL, **change)), Permanent)
    assert not box.accepted


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "<b>Course</b> & Söhne: Bcc: x@y.z"},
        {"subject": "ü" * 300},
        {"sender": 'Ac"me, <x@y.z>, Inc.'},
        {"text": ".\r\n..\r\nQUIT\r\n" + "x" * 5000 + "\n"},
        {"html": ""},
    ],
)
async def test_odd_words_arrive_as_they_are(
    box: Box, plain: Server, change: dict[str, str]
) -> None:
    mail = replace(MAIL, **change)
    assert isinstance(await send(plain, mail=mail), Sent)
    message = box.accepted[0].message
    assert message["Subject"] == mail.subject
    assert message["From"].addresses[0].display_name == mail.sender
    assert message["From"].addresses[0].addr_spec == "codes@example.org"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.splitlines() == mail.text.splitlines()
    assert (message.get_body(("html",)) is None) == (not mail.html)


async def test_a_long_number_is_not_changed_on_the_way(box: Box, plain: Server) -> None:
    host = ".".join(("a" * 60, "b" * 60, "c" * 60, "example.org"))
    async with line_to(plain) as line:
        await line.send(post("ann@example.org", message_id=f"<{'1' * 32}@{host}>"))
    assert box.accepted[0].message_id == f"<{'1' * 32}@{host}>"


async def test_an_answer_is_kept_as_one_clean_line(box: Box, plain: Server) -> None:
    box.answer = "250-Taken\r\n250-by \x07 us\r\n250 " + "x" * 900
    outcome = await send(plain)
    assert isinstance(outcome, Sent)
    assert outcome.answer.startswith("250 Taken by us xxx")
    assert len(outcome.answer) == 500


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\udcffb", "a\x1b\r\n\tb", " a  b "])
def test_an_answer_holds_nothing_that_no_database_holds(text: str) -> None:
    assert one_line(text) == "a b"


async def test_a_sender_that_is_no_address_is_a_setting_to_mend(plain: Server) -> None:
    for wrong in ("codes, more@example.org", "jörg@example.org", "a@b@c"):
        outcome = await send(replace(plain, sender=wrong))
        assert isinstance(outcome, Misconfigured)
        assert "TALLYSTICK_MAIL_FROM" in outcome.answer


# Encryption and sign-in


@pytest.fixture
def right(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for 127.0.0.1, and somebody who trusts it."""
    file, context = made(tmp_path, "127.0.0.1", "mail.test")
    return context, ssl.create_default_context(cafile=str(file))


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_a_trusted_certificate_of_the_right_name_is_enough(
    box: Box, right: tuple[ssl.SSLContext, ssl.SSLContext], mode: str
) -> None:
    context, trust = right
    async with running(box, tls=context, from_the_start=mode == "tls") as port:
        assert isinstance(await send(server(port, tls=mode, trust=trust)), Sent)


async def test_the_file_of_the_environment_is_trusted(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = made(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with running(box, tls=context) as port:
        assert isinstance(await send(server(port, tls="starttls")), Sent)


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_a_certificate_that_signed_itself_is_not_trusted(
    box: Box, right: tuple[ssl.SSLContext, ssl.SSLContext], mode: str
) -> None:
    async with running(box, tls=right[0], from_the_start=mode == "tls") as port:
        outcome = await send(server(port, tls=mode))
    assert outcome == Misconfigured(
        "The certificate of 127.0.0.1 is not trusted: self-signed certificate"
    )
    assert not box.senders


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_a_certificate_of_another_name_is_not_trusted(
    box: Box, tmp_path: Path, mode: str
) -> None:
    file, context = made(tmp_path, "elsewhere.test")
    trust = ssl.create_default_context(cafile=str(file))
    async with running(box, tls=context, from_the_start=mode == "tls") as port:
        outcome = await send(server(port, tls=mode, trust=trust))
    assert isinstance(outcome, Misconfigured)
    assert "IP address mismatch" in outcome.answer
    assert not box.senders


async def test_without_starttls_nothing_is_said(box: Box, plain: Server) -> None:
    outcome = await send(replace(plain, tls="starttls"))
    assert outcome == Misconfigured("SMTP STARTTLS extension not supported by server.")
    assert not box.senders


async def test_tls_to_a_server_that_does_not_speak_it(plain: Server) -> None:
    outcome = await send(replace(plain, tls="tls"))
    assert isinstance(outcome, Misconfigured)
    assert "TALLYSTICK_SMTP_TLS=tls" in outcome.answer


async def test_the_right_password_opens_and_a_wrong_one_is_a_setting_to_mend(
    box: Box, right: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    context, trust = right
    async with running(box, tls=context, password="harbour") as port:
        at = server(port, tls="starttls", trust=trust, user="codes", password="harbour")
        assert isinstance(await send(at), Sent)
        outcome = await send(replace(at, password="lantern"))
        assert outcome == Misconfigured("535 5.7.8 Authentication credentials invalid")
        outcome = await send(replace(at, user=""))
        assert outcome == Misconfigured("530 5.7.0 Authentication required")
    assert len(box.accepted) == 1


async def test_a_server_without_sign_in_does_not_get_the_password(box: Box) -> None:
    async with running(box, auth_exclude_mechanism=["LOGIN", "PLAIN"]) as port:
        outcome = await send(server(port, user="codes", password="harbour"))
    assert isinstance(outcome, Misconfigured)
    assert outcome.answer == "No suitable authentication method found."


async def test_a_password_never_travels_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    at = server(25, host="192.0.2.1", user="codes", password="harbour")
    assert await send(at) == Misconfigured(smtp.CLEAR)


async def test_on_this_machine_a_password_needs_no_encryption(box: Box) -> None:
    async with running(box, password="harbour") as port:
        at = server(port, host="localhost", user="codes", password="harbour")
        assert isinstance(await send(at), Sent)


def test_the_password_stands_in_no_text_of_a_server() -> None:
    assert "harbour" not in repr(server(25, user="codes", password="harbour"))
