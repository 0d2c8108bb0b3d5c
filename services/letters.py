"""What a message says, as data: read when it is sent or previewed, never stored."""

from collections.abc import Callable
from dataclasses import dataclass

from services.errors import DomainError


class Pointless(DomainError):
    """There is nothing left to say, such as a code that was revoked; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To be filled by what each kind of message is about."""

    recipient: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A letter in words: `sender` is the name beside the From address."""

    subject: str
    text: str
    html: str
    sender: str = ""


Compose = Callable[[Letter], Mail]
"""Turns a letter into words; `ui.mails` does, for wording and look are its matter."""


async def read(message_id: int) -> Letter:
    """What the message says now, codes in full. Raises Pointless, NotFound."""
    raise NotImplementedError
