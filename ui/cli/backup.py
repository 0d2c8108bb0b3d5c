"""backup and restore."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from services import backup_folder, backup_writing, installation, instance_lock, restoring
from services.backup_manifest import Made, NotABackup
from services.backup_writing import Wanted
from services.errors import DomainError
from services.restoring import Asked, OlderCopy
from services.settings import Settings, get_settings
from ui import restore_words, wording
from ui.cli import opened, problems


def backup(
    to: Annotated[
        Path | None, typer.Option(help="Where to put it instead of the folder of backups.")
    ] = None,
) -> None:
    """Copy everything but the key file, and check the copy; also beside a server that runs."""
    with problems.said():
        settings = get_settings()
        asyncio.run(_open_key(settings))
        wanted = Wanted(folder=to or backup_folder.place(settings), made=Made.COMMAND)
        told = _progress if sys.stderr.isatty() else backup_writing.nothing
        made = backup_writing.write(settings, wanted, told)
        manifest = backup_folder.manifest(made)
    print(f"{made}")
    print(
        f"{wording.size(manifest.size)}: {wording.count(manifest.codes, 'code')}, "
        f"{wording.count(manifest.entries, 'entry', 'entries')} of the log up to seal "
        f"{manifest.seq:,}. Checked, and sound."
    )
    if manifest.missing:
        files = wording.count(len(manifest.missing), "file")
        print(f"{files} of evaluations were missing or damaged already and are not in it.")
    print(f"The key file is not in it: {settings.key_path}. Keep a copy of it elsewhere.")


async def _open_key(settings: Settings) -> None:
    if settings.uses_postgres:
        raise DomainError(backup_writing.USE_PG_DUMP)
    async with opened.as_it_is(settings):
        await installation.open_key(settings)


def _progress(what: str, done: int, of: int) -> None:
    told = f"{what}, {wording.progress(done, of)}" if of else what
    print(f"\r\033[K{told}", end="\n" if done == of else "", file=sys.stderr, flush=True)


Heads = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="A file with heads that were kept elsewhere, one on each line.",
    ),
]


def restore(
    path: Annotated[Path, typer.Argument(exists=True, help="The folder of a backup, or its .tar.")],
    accept_older: Annotated[
        bool,
        typer.Option(
            "--accept-older",
            help="Restore although something happened since; codes are held then.",
        ),
    ] = False,
    head: Heads = None,
    nothing_since: Annotated[
        bool,
        typer.Option(
            "--nothing-since",
            help="Say that no code was used since the backup, where nothing else can tell: "
            "no code is held then. A code that was used since would work a second time.",
        ),
    ] = False,
) -> None:
    """Put a backup in the place of the data; the server must be stopped.

    The data that is there is moved to backups/replaced-<time> in the data folder. Codes of which
    nobody can tell whether they were used since are held until an admin releases them.
    """
    with problems.said():
        settings = get_settings()
        asked = Asked(
            source=path,
            heads=head.read_text("utf-8", errors="replace") if head else "",
            accept_older=accept_older,
            nothing_since=nothing_since,
        )
        told = _progress if sys.stderr.isatty() else backup_writing.nothing
        with instance_lock.acquire(settings):
            try:
                restored = asyncio.run(restoring.restore(settings, asked, told))
            except OlderCopy as refused:
                problems.stop("\n".join(restore_words.older(refused)))
            except NotABackup as refused:
                problems.stop(str(refused))
            else:
                print("\n".join(restore_words.restored(restored)))
