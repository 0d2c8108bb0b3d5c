"""What is cleared away at night, and what stays."""

from datetime import timedelta

import pytest
import time_machine

from models import AuditEntry, Message, Notification, Session
from models.enums import MessageKind, MessageState, NotificationKind, RefusalReason
from services import (
    housekeeping,
    notifications,
    outbox,
    outbox_answers,
    outbox_claims,
    refusals,
    sessions,
)
from services.database import unit_of_work
from services.outbox import Draft
from services.sessions import SignIn
from services.tries import Try
from services.zones import now
from tests.cast import GRACE, PASSWORD, VISITOR, Cast, activated, every_row, issue, redeem
from tests.conftest import Configure


async def sign_in() -> str:
    return await sessions.sign_in(
        SignIn(email="sam@example.org", password=PASSWORD, address="192.0.2.1")
    )


async def test_ended_sessions_are_forgotten_after_thirty_days(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await sessions.sign_out(await sign_in())
    clock.shift(timedelta(days=30))
    assert await housekeeping.forget_sessions() == 0
    clock.shift(timedelta(seconds=1))
    assert await housekeeping.forget_sessions() == 1


async def test_sessions_that_idled_out_are_forgotten_thirty_days_after(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await sign_in()
    clock.shift(timedelta(days=30, hours=12))
    assert await housekeeping.forget_sessions() == 0
    clock.shift(timedelta(seconds=1))
    assert await housekeeping.forget_sessions() == 1


async def test_a_live_session_stays(clock: time_machine.Traveller, cast: Cast) -> None:
    clock.shift(timedelta(days=100))
    token = await sign_in()
    await housekeeping.tidy()
    assert await sessions.find(token)


async def test_how_long_is_a_setting(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(keep_ended_sessions="1d")
    await sessions.sign_out(await sign_in())
    clock.shift(timedelta(days=1, seconds=1))
    assert await housekeeping.forget_sessions() == 1


async def test_a_night_clears_both_and_says_how_many(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    @unit_of_work
    async def refuse() -> None:
        await refusals.record(RefusalReason.NOT_FOUND, Try(**GRACE, visitor=VISITOR))

    await sign_in()
    await refuse()
    clock.shift(timedelta(days=500))
    assert await housekeeping.tidy() == (1, 1)
    assert not await Session.exists()


async def test_the_log_and_the_codes_stay_for_good(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    activated(await redeem((await issue(cast.ada, cast.month)).texts[0]))
    before = await every_row() | {"Budget": []}
    assert await AuditEntry.exists()
    clock.shift(timedelta(days=10_000))
    await housekeeping.tidy()
    assert await every_row() == before  # all but the spent budget is there


async def ended_message(cast: Cast, state: MessageState) -> Message:
    draft = Draft(
        kind=MessageKind.CONFIRMATION,
        workspace_id=cast.northwind.id,
        recipient="Ann@example.org",
        name="Ann",
    )
    [message_id] = await unit_of_work(outbox.put)([draft])
    claimed = await outbox_claims.claim(message_id)
    assert claimed
    end = {MessageState.SENT: outbox_answers.sent, MessageState.FAILED: outbox_answers.fail}
    await end.get(state, outbox_answers.postpone)(claimed, "answer to Ann@example.org")
    return await Message.get(id=message_id)


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED])
async def test_to_whom_a_mail_went_is_forgotten_after_ninety_days(
    clock: time_machine.Traveller, cast: Cast, state: MessageState
) -> None:
    before = await ended_message(cast, state)
    clock.shift(timedelta(days=90))
    assert await housekeeping.forget_recipients() == 0
    clock.shift(timedelta(seconds=1))
    await housekeeping.tidy()
    after = await Message.get(id=before.id)
    kept = {"state", "message_id", "sent_at", "tries", "kind", "workspace_id"}
    assert {name: getattr(after, name) for name in kept} == {
        name: getattr(before, name) for name in kept
    }
    assert not any((after.recipient, after.recipient_key, after.recipient_name, after.last_answer))
    assert after.forgotten_at == now()
    assert await housekeeping.forget_recipients() == 0


async def test_to_whom_a_waiting_mail_goes_is_never_forgotten(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    message = await ended_message(cast, MessageState.RETRYING)
    clock.shift(timedelta(days=400))
    await housekeeping.tidy()
    assert (await Message.get(id=message.id)).recipient == "Ann@example.org"


async def test_read_notifications_are_forgotten_and_unread_ones_stay(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    for entry_id, read_at in ((1, now()), (2, None)):
        await Notification.create(
            user_id=cast.sam.user_id,
            entry_id=entry_id,
            kind=NotificationKind.BATCH_READY,
            at=now(),
            read_at=read_at,
        )
    clock.shift(timedelta(days=180))
    assert await notifications.forget_read() == 0
    clock.shift(timedelta(seconds=1))
    await housekeeping.tidy()
    [left] = await Notification.all()
    assert left.read_at is None
