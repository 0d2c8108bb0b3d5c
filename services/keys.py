"""The installation's key file and the separate keys that are derived from it."""

import base64
import binascii
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_LABEL = "tallystick-key-1"
_MASTER_BYTES = 32
_FIRST_KEY_ID = 1
_LAST_KEY_ID = 255
_FILE_MAX = 1024


class KeyFileError(Exception):
    """Carries a finished sentence for the person who starts the program."""


@dataclass(frozen=True)
class KeyRing:
    key_id: int
    seal: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    link: bytes = field(repr=False)
    form: bytes = field(repr=False)
    sign: bytes = field(repr=False)
    check_value: str


_in_use: KeyRing | None = None


def use(key_ring: KeyRing) -> None:
    global _in_use
    _in_use = key_ring


def ring() -> KeyRing:
    if _in_use is None:
        raise RuntimeError("No key is in use yet. Load the key file first.")
    return _in_use


def create(path: Path) -> KeyRing:
    """Makes the key file once; KeyFileError where it exists or cannot be written."""
    master = secrets.token_bytes(_MASTER_BYTES)
    line = f"{_LABEL}:{_FIRST_KEY_ID}:{base64.b64encode(master).decode('ascii')}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"The key file {path} exists already and is never replaced.") from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        _write(descriptor, line.encode("ascii"))
        _sync_folder(path.parent)
    except OSError as error:
        # Half a key file would stop every later start, and nothing has been sealed with it yet.
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return _derive(_FIRST_KEY_ID, master)


def _unwritable(path: Path, error: OSError) -> KeyFileError:
    return KeyFileError(f"The key file {path} cannot be written: {error.strerror}.")


def _write(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load(path: Path) -> KeyRing:
    """KeyFileError where the file is missing, open to others, unreadable or not a key."""
    try:
        _require_private(path)
        with path.open("rb") as file:
            content = file.read(_FILE_MAX)
    except FileNotFoundError as error:
        raise KeyFileError(
            f"The key file {path} is missing. Put it back from its backup: "
            "without it no existing code can be shown or activated."
        ) from error
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
    return _parse(path, content)


def _require_private(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise KeyFileError(f"The key file {path} cannot be read: it is not a file.")
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(
            f"The key file {path} can be read by other users of this machine. "
            f"Run chmod 600 {path} and start again."
        )


def _parse(path: Path, content: bytes) -> KeyRing:
    try:
        label, key_id, encoded = content.decode("ascii").strip().split(":")
        master = base64.b64decode(encoded, validate=True)
        number = int(key_id)
    except (ValueError, binascii.Error) as error:
        raise _malformed(path) from error
    if (
        label != _LABEL
        or not _FIRST_KEY_ID <= number <= _LAST_KEY_ID
        or len(master) > _MASTER_BYTES
    ):
        raise _malformed(path)
    if len(master) < _MASTER_BYTES:
        raise KeyFileError(f"The key in {path} is too short. Put the file back from its backup.")
    return _derive(number, master)


def _malformed(path: Path) -> KeyFileError:
    return KeyFileError(
        f"The file {path} does not hold a Tallystick key. Put the key file back from its backup."
    )


def _derive(key_id: int, master: bytes) -> KeyRing:
    def subkey(purpose: str) -> bytes:
        info = f"tallystick {purpose} {key_id}".encode("ascii")
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)

    return KeyRing(
        key_id=key_id,
        seal=subkey("seal"),
        digest=subkey("digest"),
        link=subkey("link"),
        form=subkey("form"),
        sign=subkey("sign"),
        check_value=subkey("check")[:16].hex(),
    )
