"""Link tokens that are derived from a row instead of stored beside it."""

import base64
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from services import keys
from services.keys import KeyRing

_ROW = struct.Struct(">QH")
_TAG_BYTES = 16
_TOKEN_LENGTH = 35
DOWNLOAD_LASTS = timedelta(days=7)  # from when its message was made


class Purpose(StrEnum):
    """What a link does, and of which row it is: a code, the message that brings a file, an
    invitation, a password reset.
    """

    ACTIVATE = "activate"
    DOWNLOAD = "download"
    INVITE = "invite"
    RESET = "reset"


@dataclass(frozen=True)
class Link:
    row_id: int
    version: int


def make(purpose: Purpose, row_id: int, version: int = 1) -> str:
    """The same token each time, until another key takes over; what was made before works on.

    Raising `version` on the row withdraws the earlier ones.
    """
    row = _ROW.pack(row_id, version)
    return (
        base64.urlsafe_b64encode(row + _tag(keys.ring(), purpose, row)).rstrip(b"=").decode("ascii")
    )


def read(purpose: Purpose, token: str) -> Link | None:
    """None for whatever this installation did not make for this purpose."""
    raw = _decoded(token)
    if raw is None:
        return None
    row, tag = raw[: _ROW.size], raw[_ROW.size :]
    if not any(hmac.compare_digest(tag, _tag(ring, purpose, row)) for ring in keys.linking()):
        return None
    return Link(*_ROW.unpack(row))


def token_in(text: str, base_url: str) -> str | None:
    """The token of the activation link of this installation that the text is or contains."""
    address = urlsplit(base_url.rstrip("/"))
    origin = re.escape(f"{address.scheme}://{address.netloc}")
    found = re.search(rf"(?i:{origin}){re.escape(address.path)}/a/([A-Za-z0-9_-]+)", text)
    return found[1] if found else None


def _tag(ring: KeyRing, purpose: Purpose, row: bytes) -> bytes:
    return hmac.digest(ring.link, purpose.value.encode("ascii") + row, "sha256")[:_TAG_BYTES]


def _decoded(token: str) -> bytes | None:
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=")
    except ValueError:
        return None
    # Decoding forgives stray characters and spare bits; a link has one spelling only.
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
    return raw if canonical == token else None
