"""The budgets of redeeming: booked before the look-up, given back when it succeeds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from models.enums import AuditAction, Resource
from services import audit, budgets
from services.budgets import AddressLimit, Limit, Window
from services.settings import get_settings
from services.tries import Try, Visitor

HOUR = timedelta(hours=1)
SLOW_ANSWER = 2.0
_slow_lane = asyncio.Semaphore(50)


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
    limits = [Limit("redeem:installation", settings.redeem_tries_per_installation, HOUR)]
    if visitor.actor and visitor.actor.workspace_id:
        key = f"redeem:workspace:{visitor.actor.workspace_id}"
        limits.append(Limit(key, settings.redeem_tries_per_workspace, HOUR))
    return limits


@dataclass(frozen=True, slots=True)
class Booking:
    """`minutes` to wait where the try is refused; `slow` where its answer is held back."""

    minutes: int = 0
    slow: bool = False
    windows: tuple[Window, ...] = ()

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
    slow = False
    for window in (windows[limit.key] for limit in _limits(attempt)):
        minutes = window.book()
        if not minutes:
            taken.append(window)
        elif window.limit == account:
            return Booking(minutes=minutes)
        else:
            slow = True
            await _tell_once(window)
    return Booking(slow=slow, windows=tuple(taken))


async def _tell_once(window: Window) -> None:
    # one more than the budget marks that it was told; the next window begins anew
    limit = window.limit
    if window.spent == limit.tries:
        window.spent += 1
        await audit.record(
            AuditAction.GUESSING, Resource.INSTALLATION, None, by=None, budget=limit.key
        )


async def slowly() -> None:
    """Hold an answer back while somebody guesses; at most 50 are held at once, in turn."""
    async with _slow_lane:
        await asyncio.sleep(SLOW_ANSWER)
