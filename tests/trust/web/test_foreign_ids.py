"""T12: ids of another workspace, drawn at random, are as unknown as ids that nobody has."""

import random
import re
from typing import Any, cast

import httpx

from services.actor import Actor
from services.errors import DomainError, Invalid, NotFound
from tests.cast import every_row
from tests.matrix.command_rows import ROWS
from tests.matrix.commands import Command, Reach
from tests.matrix.path_rows import DOWNLOADS
from tests.matrix.world import SECRETS, World
from tests.trust.conftest import Size
from tests.trust.figures import held
from tests.trust.foreign import Drawn
from tests.ui.screens.test_downloads import browser

UNKNOWN = 10**15
SLUGS = ("elsewhere", "northwind", "elsewhere", "acme")
SEED = 20260310
ID = re.compile(r"\{(\w+_id)\}")
COMMANDS = [
    command
    for command in ROWS
    if command.reach in (Reach.HERE, Reach.RUN) and command.refused is NotFound
]


def _letter(command: Command) -> str:
    """Somebody elsewhere who may do it there; not the owner, who is everywhere."""
    return next((letter for letter in "ASE" if letter in command.may), "A")


class Ids:
    """Half of them of rows that are there, in other workspaces; half from anywhere."""

    def __init__(self, foreign: list[int]) -> None:
        self._foreign, self._random = foreign, random.Random(SEED)
        self.drawn = 0

    def __call__(self) -> int:
        self.drawn += 1
        if self._random.random() < 0.5:
            return self._random.choice(self._foreign)
        return self._random.randrange(1, 2 ** self._random.randrange(1, 59)) + 10**4


async def _foreign(world: World) -> list[int]:
    """Ids of any table of Northwind's, but those that a row elsewhere has as well."""
    rows = await every_row()
    places = {world.cast.elsewhere.id, world.cast.acme.id}
    own = {row["id"] for each in rows.values() for row in each if row.get("workspace_id") in places}
    own |= places | {who.user_id for who in world.elsewhere.values()}
    every = {row["id"] for each in rows.values() for row in each if "id" in row}
    return sorted(every - own)


async def _answer(command: Command, world: World, who: Actor, draw: Any) -> str:
    try:
        told = await command.act(cast(World, Drawn(world, draw)), who)
    except Invalid as error:
        return f"Invalid {error.fields}"
    except DomainError as error:
        return f"{type(error).__name__} {error.message}"
    return repr(told)


async def test_a_command_answers_a_foreign_id_as_one_that_nobody_has(
    world: World, size: Size, any_number: None
) -> None:
    times, foreign = size(quick=200, whole=1_000), await _foreign(world)
    ids, commands, wrong = Ids(foreign), 0, list[str]()
    before = await _rows(world)
    for command in COMMANDS:
        who, drawn = world.elsewhere[_letter(command)], ids.drawn
        unknown = await _answer(command, world, who, lambda: UNKNOWN)
        for _ in range(times):
            if (answer := await _answer(command, world, who, ids)) != unknown:
                wrong.append(f"{command}: {answer[:80]} instead of {unknown[:80]}")
                break
            if ids.drawn == drawn:
                break
        commands += ids.drawn > drawn
    after = await _rows(world)
    changed = {name for name in before if before[name] != after[name]}
    held(
        test="T12",
        figure=f"{ids.drawn:,} foreign ids to {commands} commands: {len(wrong)} hits",
        target=f"0 in {times} for each command, no row changed",
        holds=not wrong and not changed and commands > 40,
        why="; ".join([*wrong[:5], *changed]),
    )


async def _rows(world: World) -> dict[str, Any]:
    return {name: rows for name, rows in (await every_row()).items() if name != "Budget"}


def _bare(answer: httpx.Response) -> tuple[int, str]:
    """Without the reference, which is of one answer."""
    return answer.status_code, re.sub(r"<code>\w{8}</code>", "", answer.text)


async def test_a_path_answers_a_foreign_id_as_one_that_nobody_has(world: World, size: Size) -> None:
    times, ids, wrong = size(quick=200, whole=1_000), Ids(await _foreign(world)), list[str]()
    paths = [route for route in DOWNLOADS if ID.search(route)]
    async with browser(world.elsewhere["A"]) as person:
        for route in paths:
            own, nowhere = [
                _bare(await person.get(_path(route, slug, UNKNOWN))) for slug in ("elsewhere", "x")
            ]
            assert (own[0], nowhere[0]) == (404, 404)
            for number in range(times):
                slug = SLUGS[number % len(SLUGS)]
                answer = await person.get(_path(route, slug, ids()))
                told = [secret for secret in SECRETS if secret in answer.text]
                if told or _bare(answer) != (own if slug == "elsewhere" else nowhere):
                    wrong.append(f"{answer.request.url}: {answer.status_code} {told}")
    held(
        test="T12",
        figure=f"{ids.drawn:,} foreign ids in {len(paths)} paths: {len(wrong)} hits",
        target=f"0 in {times} for each path",
        holds=not wrong and bool(paths),
        why="; ".join(wrong[:5]),
    )


def _path(route: str, slug: str, number: int) -> str:
    return ID.sub(str(number), route).replace("{slug}", slug)
