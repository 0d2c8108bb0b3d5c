"""A backup as one .tar: streamed out, and unpacked again whatever somebody put into it."""

import asyncio
import os
import shutil
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

from services import backup_manifest, backup_standing, disk
from services.backup_manifest import EVIDENCE, FILE, Manifest, NotABackup
from services.sheets import PIECE

BLOCK = tarfile.BLOCKSIZE
SPARE = 64 * 1024 * 1024


async def pieces(backup: Path, manifest: Manifest) -> AsyncIterator[bytes]:
    """The manifest first; every file below the name of the backup."""
    for name in (backup_manifest.NAME, *manifest.files):
        file = await asyncio.to_thread((backup / name).open, "rb")
        with file:
            size = os.fstat(file.fileno()).st_size
            yield _header(f"{backup.name}/{name}", size, int(manifest.made_at.timestamp()))
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece
        yield bytes(-size % BLOCK)
    yield bytes(2 * BLOCK)


def _header(name: str, size: int, at: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, at, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def unpack(source: Path, target: Path) -> None:
    """Into an empty folder. Raises NotABackup where it holds anything that no backup holds."""
    (target / EVIDENCE).mkdir(mode=0o700)
    free = shutil.disk_usage(target).free - SPARE
    try:
        with tarfile.open(source, "r|*") as archive:
            for member in archive:
                free -= member.size
                if free < 0:
                    raise NotABackup(f"{source} is larger than the disk has room for.")
                _unpack(archive, member, target)
    except (tarfile.TarError, EOFError) as error:
        raise NotABackup(f"{source} is no backup: {error}.") from error


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    if member.isdir():  # as tar itself writes them; ours has none
        return
    name = _name(member.name)
    content = archive.extractfile(member) if member.isreg() and name else None
    if content is None:
        raise NotABackup(f"The file holds {member.name!r}, which no backup holds.")
    try:
        disk.write_new(target / name, content)
    except FileExistsError:
        raise NotABackup(f"The file holds {member.name!r} twice.") from None


def _name(written: str) -> str:
    """Where a backup has it; empty for what none has. Nothing of it is ever taken for a path."""
    for part in (written, written.removeprefix("./").partition("/")[2]):
        if part in (backup_manifest.NAME, backup_standing.NAME) or FILE.fullmatch(part):
            return part
    return ""
