"""What a key file holds: one line for each key, with its number and the key, newest last."""

import base64
import binascii
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from services import keys
from services.keys import KeyFileError, KeyRing

LABEL = "tallystick-key-1"
MASTER_BYTES = 32
FIRST_KEY_ID = 1
LAST_KEY_ID = 255


@dataclass(frozen=True, slots=True)
class KeyLine:
    number: int
    master: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return f"{LABEL}:{self.number}:{base64.b64encode(self.master).decode('ascii')}\n"

    @property
    def ring(self) -> KeyRing:
        return keys.derive(self.number, self.master)


def parse(path: Path, content: bytes) -> list[KeyLine]:
    """At least one. Raises KeyFileError."""
    try:
        lines = [_line(line) for line in content.decode("ascii").strip().split("\n")]
    except (ValueError, binascii.Error) as error:
        raise _malformed(path) from error
    if any(len(line.master) < MASTER_BYTES for line in lines):
        raise KeyFileError(f"The key in {path} is too short. Put the file back from its backup.")
    if any(later.number <= line.number for line, later in pairwise(lines)):
        raise KeyFileError(
            f"The keys in {path} are not in the order of their numbers, one line each. "
            "Put the file back from its backup."
        )
    return lines


def _line(text: str) -> KeyLine:
    label, number, encoded = text.strip().split(":")
    line = KeyLine(int(number), base64.b64decode(encoded, validate=True))
    fits = FIRST_KEY_ID <= line.number <= LAST_KEY_ID and len(line.master) <= MASTER_BYTES
    if label != LABEL or not fits:
        raise ValueError(label)
    return line


def _malformed(path: Path) -> KeyFileError:
    return KeyFileError(
        f"The file {path} does not hold a Tallystick key. Put the key file back from its backup."
    )
