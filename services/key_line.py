"""What a key file holds: one line with the number of the key and the key."""

import base64
import binascii
from pathlib import Path

from services import keys
from services.keys import KeyFileError, KeyRing

LABEL = "tallystick-key-1"
MASTER_BYTES = 32
FIRST_KEY_ID = 1
_LAST_KEY_ID = 255


def parse(path: Path, content: bytes) -> KeyRing:
    try:
        label, key_id, encoded = content.decode("ascii").strip().split(":")
        master = base64.b64decode(encoded, validate=True)
        number = int(key_id)
    except (ValueError, binascii.Error) as error:
        raise _malformed(path) from error
    if label != LABEL or not FIRST_KEY_ID <= number <= _LAST_KEY_ID or len(master) > MASTER_BYTES:
        raise _malformed(path)
    if len(master) < MASTER_BYTES:
        raise KeyFileError(f"The key in {path} is too short. Put the file back from its backup.")
    return keys.derive(number, master)


def _malformed(path: Path) -> KeyFileError:
    return KeyFileError(
        f"The file {path} does not hold a Tallystick key. Put the key file back from its backup."
    )
