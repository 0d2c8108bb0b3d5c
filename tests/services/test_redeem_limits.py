"""Guessing is hopeless, and nobody can use up the tries of somebody else."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import TypeVar

import pytest
import time_machine

from models import Activation, Refusal
from models.enums import AuditAction, RefusalReason
from services import database, lanes, redeem_limits
from services.actor import Actor
from services.code_alphabet import generate
from services.errors import Unavailable
from services.settings import Settings
from services.tries import Visitor
from tests.cast import Cast, Issued, activated, entries, issue, redeem, redeem_link, refused
from tests.conftest import Configure, forget_process

T = TypeVar("T")
INSTALLATION = "redeem:installation"
LIMITED, NOT_FOUND = RefusalReason.LIMITED, RefusalReason.NOT_FOUND


def at(number: int, actor: Actor | None = None) -> Visitor:
    return Visitor(address=f"198.51.100.{number}", actor=actor)


@pytest.fixture
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PACE", 0)


async def guess(times: int, visitor: Visitor) -> Counter[RefusalReason]:
    """Well-formed codes that nobody was given."""
    return Counter(
        [refused(await redeem(body, visitor=visitor)).reason for body in generate(times)]
    )


async def test_an_address_guesses_twenty_times_in_ten_minutes(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    text = (await issue(cast.ada, cast.month)).texts[0]
    assert await guess(25, at(1)) == {NOT_FOUND: 20, LIMITED: 5}
    clock.shift(timedelta(minutes=4))
    outcome = refused(await redeem(text, visitor=at(1)))
    assert (outcome.reason, outcome.minutes, outcome.reference) == (LIMITED, 6, None)
    activated(await redeem(text, visitor=at(2)))
    clock.shift(timedelta(minutes=6))
    assert await guess(1, at(1)) == {NOT_FOUND: 1}


async def test_a_refused_address_learns_nothing_about_a_code(cast: Cast) -> None:
    text = (await issue(cast.ada, cast.month)).texts[0]
    await guess(20, at(1))
    assert refused(await redeem(text, visitor=at(1))).reason is LIMITED
    assert not await Activation.exists()


@pytest.mark.parametrize(
    ("spent", "also_spent"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("192.0.2.9", "::ffff:192.0.2.9"),
        ("not an address", "not an address"),
    ],
)
async def test_the_addresses_of_one_customer_count_as_one(
    cast: Cast, configure: Configure, spent: str, also_spent: str
) -> None:
    configure(redeem_tries_per_address=2)
    await guess(2, Visitor(address=spent))
    assert await guess(1, Visitor(address=also_spent)) == {LIMITED: 1}
    assert await guess(1, Visitor(address="2001:db8:1:3::1")) == {NOT_FOUND: 1}


async def test_an_account_guesses_twenty_times_an_hour_from_wherever(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    reasons = Counter[RefusalReason]()
    for number in range(25):
        reasons += await guess(1, at(number, cast.sam))
    assert reasons == {NOT_FOUND: 20, LIMITED: 5}
    assert await guess(1, at(99, cast.mallory)) == {NOT_FOUND: 1}
    clock.shift(timedelta(minutes=59))
    outcome = refused(await redeem(generate(1)[0], visitor=at(50, cast.sam)))
    assert outcome.minutes == 1
    clock.shift(timedelta(minutes=1))
    assert await guess(1, at(50, cast.sam)) == {NOT_FOUND: 1}


async def test_what_an_account_spent_survives_a_restart(cast: Cast, settings: Settings) -> None:
    for number in range(20):
        await guess(1, at(number, cast.sam))
    await database.disconnect()
    await database.connect(settings)
    forget_process()
    assert await guess(1, at(99, cast.sam)) == {LIMITED: 1}


async def test_success_uses_no_try_up_and_clears_no_failure(
    cast: Cast, configure: Configure
) -> None:
    configure(redeem_tries_per_address=3, redeem_tries_per_account=3)
    issued = await issue(cast.ada, cast.month, 9)
    visitor = at(1, cast.sam)
    for text in issued.texts[:5]:
        activated(await redeem(text, visitor=visitor))
    await guess(2, visitor)
    activated(await redeem(issued.texts[5], visitor=visitor))
    assert await guess(2, visitor) == {NOT_FOUND: 1, LIMITED: 1}


async def test_a_typing_mistake_uses_no_try_up(cast: Cast, configure: Configure) -> None:
    configure(redeem_tries_per_address=1)
    for _ in range(5):
        outcome = refused(await redeem("2222-2222-2222-2223", visitor=at(1)))
        assert outcome.reason is RefusalReason.MISTYPED


async def test_a_spent_installation_refuses_nobody(
    cast: Cast, configure: Configure, no_delay: None
) -> None:
    configure(redeem_tries_per_installation=3)
    text = (await issue(cast.ada, cast.month)).texts[0]
    assert sum([await guess(1, at(n)) for n in range(6)], Counter()) == {NOT_FOUND: 6}
    activated(await redeem(text, visitor=at(7)))


async def test_a_spent_installation_decides_nothing_before_its_turn_except_links(
    cast: Cast, spent: Issued
) -> None:
    """Whoever hangs up has learnt and changed nothing."""
    guessed = asyncio.create_task(redeem(spent.texts[0], visitor=at(8)))
    activated(await redeem_link(spent.tokens[1], visitor=at(9), email="other@example.org"))
    await asyncio.sleep(0.1)
    guessed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await guessed
    assert await Activation.all().count() == 1
    assert await Refusal.filter(reason=NOT_FOUND).count() == 4


@pytest.fixture
async def spent(
    cast: Cast, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Issued]:
    """The installation's budget is spent, and the first guess of the line holds up all others."""
    configure(redeem_tries_per_installation=3)
    issued = await issue(cast.ada, cast.month, 9)
    monkeypatch.setattr(lanes, "PACE", 0.0)
    for number in range(3):
        await guess(1, at(number))
    monkeypatch.setattr(lanes, "PACE", 3600)
    await guess(1, at(4))
    yield issued
    monkeypatch.setattr(lanes, "PACE", 0.0)


