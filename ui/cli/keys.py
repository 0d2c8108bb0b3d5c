"""keys: which there are, a new one, and the paper sheet."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from services import instance_lock, key_file, key_rotation, key_sheet, key_status, schema, zones
from services.errors import Invalid
from services.key_line import KeyLine
from services.key_rotation import Rotated
from services.key_sheet import Sheet
from services.key_status import KeyStatus
from services.schema_check import SchemaRefused
from services.settings import Settings, get_settings
from ui import key_words, wording
from ui.cli import opened, problems

commands = typer.Typer(help="The keys that codes are sealed with.", no_args_is_help=True)
ZONE = "UTC"
TYPE = "Type the lines of the sheet that begin with a number, then the line Sum."


@commands.command("status")
def status() -> None:
    """Which keys there are and how far one has taken over; ends with 1 where one is missing."""
    with problems.said():
        settings = get_settings()
        found = asyncio.run(_status(settings))
    for key in found.keys:
        print(key_words.line(key, ZONE))
    if found.waiting:
        print(key_words.WAITING.format(found.waiting))
    if found.problem:
        problems.stop(key_words.summary(found))
    print(f"{key_words.summary(found)} The key file is {settings.key_path}")


@commands.command("rotate")
def rotate(
    *,
    withdraw_links: Annotated[
        bool,
        typer.Option(
            "--withdraw-links",
            help="For a key that leaked: links made until now work no more.",
        ),
    ] = False,
) -> None:
    """Let a new key take over. The server must be stopped; codes are sealed anew when it runs."""
    with problems.said():
        settings = get_settings()
        with instance_lock.acquire(settings):
            done = asyncio.run(_rotate(settings, withdraw_links=withdraw_links))
    print("\n".join(key_words.rotated(done, links_ended=withdraw_links)))


@commands.command("export")
def export(
    to: Annotated[
        Path | None, typer.Option("--to", help="A new file, readable by its owner only.")
    ] = None,
) -> None:
    """The keys as a sheet to print or write down, with characters that check each line."""
    with problems.said():
        settings = get_settings()
        text = _sheet(settings, key_file.read(settings.key_path))
        if to is None:
            if sys.stdout.isatty():
                print(key_words.READABLE, file=sys.stderr)
            print(text, end="")
        else:
            _write(to, text)
            print(f"The sheet is in {to}. Print it, and delete the file.")


@commands.command("import")
def import_sheet(
    sheet: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help="A file with the lines; without it they are typed."
        ),
    ] = None,
) -> None:
    """Make the key file from a sheet, where there is none."""
    with problems.said():
        path = get_settings().key_path
        key_file.refuse_existing(path)
        lines = _typed() if sheet is None else key_sheet.read(sheet.read_text().splitlines())
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_file.write_new(path, lines)
    numbers = ", ".join(str(line.number) for line in lines)
    print(f"The key file {path} was written; it holds key {numbers}.")


async def _status(settings: Settings) -> KeyStatus:
    async with opened.as_it_is(settings):
        return await key_status.here()


async def _rotate(settings: Settings, *, withdraw_links: bool) -> Rotated:
    if "0001_initial" in await schema.pending(settings):
        raise SchemaRefused(opened.NO_DATABASE)
    async with opened.prepared(settings):
        return await key_rotation.rotate(settings, withdraw_links=withdraw_links)


def _sheet(settings: Settings, lines: list[KeyLine]) -> str:
    return key_words.sheet(
        key_sheet.write(lines),
        {line.number: line.ring.check_value for line in lines},
        url=settings.base_url,
        day=f"{wording.moment(zones.now(), ZONE)} {ZONE}",
    )


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _typed() -> list[KeyLine]:
    """Line by line: at a terminal a wrong one is asked for again."""
    if not sys.stdin.isatty():
        return key_sheet.read(sys.stdin)
    print(TYPE)
    sheet = Sheet()
    while not sheet.is_whole:
        try:
            sheet.add(typer.prompt("", prompt_suffix="> "))
        except Invalid as wrong:
            print(f"{wrong} Type it again.")
    return sheet.keys()
