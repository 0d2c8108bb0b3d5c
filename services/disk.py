"""What was written is on the disk after that, also where the power fails."""

import os
import shutil
from pathlib import Path
from typing import IO


def write_new(target: Path, source: IO[bytes]) -> None:
    """What is left of the source as a new file. Raises FileExistsError."""
    with target.open("xb") as file:
        shutil.copyfileobj(source, file)
        sync(file)


def sync(file: IO[bytes]) -> None:
    """Wait for the content of a file."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait for the names of its files: which there are, and which were moved or removed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
