"""How tries are counted when they are made at the same moment."""

import asyncio
from datetime import timedelta

from models import Budget
from services import budgets
from services.budgets import Limit
from services.database import unit_of_work
from services.settings import Settings


async def test_first_tries_made_at_once_each_count_and_none_is_refused(db: Settings) -> None:
    book = unit_of_work(budgets.book)
    for number in range(5):
        limit = Limit(f"key {number}", 20, timedelta(hours=1))
        assert await asyncio.gather(*(book(limit) for _ in range(20))) == [0] * 20
        assert (await Budget.get(key=limit.key)).spent == 20
        assert await book(limit) > 0
