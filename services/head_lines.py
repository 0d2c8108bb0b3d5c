"""Signed heads as lines of text, written and read."""

import json
from datetime import UTC, datetime
from typing import Any

from services import head_statement
from services.head_statement import Head

LONGEST = 1000


class NotAHead(ValueError):
    """The line is no head, or it was changed since it was signed."""


def to_line(head: Head) -> str:
    values = {
        "installation": head.installation,
        "seq": head.seq,
        "digest": head.digest,
        "at": head_statement.stamp(head.at),
        "public_key": head.public_key,
        "signature": head.signature,
    }
    return json.dumps(values, separators=(",", ":"))


def parse(line: str) -> Head:
    """What a line says, whoever signed it. Raises NotAHead."""
    try:
        values: dict[str, Any] = json.loads(line[:LONGEST])
        return Head(
            installation=str(values["installation"]),
            seq=int(values["seq"]),
            digest=str(values["digest"]),
            at=datetime.fromisoformat(values["at"]).astimezone(UTC),
            public_key=str(values["public_key"]),
            signature=str(values["signature"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise NotAHead(line) from error


def from_line(line: str) -> Head:
    """What a line says as it was signed, by whatever key. Raises NotAHead."""
    head = parse(line)
    if not head_statement.is_signed(head):
        raise NotAHead(line)
    return head
