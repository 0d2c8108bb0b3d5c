"""What somebody named stands in a header as it is, and never becomes another one."""

import base64
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr

import pytest

from services.envelopes import Post, seal, sender_of
from services.letters import Mail

INJECTED = "\r\nBcc: bob@example.org"
HIDDEN = [
    f"=?utf-8?q?{''.join(f'={byte:02X}' for byte in INJECTED.encode())}?=",
    f"=?utf-8?b?{base64.b64encode(INJECTED.encode()).decode()}?=",
    "=?utf-8?q?=0D=0A=0D=0A<b>Another body</b>?=",
]
LONG = "Einführung in die Schweißtechnik für Anfänger und Fortgeschrittene – Gürtelprüfung Übung"
NAMES = [
    *HIDDEN,
    f"Kurs ä {HIDDEN[0]}",
    LONG,
    "курс Anfänger курс Übungen mit von курс",
    'a, <b> "c"',
]


def sealed(subject: str, sender: str, recipient: str) -> bytes:
    mail = Mail(subject=subject, text="Hello\n", html="<p>Hello</p>", sender=sender)
    post = Post(recipient=recipient, message_id="<1@example.org>", mail=mail)
    return seal(post, sender=sender_of("codes@example.org")).content


def read(message: Message, name: str) -> str:
    return "".join(str(message[name]).splitlines())


def decoded(words: str) -> str:
    return str(make_header(decode_header(words)))


@pytest.mark.parametrize("recipient", ["ann@example.org", "josé@example.org"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_it_is_and_brings_no_header_with_it(name: str, recipient: str) -> None:
    content = sealed(f"Your code for {name}", name, recipient)
    message = message_from_bytes(content, policy=compat32)
    assert message["Bcc"] is None and b"Another body" not in content
    assert decoded(read(message, "Subject")) == f"Your code for {name}"
    phrase, address = parseaddr(read(message, "From"))
    assert (decoded(phrase), address) == (name, "codes@example.org")
    assert len(message.keys()) == len(set(message.keys())) == 8
    assert max(map(len, content.split(b"\r\n"))) < 998


def test_a_sender_without_a_name_is_the_address_alone() -> None:
    message = message_from_bytes(sealed("Code", "", "ann@example.org"), policy=compat32)
    assert message["From"] == "codes@example.org"
