"""Files of evidence on the disk: each under the hash of its content, written once."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from services import disk, sheets
from services.errors import NotFound
from services.settings import get_settings

UNFINISHED = ".unfinished-"


async def keep(content: bytes) -> str:
    """Returns the hash under which the content is on the disk from now on."""
    return await asyncio.to_thread(_keep, get_settings().data_dir, content)


def _keep(data: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(data, digest)
    if not target.exists():
        for folder in (target.parent.parent, target.parent):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                disk.sync_folder(folder.parent)
        _write(target, content)
    return digest


def path_of(data: Path, digest: str) -> Path:
    return data / "evidence" / digest[:2] / digest


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all, also where the power fails."""
    number, name = tempfile.mkstemp(prefix=UNFINISHED, dir=target.parent)  # for the owner only
    unfinished = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            disk.sync(file)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    disk.sync_folder(target.parent)


async def pieces(digest: str) -> AsyncIterator[bytes]:
    """The content as it is read. Raises NotFound at once where the file is gone."""
    try:
        file = await asyncio.to_thread(path_of(get_settings().data_dir, digest).open, "rb")
    except FileNotFoundError:
        raise NotFound("This file is not in the data folder any more. Tell the owner.") from None
    return sheets.pieces(file)
