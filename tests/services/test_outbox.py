"""Messages are put, claimed one at a time, and end in one of two ways."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine

from models import Message
from models.enums import AuditAction, MessageKind, MessageState
from services import messages, outbox, outbox_answers, outbox_claims, outbox_due, signals
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.outbox import Draft
from services.outbox_claims import Claimed
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Cast, entries, every_row
from tests.conftest import Configure
from tests.hearing import but_the_log

put = unit_of_work(outbox.put)


def draft(cast: Cast, recipient: str = "Ann@example.org", **more: object) -> Draft:
    values: dict[str, object] = {
        "kind": MessageKind.CONFIRMATION,
        "workspace_id": cast.northwind.id,
        "recipient": recipient,
        "requested_by_id": cast.sam.person_id,
    }
    return Draft(**values | more)  # type: ignore[arg-type]


async def queued(cast: Cast, **more: object) -> Message:
    [message_id] = await put([draft(cast, **more)])
    return await Message.get(id=message_id)


async def held(message: Message) -> Claimed:
    claimed = await outbox_claims.claim(message.id)
    assert claimed
    return claimed


def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_claims, "ME", "another process")


# Into the outbox


async def test_each_draft_becomes_a_message_of_its_own_in_order(cast: Cast) -> None:
    ids = await put([draft(cast, f"p{n}@example.org") for n in range(1100)])
    rows = await Message.filter(id__in=ids)
    assert [row.recipient for row in sorted(rows, key=lambda row: ids.index(row.id))] == [
        f"p{n}@example.org" for n in range(1100)
    ]
    assert len({row.message_id for row in rows}) == 1100
    assert {(row.state, row.tries) for row in rows} == {(MessageState.QUEUED, 0)}


async def test_a_rolled_back_cause_leaves_no_message(cast: Cast) -> None:
    @unit_of_work
    async def fail() -> None:
        await outbox.put([draft(cast)])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert not await Message.exists()


async def test_a_number_stays_plain_whatever_the_sender_is_called(
    cast: Cast, configure: Configure
) -> None:
    for sender, host in (("a@codes.example", "codes.example"), ("a@bücher.example", "127.0.0.1")):
        configure(mail_from=sender)
        assert outbox.new_message_id().endswith(f"@{host}>")


# Claims


async def test_a_claim_counts_the_try_before_it_is_made(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    message = await queued(cast)
    claimed = await held(message)
    await message.refresh_from_db()
    assert (claimed.tries, claimed.message_id) == (1, message.message_id)
    assert (message.state, message.tries, message.holder) == (
        MessageState.SENDING,
        1,
        outbox_claims.ME,
    )
    assert message.held_until == now() + outbox_claims.LEASE


async def test_of_many_claims_of_one_message_one_wins(cast: Cast) -> None:
    message = await queued(cast)
    won = await asyncio.gather(*(outbox_claims.claim(message.id) for _ in range(30)))
    assert len([each for each in won if each]) == 1
    assert (await Message.get(id=message.id)).tries == 1


async def test_what_is_not_due_is_not_claimed(clock: time_machine.Traveller, cast: Cast) -> None:
    message = await queued(cast)
    await outbox_answers.postpone(await held(message), "451 Later")
    assert await outbox_due.now_due() == []
    assert await outbox_claims.claim(message.id) is None
    clock.shift(timedelta(seconds=73))
    assert await outbox_due.now_due() == [message.id]


async def test_the_longest_due_goes_first(clock: time_machine.Traveller, cast: Cast) -> None:
    ids: list[int] = []
    for _ in range(3):
        ids.append((await queued(cast)).id)
        clock.shift(timedelta(seconds=1))
    await Message.filter(id=ids[2]).update(next_try_at=now() - timedelta(hours=1))
    assert await outbox_due.now_due() == [ids[2], ids[0], ids[1]]


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED])
async def test_what_has_ended_is_never_claimed(cast: Cast, state: MessageState) -> None:
    message = await queued(cast)
    await Message.filter(id=message.id).update(state=state)
    assert await outbox_due.now_due() == []
    assert await outbox_claims.claim(message.id) is None


async def test_a_claim_whose_time_ran_out_passes_to_another(
    clock: time_machine.Traveller, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await queued(cast)
    slow = await held(message)
    clock.shift(outbox_claims.LEASE - timedelta(seconds=1))
    assert await outbox_due.now_due() == []
    clock.shift(timedelta(seconds=1))
    with monkeypatch.context() as patch:
        another_process(patch)
        quick = await held(message)
    assert (quick.tries, quick.message_id) == (2, slow.message_id)
    assert not await outbox_answers.fail(slow, "too late")
    assert not await outbox_answers.sent(slow, "too late")
    assert (await Message.get(id=message.id)).state is MessageState.SENDING
    assert not await entries(AuditAction.FAIL)


async def test_what_a_dead_process_was_sending_is_free_at_once(
    clock: time_machine.Traveller, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, alive = await queued(cast), await queued(cast)
    with monkeypatch.context() as patch:
        another_process(patch)
        await held(dead)
    await held(alive)
    assert await outbox_claims.free() == 1
    freed = await Message.get(id=dead.id)
    assert (freed.state, freed.tries, freed.message_id) == (
        MessageState.RETRYING,
        1,
        dead.message_id,
    )
    assert (await Message.get(id=alive.id)).state is MessageState.SENDING
    assert await outbox_due.now_due() == [dead.id]


# What becomes of them


async def test_a_sent_message_keeps_the_answer_and_the_time(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    message = await queued(cast)
    assert await outbox_answers.sent(await held(message), "250 OK")
    await message.refresh_from_db()
    assert (message.state, message.sent_at, message.last_answer, message.holder) == (
        MessageState.SENT,
        now(),
        "250 OK",
        "",
    )


async def test_a_failed_message_is_in_the_log_without_its_address(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    heard: list[Changed] = []
    message = await queued(cast)
    claimed = await held(message)
    end = signals.subscribe(but_the_log(heard))
    await outbox_answers.fail(claimed, "550 No such person ann@example.org")
    end()
    [entry] = await entries(AuditAction.FAIL)
    assert (entry.resource, entry.target_id) == ("MESSAGE", message.id)
    assert (entry.workspace_id, entry.person_id) == (cast.northwind.id, cast.sam.person_id)
    assert entry.detail == {"kind": "CONFIRMATION", "tries": 1}
    assert heard == [
        Changed(cast.northwind.id, Topic.MESSAGES, (message.id,)),
        Changed(None, Topic.HISTORY),
    ]


async def test_delays_grow_are_never_the_same_and_end_at_four_hours(settings: object) -> None:
    minutes = [1, 4, 16, 64, 240, 240, 240]
    for tries, wanted in enumerate(minutes, start=1):
        seen = {outbox_answers.delay(tries) / timedelta(minutes=1) for _ in range(50)}
        assert len(seen) > 1
        assert all(0.8 * wanted <= each <= 1.2 * wanted for each in seen)
    assert outbox_answers.delay(10**6) <= timedelta(hours=4, minutes=48)


async def test_a_message_is_retried_for_four_days_and_then_fails(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    message = await queued(cast)
    first, times = now(), [now()]
    while (await Message.get(id=message.id)).state is not MessageState.FAILED:
        await outbox_answers.postpone(await held(message), "451 Later")
        clock.move_to((await Message.get(id=message.id)).next_try_at)
        times.append(now())
    assert timedelta(days=4) <= times[-1] - first <= timedelta(days=4, hours=5)
    assert all(
        later - sooner <= timedelta(hours=4, minutes=48) for sooner, later in pairwise(times)
    )
    await message.refresh_from_db()
    assert message.last_answer == "451 Later"
    [entry] = await entries(AuditAction.FAIL)
    assert entry.detail["tries"] == message.tries > 20


async def test_days_in_which_no_mail_could_go_out_do_not_count(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    message = await queued(cast)
    clock.shift(timedelta(days=5))
    await outbox_answers.postpone(await held(message), "451 Greylisted")
    assert (await Message.get(id=message.id)).state is MessageState.RETRYING


async def test_a_message_given_back_is_as_if_it_was_not_tried(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    message = await queued(cast)
    await outbox_answers.give_back(await held(message), "535 Wrong password")
    await message.refresh_from_db()
    assert (message.state, message.tries) == (MessageState.QUEUED, 0)
    assert await outbox_due.now_due() == [message.id]
    await outbox_answers.postpone(await held(message), "451 Later")
    clock.shift(timedelta(minutes=2))
    await outbox_answers.give_back(await held(message), "535 Wrong password")
    await message.refresh_from_db()
    assert (message.state, message.tries) == (MessageState.RETRYING, 1)


async def test_the_next_due_is_the_soonest_of_what_waits_or_is_held(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    assert await outbox_due.next_due() is None
    first, second = await queued(cast), await queued(cast)
    await held(first)
    assert await outbox_due.next_due() == now()
    await outbox_answers.sent(await held(second), "250 OK")
    assert await outbox_due.next_due() == now() + outbox_claims.LEASE


# Retry, by a person


@pytest.mark.parametrize("who", ["olga", "ada", "sam"])
async def test_a_failed_message_is_sent_again_as_the_same_mail(
    clock: time_machine.Traveller, cast: Cast, who: str
) -> None:
    message = await queued(cast)
    await outbox_answers.fail(await held(message), "550 No")
    clock.shift(timedelta(days=30))
    await messages.retry(getattr(cast, who), message.id)
    again = await Message.get(id=message.id)
    assert (again.state, again.message_id) == (MessageState.QUEUED, message.message_id)
    assert again.queued_at == again.next_try_at == now()
    [entry] = await entries(AuditAction.RETRY)
    assert (entry.person_id, entry.target_id) == (getattr(cast, who).person_id, message.id)
    await outbox_answers.postpone(await held(message), "451 Later")
    assert (await Message.get(id=message.id)).state is MessageState.RETRYING


async def test_a_waiting_message_need_not_wait(clock: time_machine.Traveller, cast: Cast) -> None:
    message = await queued(cast)
    await outbox_answers.postpone(await held(message), "451 Later")
    await messages.retry(cast.sam, message.id)
    assert await outbox_due.now_due() == [message.id]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (MessageState.QUEUED, "This mail is about to be sent already."),
        (MessageState.SENDING, "This mail is being sent right now."),
        (MessageState.SENT, "This mail was sent already."),
    ],
)
async def test_there_is_nothing_to_retry(cast: Cast, state: MessageState, sentence: str) -> None:
    message = await queued(cast)
    await Message.filter(id=message.id).update(state=state)
    before = await every_row()
    with pytest.raises(Conflict) as refused:
        await messages.retry(cast.ada, message.id)
    assert refused.value.message == sentence
    assert await every_row() == before


async def test_a_message_whose_address_was_forgotten_cannot_be_sent(cast: Cast) -> None:
    message = await queued(cast)
    await Message.filter(id=message.id).update(
        state=MessageState.FAILED, recipient="", forgotten_at=now()
    )
    with pytest.raises(Conflict, match="forgotten"):
        await messages.retry(cast.ada, message.id)


async def test_others_messages_do_not_exist(cast: Cast) -> None:
    of_ada = await queued(cast, requested_by_id=cast.ada.person_id)
    of_nobody = await queued(cast, requested_by_id=None)
    of_the_installation = await queued(cast, workspace_id=None)
    await Message.all().update(state=MessageState.FAILED)
    before = await every_row()
    for who, message_id in (
        (cast.sam, of_ada.id),
        (cast.sam, of_nobody.id),
        (cast.ada_at_acme, of_ada.id),
        (cast.mallory, of_ada.id),
        (cast.eve, of_ada.id),
        (cast.ada, of_the_installation.id),
        (cast.olga, of_the_installation.id),
        (cast.ada, 10**9),
        (cast.ada, 2**70),
        (cast.ada, -1),
    ):
        with pytest.raises(NotFound):
            await messages.retry(who, message_id)
    assert await every_row() == before
