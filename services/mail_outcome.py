"""What became of one mail at the server, as data, in the server's own words."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 500


class Step(StrEnum):
    """Where a mail came to a halt: before the line stood, when it broke, or at an answer."""

    CONNECT = "connect"
    LINE = "line"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Sent:
    answer: str


@dataclass(frozen=True, slots=True)
class Temporary:
    """Worth another try. At Step.LINE the server may have taken the mail all the same."""

    answer: str
    step: Step = Step.ANSWER


@dataclass(frozen=True, slots=True)
class Permanent:
    """This mail will never be taken."""

    answer: str


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """No mail will be taken before somebody changes a setting, here or at the server."""

    answer: str


Outcome = Sent | Temporary | Permanent | Misconfigured


def one_line(text: str) -> str:
    """An answer as it may be stored and shown: one line, nothing that no database holds."""
    seen = (" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text[: 4 * LONGEST])
    return " ".join("".join(seen).split())[:LONGEST]
