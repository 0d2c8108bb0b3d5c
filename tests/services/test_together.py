"""Requests that wait at the same moment share one piece of work, each with its own answer."""

import asyncio

import pytest

from services.errors import Unavailable
from services.together import Together


class Works:
    """Doubles numbers; 13 breaks whatever it is part of."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    async def __call__(self, numbers: list[int]) -> list[int]:
        self.groups.append(numbers)
        await asyncio.sleep(0)
        if 13 in numbers:
            raise ValueError("unlucky")
        return [number * 2 for number in numbers]


async def test_each_caller_gets_its_own_answer() -> None:
    together = Together(Works())
    answers = await asyncio.gather(*(together(number) for number in range(10)))
    assert answers == [number * 2 for number in range(10)]


async def test_those_who_wait_go_together_and_no_more_than_the_most() -> None:
    works = Works()
    together = Together(works, most=4)
    await asyncio.gather(*(together(number) for number in range(10)))
    assert sorted(number for group in works.groups for number in group) == list(range(10))
    assert len(works.groups) < 10
    assert max(len(group) for group in works.groups) <= 4


async def test_a_poisoned_request_costs_nobody_else_theirs() -> None:
    together = Together(Works())
    answers = await asyncio.gather(*(together(n) for n in (1, 13, 2)), return_exceptions=True)
    assert (answers[0], answers[2]) == (2, 4)
    with pytest.raises(ValueError, match="unlucky"):
        raise answers[1]  # type: ignore[misc]


async def test_while_nothing_can_be_written_all_who_wait_hear_it_at_once() -> None:
    groups: list[int] = []

    async def full(numbers: list[int]) -> list[int]:
        groups.append(len(numbers))
        await asyncio.sleep(0)
        raise Unavailable("The disk is full.")

    together = Together(full, most=2)
    answers = await asyncio.gather(*(together(n) for n in range(6)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unavailable}
    assert len(groups) == 1


async def test_a_caller_that_goes_away_takes_nobody_along() -> None:
    together = Together(Works())
    callers = [asyncio.create_task(together(number)) for number in range(3)]
    await asyncio.sleep(0)
    callers[1].cancel()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert (answers[0], answers[2]) == (0, 4)
    assert await together(5) == 10


def test_it_works_in_one_event_loop_after_another() -> None:
    together = Together(Works())

    async def once(number: int) -> int:
        return await together(number)

    async def cut(number: int) -> None:
        asyncio.create_task(together(number))  # noqa: RUF006 # the loop ends before it does
        await asyncio.sleep(0)

    assert asyncio.run(once(1)) == 2
    asyncio.run(cut(2))
    assert asyncio.run(once(3)) == 6
