"""The installation's key file: made once, read at each start, and given a key at a rotation."""

import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from services import disk, key_line
from services.key_line import FIRST_KEY_ID, LAST_KEY_ID, MASTER_BYTES, KeyLine
from services.keys import KeyFileError, KeyRing

_FILE_MAX = 32 * 1024


def create(path: Path) -> KeyRing:
    """Makes the key file once; KeyFileError where it exists or cannot be written."""
    line = KeyLine(FIRST_KEY_ID, secrets.token_bytes(MASTER_BYTES))
    write_new(path, [line])
    return line.ring


def refuse_existing(path: Path) -> None:
    """Raises KeyFileError where something is at the path, before anybody types a sheet."""
    if path.exists():
        raise KeyFileError(f"The key file {path} exists already and is never replaced.")


def write_new(path: Path, lines: Sequence[KeyLine]) -> None:
    """Makes the key file of these keys; KeyFileError where it exists or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"The key file {path} exists already and is never replaced.") from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        _write(descriptor, _text(lines))
        disk.sync_folder(path.parent)
    except OSError as error:
        # Half a key file would stop every later start, and nothing has been sealed with it yet.
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def append(path: Path) -> KeyRing:
    """Adds a new key after the others: the file holds all of them at every moment.

    KeyFileError where it cannot be written; the file is as before then.
    """
    lines = read(path)
    if lines[-1].number >= LAST_KEY_ID:
        raise KeyFileError(f"The key file {path} holds key {LAST_KEY_ID}; there is no higher one.")
    line = KeyLine(lines[-1].number + 1, secrets.token_bytes(MASTER_BYTES))
    place = path.resolve()  # the file itself where the path is a link to it
    beside = place.with_name(f"{place.name}.new")
    try:
        beside.unlink(missing_ok=True)  # of a rotation that was cut short before it was used
        owner = place.stat()
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
        _write(descriptor, _text([*lines, line]))
        beside.replace(place)
        disk.sync_folder(place.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return line.ring


def _text(lines: Sequence[KeyLine]) -> bytes:
    return "".join(line.text for line in lines).encode("ascii")


def _unwritable(path: Path, error: OSError) -> KeyFileError:
    return KeyFileError(f"The key file {path} cannot be written: {error.strerror}.")


def _write(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        disk.sync(file)


def load_all(path: Path) -> list[KeyRing]:
    """Every key of the file, the newest last. Raises KeyFileError as `read` does."""
    return [line.ring for line in read(path)]


def read(path: Path) -> list[KeyLine]:
    """KeyFileError where the file is missing, open to others, unreadable or not of keys."""
    try:
        _require_private(path)
        with path.open("rb") as file:
            content = file.read(_FILE_MAX)
    except FileNotFoundError as error:
        raise KeyFileError(
            f"The key file {path} is missing. Put a copy of it back, or make it from its sheet "
            "with keys import: without it no existing code can be shown or activated."
        ) from error
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
    return key_line.parse(path, content)


def _require_private(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise KeyFileError(f"The key file {path} cannot be read: it is not a file.")
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(
            f"The key file {path} can be read by other users of this machine. "
            f"Run chmod 600 {path} and start again."
        )
