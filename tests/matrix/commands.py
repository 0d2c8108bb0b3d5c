"""What a row of the matrix of commands says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from services.actor import Actor
from services.errors import DomainError, NotFound
from tests.matrix.world import World

Act = Callable[[World, Actor], Awaitable[object]]
EVERYBODY, CYBERPASS, EDSPACE, ADMINS, OWNER = "OASE", "OAE", "OAS", "OA", "O"


class Reach(Enum):
    """What comes of it for the same role in another workspace."""

    HERE = auto()
    """It is about a row of this workspace, which is not there for anybody elsewhere."""
    PLACE = auto()
    """It is about where the person is: done there, with nothing of this workspace in it."""
    RUN = auto()
    """It spans what a person runs: the owner's is everything, for the others as HERE."""
    RUN_LIST = auto()
    """The same as a list: for the others as PLACE."""
    ALL = auto()
    """It is about the installation or oneself, wherever the person is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`name` is module.function, `may` the letters of the roles that may.

    `case` says about which row it is where the right depends on more than the role. Who may not
    gets `refused`: an error, or an answer that is empty. `elsewhere` is the error in another
    workspace, `empty` the answer there that has nothing of this one. `stopped` is what ends it
    for who may, where a test has not what it needs. `alone` commits from a task of its own.
    """

    name: str
    may: str
    act: Act
    reach: Reach = Reach.HERE
    writes: bool = True
    case: str = ""
    refused: Any = NotFound
    elsewhere: type[DomainError] = NotFound
    stopped: type[DomainError] | None = None
    empty: Any = ...
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.name}, {self.case}" if self.case else self.name


def reads(name: str, may: str, act: Act, **more: Any) -> Command:
    return Command(name=name, may=may, act=act, writes=False, **more)


def writes(name: str, may: str, act: Act, **more: Any) -> Command:
    return Command(name=name, may=may, act=act, **more)
