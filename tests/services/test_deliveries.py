"""Send to people: one code and one mail for each person, all of them or none, never twice."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from models import Code, Delivery, Message, Person
from models.enums import AuditAction, MessageKind, MessageState, Status
from services import access_changes, batches, codes, deliveries, zones
from services.actor import Actor
from services.errors import Conflict, Invalid, NotFound
from services.recipients import Recipient
from tests.cast import (
    Cast,
    Issued,
    activated,
    entries,
    every_row,
    issue,
    redeem,
    redeem_link,
    wanted,
)


def people(number: int, domain: str = "uni.example") -> list[Recipient]:
    return [
        Recipient(f"person{each}@{domain}", f"Person {each}", each + 1) for each in range(number)
    ]


async def send(actor: Actor, issued: Issued, number: int, key: str = "one dialog") -> int:
    return await deliveries.send(actor, issued.batch.id, people(number), key)


async def test_each_person_gets_one_code_and_one_mail(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 5)
    assert await send(cast.sam, issued, 3) == 3
    messages = await Message.all().order_by("id")
    assert [message.recipient for message in messages] == [each.email for each in people(3)]
    assert {message.kind for message in messages} == {MessageKind.PERSONAL}
    assert {message.requested_by_id for message in messages} == {cast.sam.person_id}
    sent = await Code.filter(batch_id=issued.batch.id).order_by("ordinal").select_related("sent_to")
    assert [code.sent_to and code.sent_to.name for code in sent] == [
        *(each.name for each in people(3)),
        None,
        None,
    ]
    assert [message.code_id for message in messages] == [code.id for code in sent[:3]]
    [delivery] = await Delivery.all()
    assert {message.delivery_id for message in messages} == {delivery.id}
    [entry] = await entries(AuditAction.SEND)
    assert entry.detail == {"people": 3, "delivery": delivery.id}
    assert {person.workspace_id for person in await Person.filter(name="Person 1")} == {
        cast.northwind.id
    }


async def test_sent_to_and_activated_by_are_two_facts(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 2)
    await send(cast.sam, issued, 1)
    await redeem_link(issued.tokens[0], name="Somebody Else", email="else@example.org")
    code = await Code.get(id=issued.codes[0].id).select_related("sent_to")
    assert code.status is Status.ACTIVATED
    assert code.sent_to and code.sent_to.email == "person0@uni.example"


async def test_who_has_a_code_of_the_batch_gets_no_second_one(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 9)
    await send(cast.sam, issued, 2)
    again = [Recipient("PERSON1@uni.example", "", 1), *people(4)[2:]]
    found = await deliveries.preview(cast.sam, issued.batch.id, again)
    assert [each.email for each in found.before] == ["PERSON1@uni.example"]
    assert (len(found.fresh), found.left, found.is_enough) == (2, 7, True)
    assert await deliveries.send(cast.sam, issued.batch.id, again, "another dialog") == 2
    with pytest.raises(Invalid, match="has a code of this batch already"):
        await deliveries.send(cast.sam, issued.batch.id, again, "a third dialog")


async def test_a_code_that_somebody_used_is_given_to_nobody_else(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 2)
    made = activated(await redeem(issued.texts[0]))
    await access_changes.undo_activation(cast.ada, made.activation_id, "The wrong person")
    assert (await deliveries.preview(cast.sam, issued.batch.id, ())).left == 1
    with pytest.raises(Invalid, match="only 1 code of this batch"):
        await send(cast.sam, issued, 2)
    await send(cast.sam, issued, 1)
    [given] = await Code.exclude(sent_to_id=None)
    assert given.id == issued.codes[1].id
    activated(await redeem(issued.texts[0]))  # it is still theirs


async def test_more_people_than_codes_is_told_with_numbers_and_sends_nothing(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 100)
    await batches.revoke_unused(cast.sam, (await issue(cast.sam, cast.month)).batch.id)
    await redeem(issued.texts[0])
    await codes.revoke(cast.sam, issued.codes[1].id)
    before = await every_row()
    with pytest.raises(Invalid) as refused:
        await send(cast.sam, issued, 300)
    assert refused.value.fields == {
        "recipients": "300 people, but only 98 codes of this batch are neither sent nor used."
    }
    assert await every_row() == before
    assert await send(cast.sam, issued, 98) == 98


async def test_nobody_to_send_to_is_told(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month)
    with pytest.raises(Invalid, match="at least one"):
        await send(cast.sam, issued, 0)


async def test_the_same_dialog_sent_many_times_at_once_sends_once(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 60)
    assert await asyncio.gather(*(send(cast.sam, issued, 3) for _ in range(15))) == [3] * 15
    assert await send(cast.sam, issued, 3) == 3
    assert await Message.all().count() == 3
    assert await Code.exclude(sent_to_id=None).count() == 3
    assert len(await entries(AuditAction.SEND)) == 1


async def test_many_senders_at_once_never_give_one_code_to_two_people(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 50)
    sent = await asyncio.gather(
        *(
            deliveries.send(cast.sam, issued.batch.id, people(3, f"place{each}.example"), f"{each}")
            for each in range(20)
        ),
        *(redeem(text, email=f"{text[:4]}@x.example") for text in issued.texts[:5]),
        return_exceptions=True,
    )
    won = [each for each in sent if each == 3]
    assert 13 <= len(won) <= 16
    assert all(isinstance(each, Invalid | Conflict) for each in sent[:20] if each != 3)
    messages = await Message.filter(kind=MessageKind.PERSONAL)
    assert len(messages) == 3 * len(won)
    assert max(Counter(message.code_id for message in messages).values()) == 1
    given = await Code.exclude(sent_to_id=None)
    assert {code.id for code in given} == {message.code_id for message in messages}


async def test_expired_codes_and_unfinished_batches_are_not_sent(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.sam, cast.month, expires_on=zones.today("Europe/Berlin"))
    clock.shift(timedelta(days=2))
    with pytest.raises(Conflict, match="have expired"):
        await send(cast.sam, issued, 1)
    large = await batches.request(cast.sam, wanted(cast.month, "200"))
    with pytest.raises(Conflict, match="no codes to send"):
        await deliveries.preview(cast.sam, large.id, people(1))
    assert not await Message.filter(state=MessageState.QUEUED).exists()


async def test_a_batch_of_others_does_not_exist(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month)
    for who in (cast.mallory, cast.eve, cast.ada_at_acme):
        with pytest.raises(NotFound):
            await deliveries.preview(who, issued.batch.id, people(1))
        with pytest.raises(NotFound):
            await send(who, issued, 1)
    assert not await Message.exists()
