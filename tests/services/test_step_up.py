"""Before many codes leave: ten an hour for a session that proved nothing lately."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from models import AuditEntry, Batch, Code, Message, Session
from models.enums import AuditAction, Demand, MessageState, Role, Status
from services import (
    audit_heads,
    backups,
    batches,
    codes,
    deliveries,
    erasure,
    exports,
    factor_demand,
    factor_removal,
    invitations,
    members,
    messages,
    recovery,
    resending,
    sessions,
    step_up,
    totp,
    users,
)
from services.actor import Actor
from services.errors import ConfirmationDue, NotFound
from services.recipients import Recipient
from services.sessions import SignIn
from services.zones import now
from tests.cast import PASSWORD, Cast, entries, every_row, issue, wanted
from tests.conftest import POSTGRES, Configure
from tests.second_factors import signed_in as opened
from tests.second_factors import with_app


async def signed_in(actor: Actor) -> Actor:
    token = await sessions.sign_in(SignIn(email=actor.email, password=PASSWORD, address="::1"))
    return await sessions.enter(token, actor.slug)


async def grown_old(actor: Actor) -> Actor:
    """At a session whose sign-in is long ago."""
    there = await signed_in(actor)
    await Session.filter(id=there.session_id).update(confirmed_at=now() - timedelta(minutes=16))
    return there


async def test_signing_in_counts_for_a_quarter_of_an_hour(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    sam = await signed_in(cast.sam)
    clock.shift(timedelta(minutes=14, seconds=59))
    await step_up.require(sam)
    clock.shift(timedelta(seconds=1))
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)


async def test_how_long_it_counts_is_a_setting(cast: Cast, configure: Configure) -> None:
    sam = await grown_old(cast.sam)
    configure(confirmation_lasts="20m")
    await step_up.require(sam)


async def test_a_proof_of_a_time_that_lies_ahead_does_not_count(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    sam = await signed_in(cast.sam)
    clock.shift(timedelta(seconds=-5))
    await step_up.require(sam)
    clock.shift(timedelta(minutes=-5))
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)


async def test_a_session_that_ended_is_not_confirmed(cast: Cast) -> None:
    sam = await signed_in(cast.sam)
    await sessions.end([sam.session_id])
    with pytest.raises(ConfirmationDue):
        await step_up.require(sam)


async def test_ten_codes_an_hour_are_shown_to_anybody_and_many_single_ones_are_many(
    cast: Cast,
) -> None:
    made = await issue(cast.sam, cast.month, 12)
    sam = await grown_old(cast.sam)
    for code in made.codes[:10]:
        await codes.copy(sam, made.batch.id, (code.id,))
    with pytest.raises(ConfirmationDue):
        await codes.copy(sam, made.batch.id, (made.codes[10].id,))
    assert len(await entries(AuditAction.COPY)) == 10


@pytest.mark.parametrize("status", [Status.HELD, Status.ACTIVATED])
async def test_codes_that_may_come_back_count_when_their_mail_goes_elsewhere(
    cast: Cast, status: Status
) -> None:
    """Before the mail goes out, held ones may be released and activations undone."""
    asked = wanted(cast.month, "12", notify="grace@example.org")
    batch = await batches.request(cast.ada, asked)
    message = await Message.get(batch_id=batch.id)
    await Message.filter(id=message.id).update(state=MessageState.SENT)
    made = await Code.filter(batch_id=batch.id).order_by("id")
    await Code.filter(id__in=[code.id for code in made[1:]]).update(status=status)
    ada = await grown_old(cast.ada)
    with pytest.raises(ConfirmationDue):
        await resending.redirect(ada, message.id, "thief@example.org")


async def test_a_mail_with_many_codes_is_not_tried_again_unasked(cast: Cast) -> None:
    batch = await batches.request(cast.ada, wanted(cast.month, "12", notify="grace@example.org"))
    message = await Message.get(batch_id=batch.id)
    await Message.filter(id=message.id).update(state=MessageState.FAILED)
    ada = await grown_old(cast.ada)
    with pytest.raises(ConfirmationDue):
        await messages.retry(ada, message.id)
    await message.refresh_from_db()
    assert message.state is MessageState.FAILED
    await messages.retry(await signed_in(cast.ada), message.id)


async def test_an_hour_later_ten_more_are_shown(clock: time_machine.Traveller, cast: Cast) -> None:
    made = await issue(cast.sam, cast.month, 10)
    sam = await grown_old(cast.sam)
    await codes.show(sam, made.batch.id)
    clock.shift(timedelta(minutes=59))
    with pytest.raises(ConfirmationDue):
        await codes.show(sam, made.batch.id, (made.codes[0].id,))
    clock.shift(timedelta(minutes=2))
    assert len(await codes.show(sam, made.batch.id)) == 10


async def test_twenty_at_the_same_moment_get_ten_codes(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month, 20)
    sam = await grown_old(cast.sam)
    shown = await asyncio.gather(
        *(codes.show(sam, made.batch.id, (code.id,)) for code in made.codes),
        return_exceptions=True,
    )
    assert [each for each in shown if not isinstance(each, list | ConfirmationDue)] == []
    assert len([each for each in shown if isinstance(each, list)]) == 10
    assert len(await entries(AuditAction.SHOW)) == 10


async def test_eleven_at_once_are_asked_for_and_nothing_is_written(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month, 11)
    sam = await grown_old(cast.sam)
    before = await AuditEntry.all().count()
    for ask in (codes.show, codes.copy):
        with pytest.raises(ConfirmationDue):
            await ask(sam, made.batch.id)
    with pytest.raises(ConfirmationDue):
        await exports.batch_csv(sam, made.batch.id, address="/a/")
    with pytest.raises(ConfirmationDue):
        await exports.foresee(sam, made.batch.id)
    assert await AuditEntry.all().count() == before
    assert len(await codes.show(sam, made.batch.id, tuple(c.id for c in made.codes[:10]))) == 10


async def test_what_a_confirmed_session_sees_is_not_counted(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    made = await issue(cast.sam, cast.month, 30)
    sam = await signed_in(cast.sam)
    assert len(await codes.show(sam, made.batch.id)) == 30
    clock.shift(timedelta(minutes=16))
    assert len(await codes.show(sam, made.batch.id, tuple(c.id for c in made.codes[:10]))) == 10


async def test_each_session_counts_for_itself(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month, 10)
    here, there = await grown_old(cast.sam), await grown_old(cast.sam)
    assert len(await codes.show(here, made.batch.id)) == 10
    assert len(await codes.show(there, made.batch.id)) == 10


async def test_who_may_not_see_them_is_not_asked(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month, 11)
    mallory = await grown_old(cast.mallory)
    with pytest.raises(NotFound):
        await codes.show(mallory, made.batch.id)
    with pytest.raises(NotFound):
        await exports.foresee(mallory, made.batch.id)


@pytest.mark.parametrize(
    ("quantity", "notify", "asks"),
    [
        ("10", None, False),
        ("11", None, True),
        ("5", "ken@example.org", False),  # mailed and shown
        ("6", "ken@example.org", True),
        ("150", "ken@example.org", False),  # neither the answer nor the mail has a code
    ],
)
async def test_generating_asks_before_anything_is_made(
    cast: Cast, quantity: str, notify: str | None, asks: bool
) -> None:
    sam = await grown_old(cast.sam)
    asked = wanted(cast.month, quantity, notify=notify)
    if not asks:
        made = await batches.request(sam, asked)
        assert quantity == "150" or len(await codes.show(sam, made.id)) == int(quantity)
        return
    with pytest.raises(ConfirmationDue):
        await batches.request(sam, asked)
    assert not await Batch.all().exists()
    assert not await Message.all().exists()
    await Session.filter(id=sam.session_id).update(confirmed_at=now())
    assert (await batches.request(sam, asked)).quantity == int(quantity)


async def test_codes_that_are_mailed_at_the_same_moment_are_ten_at_most(cast: Cast) -> None:
    sam = await grown_old(cast.sam)
    forms = [wanted(cast.month, "5", notify="ken@example.org") for _ in range(6)]
    await asyncio.gather(*(batches.request(sam, form) for form in forms), return_exceptions=True)
    assert await Message.all().count() <= 2


async def test_sending_asks_for_more_than_ten_people_and_sends_nothing_before(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month, 20)
    sam = await grown_old(cast.sam)
    people = [Recipient(name="", email=f"p{number}@example.org") for number in range(11)]
    with pytest.raises(ConfirmationDue):
        await deliveries.send(sam, made.batch.id, people, "a key")
    assert not await Message.all().exists()
    assert await deliveries.send(sam, made.batch.id, people[:10], "a key") == 10
    with pytest.raises(ConfirmationDue):
        await deliveries.send(sam, made.batch.id, people, "another key")
    assert await Message.all().count() == 10


async def test_people_are_changed_by_a_confirmed_session_only(cast: Cast) -> None:
    ada = await grown_old(cast.ada)
    with pytest.raises(ConfirmationDue):
        await members.remove(ada, cast.sam.user_id)
    with pytest.raises(ConfirmationDue):
        await invitations.invite(ada, email="new@example.org", role=Role.SALES)
    assert not await Message.all().exists()
    await Session.filter(id=ada.session_id).update(confirmed_at=now())
    await members.remove(ada, cast.sam.user_id)


async def test_a_session_of_nobody_is_never_confirmed(cast: Cast) -> None:
    for session_id in (0, -1, 10**6):
        with pytest.raises(ConfirmationDue):
            await step_up.require(replace(cast.sam, session_id=session_id))


PEOPLE_AND_KEYS: dict[str, Callable[[Actor, Cast], Awaitable[object]]] = {
    "factor_demand.choose": lambda who, c: factor_demand.choose(who, Demand.ADMINS),
    "factor_removal.remove": lambda who, c: factor_removal.remove(who, c.sam.user_id),
    "recovery.renew": lambda who, c: recovery.renew(who),
    "totp.begin": lambda who, c: totp.begin(who),
    "totp.remove": lambda who, c: totp.remove(who),
    "erasure.erase": lambda who, c: erasure.erase(who, c.sam.person_id),
    "users.disable": lambda who, c: users.disable(who, c.sam.user_id),
    "users.make_owner": lambda who, c: users.make_owner(who, c.sam.user_id),
    "members.remove": lambda who, c: members.remove(who, c.sam.user_id),
    "members.change_role": lambda who, c: members.change_role(who, c.sam.user_id, Role.ADMIN),
    "audit_heads.mail_to": lambda who, c: audit_heads.mail_to(who, "a@example.org"),
}
"""What the table of all commands lets an owner do in a session that it confirms itself, too."""


@pytest.mark.parametrize("command", PEOPLE_AND_KEYS)
async def test_people_and_their_factors_change_for_who_proved_lately_who_they_are(
    cast: Cast, command: str
) -> None:
    await with_app(cast.olga)
    await with_app(cast.sam)
    olga = await opened(cast.olga)
    await Session.filter(id=olga.session_id).update(confirmed_at=now() - timedelta(days=1))
    before = await every_row()
    with pytest.raises(ConfirmationDue):
        await PEOPLE_AND_KEYS[command](olga, cast)
    assert await every_row() == before


@pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file")
@pytest.mark.parametrize("command", [backups.may_download, backups.download])
async def test_a_backup_is_taken_away_by_who_proved_lately_who_they_are(
    cast: Cast, command: Callable[[Actor, str], Awaitable[object]]
) -> None:
    name, olga = await backups.make(cast.olga), await opened(cast.olga)
    await Session.filter(id=olga.session_id).update(confirmed_at=now() - timedelta(days=1))
    with pytest.raises(ConfirmationDue):
        await command(olga, name)
