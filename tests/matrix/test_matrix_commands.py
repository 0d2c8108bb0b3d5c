"""Every command for every role, in the workspace and elsewhere: done, or not there at all."""

import ast
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator

import pytest

import services
from services.actor import Actor
from services.permissions import TABLE, Permission, can
from tests.architecture.source import every
from tests.cast import every_row
from tests.matrix.command_rows import PARTS, ROWS
from tests.matrix.commands import Command, Reach
from tests.matrix.doing import done, plain
from tests.matrix.world import ROLES, SECRETS, World

PLACES = [(place, letter) for place in ("here", "elsewhere") for letter in ROLES]
OPEN_ELSEWHERE = {Reach.PLACE, Reach.ALL, Reach.RUN_LIST}
# rows and columns as in product.md 1: owner, admin, sales, evaluator
MAY = {
    Permission.RUN_INSTALLATION: "O",
    Permission.ADMINISTER_WORKSPACE: "OA",
    Permission.READ_AGREEMENTS: "OA",
    Permission.HANDLE_PURCHASE_CODES: "OA",
    Permission.USE_EDSPACE: "OAS",
    Permission.EDIT_CATALOG: "OA",
    Permission.CHANGE_ENTITLEMENTS: "OA",
    Permission.READ_OWN_MESSAGES: "OAS",
    Permission.READ_ALL_MESSAGES: "OA",
    Permission.REVOKE_ANY_BATCH: "OA",
    Permission.REVOKE_OWN_BATCHES: "OAS",
    Permission.USE_CYBERPASS: "OAE",
    Permission.REOPEN_EVALUATIONS: "OA",
}


def test_every_permission_stands_in_the_table() -> None:
    assert set(MAY) == set(Permission) == set(TABLE)


async def test_the_roles_may_what_the_table_says(world: World) -> None:
    may = {
        permission: "".join(letter for letter in ROLES if can(world.here[letter], permission))
        for permission in Permission
    }
    assert may == MAY


def test_every_command_stands_in_the_matrix() -> None:
    """What takes an actor is in it, as a command or as a part of one."""
    rows = {command.name for command in ROWS}
    assert not rows & set(PARTS)
    assert rows | set(PARTS) == set(_commands())


def _commands() -> Iterator[str]:
    """The public async functions of the services whose first parameter is an actor."""
    for module in pkgutil.iter_modules(services.__path__):
        if module.name == "demo":
            continue
        found = importlib.import_module(f"services.{module.name}")
        for name, function in vars(found).items():
            plain = inspect.unwrap(function) if callable(function) else None
            is_own = getattr(plain, "__module__", "") == found.__name__
            if not name.startswith("_") and is_own and _takes_actor(plain):
                yield f"{module.name}.{name}"


def _takes_actor(function: object) -> bool:
    if not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
        return False
    first = next(iter(inspect.signature(function).parameters), "")
    hint = typing.get_type_hints(function).get(first)
    return Actor in (hint, *typing.get_args(hint))


def test_every_row_is_told_apart_by_its_case() -> None:
    told = [str(command) for command in ROWS]
    assert sorted(set(told)) == sorted(told)


def test_no_screen_calls_what_is_only_a_part() -> None:
    called = {
        f"{node.value.id}.{node.attr}"
        for source in every()
        if source.is_in("ui")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert not called & set(PARTS)


@pytest.mark.parametrize(("place", "letter"), PLACES)
async def test_what_a_person_may_not_do_does_not_exist_for_them_and_changes_nothing(
    world: World, place: str, letter: str
) -> None:
    who: Actor = getattr(world, place)[letter]
    before, wrong = await _rows_but_tries(), list[str]()
    for command in ROWS:
        if not _does(command, place, letter):
            refused = command.refused if letter not in command.may else command.elsewhere
            wrong += await _not_refused(command, world, who, refused)
    assert wrong == []
    assert await _rows_but_tries() == before


async def _rows_but_tries() -> dict[str, list[dict[str, typing.Any]]]:
    """Tries to find a code are counted, whatever comes of them."""
    return {name: rows for name, rows in (await every_row()).items() if name != "Budget"}


def _does(command: Command, place: str, letter: str) -> bool:
    if letter not in command.may or place == "here":
        return letter in command.may
    runs = command.reach is Reach.RUN and letter == "O"
    return runs or command.reach in OPEN_ELSEWHERE


async def _not_refused(command: Command, world: World, who: Actor, refused: object) -> list[str]:
    try:
        answer = await command.act(world, who)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        right = isinstance(refused, type) and isinstance(error, refused)
        return [] if right else [f"{command}: {error!r}"]
    return [] if answer == refused else [f"{command}: {answer!r}"[:200]]


@pytest.mark.parametrize(("place", "letter"), PLACES)
async def test_what_a_person_may_do_is_done_and_tells_and_changes_nothing_elsewhere(
    world: World, place: str, letter: str
) -> None:
    who: Actor = getattr(world, place)[letter]
    before, wrong = await _of_northwind(world), list[str]()
    mine = [command for command in ROWS if _does(command, place, letter)]
    for command in sorted(mine, key=lambda each: each.alone):
        apart = place == "elsewhere" and _is_apart(command, letter)
        wrong += await _not_done(command, world, who, before if apart else None)
    assert wrong == []


async def test_whatever_may_not_be_told_elsewhere_is_told_here(world: World) -> None:
    """Else nobody would notice it there."""
    asked = [command for command in ROWS if "A" in command.may and not command.writes]
    told = " ".join([(await done(each, world, world.here["A"]))[0] for each in asked])
    assert [secret for secret in SECRETS if secret not in told] == []


def _is_apart(command: Command, letter: str) -> bool:
    """Whether nothing of this workspace may be touched or told."""
    lists = command.reach is Reach.RUN_LIST and letter != "O"
    return lists or command.reach is Reach.PLACE


async def _not_done(command: Command, world: World, who: Actor, before: object | None) -> list[str]:
    try:
        told, after = await done(command, world, who, look=_of_northwind if before else None)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        right = command.stopped and isinstance(error, command.stopped)
        return [] if right else [f"{command}: {error!r}"]
    if before is None:
        return []
    found = [each for each in (*SECRETS, world.cast.northwind.name) if each in told]
    found += [told] if command.empty is not ... and told != str(plain(command.empty)) else []
    found += ["changed rows"] if after != before else []
    return [f"{command}: {each}" for each in found]


async def _of_northwind(world: World) -> dict[str, list[dict[str, typing.Any]]]:
    here, found = world.cast.northwind.id, await every_row()
    mine = {
        name: [row for row in rows if row.get("workspace_id") == here]
        for name, rows in found.items()
    }
    return mine | {"Workspace": [row for row in found["Workspace"] if row["id"] == here]}


async def test_a_command_writes_and_a_question_does_not(world: World) -> None:
    before, wrong = await every_row(), list[str]()
    for command in sorted(ROWS, key=lambda each: each.alone):
        if command.stopped or not command.may:
            continue
        changed = False
        for letter in command.may:
            _, after = await done(command, world, world.here[letter], look=_every)
            changed = changed or after != before
            if changed or not command.writes:
                break
        if changed != command.writes:
            wrong.append(f"{command} {'changes something' if changed else 'changes nothing'}")
    assert wrong == []


async def _every(_: World) -> dict[str, list[dict[str, typing.Any]]]:
    return await every_row()
