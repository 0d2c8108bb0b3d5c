"""The budgets of redeeming: booked before the look-up, given back when it succeeds."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar

from models.enums import AuditAction, Resource
from services import audit, budgets, lanes
from services.answers import Waits
from services.budgets import AddressLimit, Limit, Window
from services.settings import get_settings
from services.tries import Try, Visitor

T = TypeVar("T")

HOUR = timedelta(hours=1)
INSTALLATION = "redeem:installation"
OF_WORKSPACE = "redeem:workspace:"


@lru_cache
def by_address() -> AddressLimit:
    return AddressLimit(get_settings().redeem_tries_per_address, timedelta(minutes=10))


def _account(visitor: Visitor) -> Limit | None:
    if visitor.actor is None:
        return None
    return Limit(
        f"redeem:account:{visitor.actor.user_id}", get_settings().redeem_tries_per_account, HOUR
    )


def _shared(visitor: Visitor) -> list[Limit]:
    """Budgets that many share: spending them slows, so that nobody can lock the others out."""
    settings = get_settings()
    limits = [Limit(INSTALLATION, settings.redeem_tries_per_installation, HOUR)]
    if visitor.actor and visitor.actor.workspace_id:
        key = f"{OF_WORKSPACE}{visitor.actor.workspace_id}"
        limits.append(Limit(key, settings.redeem_tries_per_workspace, HOUR))
    return limits


@dataclass(frozen=True, slots=True)
class Booking:
    """`minutes` to wait where the try is refused; `waits` where it must wait for its turn first."""

    minutes: int = 0
    waits: Waits | None = None
    windows: tuple[Window, ...] = ()

    @property
    def is_admitted(self) -> bool:
        return not self.minutes and self.waits is None

    def give_back(self) -> None:
        for window in self.windows:
            window.give_back()


@asynccontextmanager
async def booked(tries: list[Try]) -> AsyncGenerator[list[Booking]]:
    """Book tries in the database's budgets, before any of them is looked up."""
    async with budgets.held(limit for attempt in tries for limit in _limits(attempt)) as windows:
        yield [await _book(attempt, windows) for attempt in tries]


def _limits(attempt: Try) -> list[Limit]:
    account = _account(attempt.visitor)
    shared = [] if attempt.link else _shared(attempt.visitor)  # nobody guesses 128 bits
    return ([account] if account else []) + shared


async def _book(attempt: Try, windows: dict[str, Window]) -> Booking:
    account = _account(attempt.visitor)
    taken: list[Window] = []
    for window in (windows[limit.key] for limit in _limits(attempt)):
        minutes = window.book()
        if not minutes:
            taken.append(window)
        elif window.limit == account:
            return Booking(minutes=minutes)
        else:
            await _tell_once(window)
            if window.limit.key not in attempt.turns:
                Booking(windows=tuple(taken)).give_back()
                return Booking(waits=Waits(window.limit.key))
    return Booking(windows=tuple(taken))


async def _tell_once(window: Window) -> None:
    # one more than the budget marks that it was told; the next window begins anew
    limit = window.limit
    if window.spent == limit.tries:
        window.spent += 1
        await audit.record(
            AuditAction.GUESSING, Resource.INSTALLATION, None, by=None, budget=limit.key
        )


async def in_turn(
    decide: Callable[[Try], Awaitable[T | Waits]], attempt: Try, *, found: Callable[[T], object]
) -> T:
    """What is decided, at once or, while a shared budget is spent, when it is this one's turn.

    Nothing is looked up before the turn comes, so a guesser who does not wait for the answer
    wins nothing. `found` tells a success, which costs nobody time. Raises Unavailable.
    """
    answer = await decide(attempt)
    if not isinstance(answer, Waits):
        return answer
    visitor = attempt.visitor
    rank = (visitor.actor is None, by_address().spent(visitor.address))
    async with lanes.of(answer.budget).turn(rank) as turn:
        mine = replace(attempt, turns=attempt.turns | {answer.budget})
        decided = await in_turn(decide, mine, found=found)
        turn.free = bool(found(decided))
        return decided