def that_came() -> int:
    return sum(lane._came for lane in lanes._lanes.values())


async def in_line(awaited: Awaitable[T]) -> asyncio.Future[T]:
    """Has come to a line, and waits."""
    before = that_came()
    task = asyncio.ensure_future(awaited)
    async with asyncio.timeout(10):
        while that_came() == before and not task.done():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.01)
    assert not task.done()
    return task


async def test_success_holds_nobody_up(
    cast: Cast, spent: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [
        await in_line(redeem(text, visitor=at(20 + number)))
        for number, text in enumerate(spent.texts)
    ]
    lanes.of(INSTALLATION)._open()
    async with asyncio.timeout(10):
        for task in waiting:
            activated(await task)


async def test_who_failed_less_goes_first_and_members_before_strangers(
    cast: Cast, spent: Issued
) -> None:
    by_address = redeem_limits.by_address()
    for _ in range(5):
        by_address.book(at(21).address)
    guesser = await in_line(guess(1, at(21)))
    stranger = await in_line(guess(1, at(22)))
    member = await in_line(guess(1, at(23, cast.sam)))
    for next_one in (member, stranger, guesser):
        lanes.of(INSTALLATION)._open()
        async with asyncio.timeout(5):
            await next_one
    assert guesser.done()


async def test_a_full_line_puts_off_who_failed_most_and_counts_it_as_no_try(
    cast: Cast, spent: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LONGEST_LINE", 2)
    by_address = redeem_limits.by_address()
    by_address.book(at(21).address)
    guesser = await in_line(guess(1, at(21)))
    strangers = [await in_line(guess(1, at(22))), await in_line(guess(1, at(23)))]
    with pytest.raises(Unavailable, match="links always work"):
        await guesser
    with pytest.raises(Unavailable):
        await guess(1, at(24))
    assert [by_address.spent(at(number).address) for number in (21, 24)] == [1, 0]
    assert not any(task.done() for task in strangers)
    assert await Refusal.filter(reason=NOT_FOUND).count() == 4
    for task in strangers:
        task.cancel()


async def test_nobody_waits_for_ever(
    cast: Cast, spent: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.1)
    with pytest.raises(Unavailable):
        await redeem(spent.texts[0], visitor=at(8))
    assert not await Activation.exists()


async def test_guesses_in_the_line_come_at_its_pace(
    cast: Cast, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(redeem_tries_per_installation=1)
    monkeypatch.setattr(lanes, "PACE", 0.2)
    await guess(1, at(1))
    began = time.monotonic()
    await asyncio.gather(*(guess(1, at(number)) for number in range(10, 16)))
    assert time.monotonic() - began >= 5 * 0.2


async def test_a_member_waits_in_the_line_of_a_workspace_and_then_of_all(
    cast: Cast, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(redeem_tries_per_installation=1, redeem_tries_per_workspace=1)
    monkeypatch.setattr(lanes, "PACE", 0.0)
    await guess(1, at(1, cast.sam))
    monkeypatch.setattr(lanes, "PACE", 3600)
    await guess(1, at(2, cast.sam))
    waiting = await in_line(guess(1, at(3, cast.ada)))
    lanes.of(INSTALLATION)._open()
    await asyncio.sleep(0.1)
    assert not waiting.done()
    waiting.cancel()


async def test_a_link_nobody_made_counts_as_a_guess(
    cast: Cast, configure: Configure, no_delay: None
) -> None:
    configure(redeem_tries_per_installation=1)
    for number in range(2):
        refused(await redeem_link("x" * 35, visitor=at(number)))
    assert len(await entries(AuditAction.GUESSING)) == 1


async def test_links_use_up_nothing_of_the_installation(
    cast: Cast, configure: Configure, no_delay: None
) -> None:
    configure(redeem_tries_per_installation=1)
    issued = await issue(cast.ada, cast.month)
    activated(await redeem_link(issued.tokens[0]))
    for number in range(5):
        refused(await redeem_link(issued.tokens[0], visitor=at(number), email="no@example.org"))
    assert await entries(AuditAction.GUESSING) == []


async def test_the_owner_is_told_once_in_an_hour_that_somebody_guesses(
    clock: time_machine.Traveller, cast: Cast, configure: Configure, no_delay: None
) -> None:
    configure(redeem_tries_per_installation=3)
    for hour in (1, 2):
        for number in range(6):
            await guess(1, at(number))
        assert len(await entries(AuditAction.GUESSING)) == hour
        clock.shift(timedelta(hours=1))


async def test_repeating_ones_own_activation_buys_no_guesses(
    cast: Cast, configure: Configure, no_delay: None
) -> None:
    configure(redeem_tries_per_installation=3)
    text = (await issue(cast.ada, cast.month)).texts[0]
    activated(await redeem(text))
    for number in range(4):
        await guess(1, at(number))
    for _ in range(5):
        activated(await redeem(text))
    await guess(3, at(9))
    assert len(await entries(AuditAction.GUESSING)) == 1


async def test_a_workspace_that_spent_its_tries_slows_nobody_else(
    cast: Cast, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(redeem_tries_per_workspace=1)
    await guess(1, at(1, cast.sam))
    monkeypatch.setattr(lanes, "PACE", 3600)
    await guess(1, at(1, cast.sam))
    async with asyncio.timeout(10):
        await guess(1, at(2, cast.mallory))
        await guess(1, at(3))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await guess(1, at(4, cast.sam))


async def test_tries_refused_by_a_limit_are_one_row_for_address_and_minute(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(redeem_tries_per_address=1)
    await guess(4, at(1))
    await guess(3, at(2))
    clock.shift(timedelta(minutes=1))
    await guess(2, at(1))
    rows = await Refusal.filter(reason=LIMITED).order_by("id")
    assert [(row.address, row.tries) for row in rows] == [
        ("198.51.100.1", 3),
        ("198.51.100.2", 2),
        ("198.51.100.1", 2),
    ]


async def test_tries_refused_at_once_are_one_row_too(cast: Cast, configure: Configure) -> None:
    configure(redeem_tries_per_address=1)
    bodies = generate(41)
    await asyncio.gather(*(redeem(body, visitor=at(1)) for body in bodies))
    counted = await Refusal.filter(reason=LIMITED).values_list("tries", flat=True)
    assert (sum(counted), len(counted) <= 2) == (40, True)  # two where a minute ended meanwhile


async def test_guesses_made_at_once_count_each(cast: Cast) -> None:
    tries = (redeem(body, visitor=at(1, cast.sam)) for body in generate(50))
    reasons = Counter(refused(outcome).reason for outcome in await asyncio.gather(*tries))
    assert reasons == {NOT_FOUND: 20, LIMITED: 30}
