"""One writing process for each data folder, held by a lock the system drops when it dies."""

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from services.settings import Settings

NAME = "tallystick.lock"


class InstanceLocked(Exception):
    """Another process holds the data folder; the message is a sentence that names it."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Held until `release`, or the end of its `with`."""

    descriptor: int

    def release(self) -> None:
        # The file stays: removing it would let two processes lock two files of one name.
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def acquire(settings: Settings) -> Lock:
    """Take the data folder until `release` or the end of the process. Raises InstanceLocked."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(settings.data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 200).decode(errors="replace").strip()
        os.close(descriptor)
        raise InstanceLocked(_sentence(settings, holder)) from error
    started = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    os.pwrite(
        descriptor, f"process {os.getpid()}, port {settings.port}, since {started}\n".encode(), 0
    )
    return Lock(descriptor)


def is_held(settings: Settings) -> bool:
    """Whether a process runs on the data folder now."""
    try:
        descriptor = os.open(settings.data_dir / NAME, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sentence(settings: Settings, holder: str) -> str:
    who = f" ({holder})" if holder else ""
    folder = settings.data_dir.resolve()
    return f"Tallystick already runs on the data folder {folder}{who}. Stop it first."
