"""Runs a command of the matrix, tells what it answered, and leaves the world as it was."""

import typing
from dataclasses import fields, is_dataclass

from tortoise.models import Model

from services import sheets
from services.actor import Actor
from services.database import unit_of_work
from services.evidence import StoredFile
from tests.matrix.commands import Command
from tests.matrix.world import World
from tests.workbook import cells


class _Undone(Exception):
    """Ends the unit of work that a command ran in, so that the world stays as it is."""


async def done(
    command: Command, world: World, who: Actor, *, look: typing.Any = None
) -> tuple[str, object]:
    """What it answered, and what `look` saw after it; nothing of it stays."""

    async def act() -> tuple[str, object]:
        answer = await told(await command.act(world, who))
        return answer, await look(world) if look else None

    @unit_of_work
    async def undone() -> None:
        raise _Undone(await act())

    if command.alone:
        return await act()
    try:
        await undone()
    except _Undone as end:
        return end.args[0]
    raise AssertionError("it ends with what was seen")


async def told(answer: object) -> str:
    """Everything that an answer says, files and rows too."""
    if isinstance(answer, sheets.Export | StoredFile):
        pieces = answer.lines if isinstance(answer, sheets.Export) else answer.pieces
        content = b"".join([piece async for piece in pieces])
        return (
            str(cells(content)) if content.startswith(b"PK") else content.decode(errors="replace")
        )
    return str(plain(answer))


def plain(answer: typing.Any) -> typing.Any:
    if isinstance(answer, Model):
        return {name: getattr(answer, name) for name in answer._meta.db_fields}
    if is_dataclass(answer):
        return {each.name: plain(getattr(answer, each.name)) for each in fields(answer)}
    if isinstance(answer, list | tuple | set):
        return [plain(each) for each in answer]
    return answer
