"""The installation's key file: made once, read at each start."""

import base64
import os
import secrets
import stat
from pathlib import Path

from services import key_line, keys
from services.key_line import FIRST_KEY_ID, LABEL, MASTER_BYTES
from services.keys import KeyFileError, KeyRing

_FILE_MAX = 1024


def create(path: Path) -> KeyRing:
    """Makes the key file once; KeyFileError where it exists or cannot be written."""
    master = secrets.token_bytes(MASTER_BYTES)
    line = f"{LABEL}:{FIRST_KEY_ID}:{base64.b64encode(master).decode('ascii')}\n"
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
    return keys.derive(FIRST_KEY_ID, master)


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
