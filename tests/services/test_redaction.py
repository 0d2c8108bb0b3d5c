"""What a line of the log never holds, wherever it came from."""

import json
import logging
import secrets
import sys

import pytest

from services import code_alphabet, redaction, request_id
from services.keys import KeyRing
from services.links import Purpose, make
from services.log_lines import JsonLines, TextLines
from services.settings import Settings, get_settings
from tests.conftest import Configure

PASSWORD = "harbour lantern violet 42"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("to ann@example.org failed", "to [address] failed"),
        ("(550, b'5.1.1 <ann.o'hara@mail.example.org>: no')", "[address]"),
        ("ü.müller@exämple.org", "[address]"),
        ("postgres://tally:pa%40ss@db.example.org/x", "postgres://[secret]@"),
        (
            "from 192.0.2.7 and 2001:db8::1, on 127.0.0.1 and ::1",
            "from [ip] and [ip], on 127.0.0.1 and ::1",
        ),
        ("at 16:53:36 in version 3.11.7", "at 16:53:36 in version 3.11.7"),
        ("{'password': 'a b c', \"token\": \"x\"}", "{'password': [secret], \"token\": [secret]}"),
        ("new_password=hunter2&csrf=abc", "new_password=[secret]&csrf=[secret]"),
        ("Cookie: tallystick=abcdef", "Cookie: [secret]"),
        (
            "GET /i/abc123 and /reset/x?y and /a/Q",
            "GET /i/[secret] and /reset/[secret]?y and /a/[secret]",
        ),
        ("a" * 64, "[secret]"),
        ("the app has KWJVWLPXDF2CFUYRKTXIWAILLLAI4RHS now", "the app has [secret] now"),
        ("KWJV WLPX DF2C FUYR KTXI WAIL LLAI 4RHS", "[secret]"),
        ("code YQT4C-XYC6T-Z8ZW7-R943Q used", "code [secret] used"),
        ("yqt4c xyc6t z8zw7 r943q", "[secret]"),
        ("1.1   0A1B 2C3D 4E5F 6G7H   AB", "1.1   [secret]   AB"),
        ("KeyError: EARN MORE with a few words", "KeyError: EARN MORE with a few words"),
        ("services.agreement_claims.TransactionManagementError", "services.agreement_claims"),
        ("a_function_with_a_long_name_and_no_capitals_2", "a_function_with_a_long_name"),
    ],
)
def test_what_must_not_be_told_is_taken_out_and_the_rest_stays(said: str, told: str) -> None:
    assert told in redaction.redact(said)


@pytest.mark.parametrize("prefix", ["", "SPRING-", "at "])
def test_codes_are_taken_out_however_they_are_written(prefix: str) -> None:
    body = "2345" * 4
    for written in (body, body.lower(), code_alphabet.display(body)):
        assert redaction.redact(f"{prefix}{written} was tried") == f"{prefix}[code] was tried"


def test_every_kind_of_link_is_taken_out(ring: KeyRing) -> None:
    for purpose in Purpose:
        for row in range(1, 200):
            token = make(purpose, row * 7919)
            assert token not in redaction.redact(f"opening /a/{token}")


def test_tokens_of_sessions_are_taken_out_wherever_they_stand() -> None:
    told = [redaction.redact(f"session {secrets.token_urlsafe(32)} ended") for _ in range(300)]
    assert sum("[secret]" not in each for each in told) <= 3  # one in 1,500 has no digit


def test_the_secrets_of_the_settings_are_known_by_heart(
    settings: Settings, configure: Configure
) -> None:
    configure(smtp_host="mail.example.org", mail_from="a@b.org", smtp_password="harbour")
    get_settings()
    assert redaction.redact("535 harbour is wrong") == "535 [secret] is wrong"


def raised(text: str) -> logging.LogRecord:
    try:
        try:
            raise ValueError(text)
        except ValueError as inner:
            raise RuntimeError(f"again {text}") from inner
    except RuntimeError:
        return logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "Failed: %s", (text,), sys.exc_info()
        )


@pytest.mark.parametrize("lines", [TextLines(), TextLines(is_for_people=True), JsonLines()])
def test_exceptions_tell_nothing_either(lines: logging.Formatter) -> None:
    redaction.hide(PASSWORD)
    canaries = [
        *(PASSWORD, "ann@example.org", "192.0.2.77", "2345-6789-BCDF-GHJK"),
        "/a/AAAAAAAAAAEAAZ9d8s7f6g5h4j3k2l1q0w9e",
    ]
    written = lines.format(raised(" and ".join(canaries)))
    assert not [each for each in canaries if each in written]
    assert "RuntimeError" in written
    assert "test_redaction.py" in written


def test_a_line_is_one_line_with_the_id_of_its_request() -> None:
    made = request_id.begin()
    line = TextLines().format(raised("two\nlines"))
    assert "\n" not in line
    assert f" ERROR x request={made} Failed: two\\nlines | Traceback" in line
    said = json.loads(JsonLines().format(raised("two\nlines")))
    assert (said["request"], said["level"], said["message"]) == (
        made,
        "ERROR",
        "Failed: two\nlines",
    )
    assert "RuntimeError" in said["exception"]


def test_a_message_whose_arguments_do_not_fit_is_still_written() -> None:
    record = logging.LogRecord(
        "x", logging.INFO, __file__, 1, "%d of ann@example.org", ("a",), None
    )
    assert TextLines().format(record).endswith("%d of [address]")
