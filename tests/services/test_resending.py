"""Mail once more: to one, to all that failed, to all who wait; or to another address."""

import asyncio
from collections.abc import Awaitable, Iterable

import pytest
import time_machine
from tortoise.expressions import F

from models import Batch, Code, Message
from models.enums import AuditAction, MessageKind, MessageState, Status
from services import (
    announced_files,
    batch_jobs,
    batches,
    codes,
    deliveries,
    held,
    letters,
    links,
    messages,
    redemptions,
    resending,
)
from services.actor import Actor
from services.errors import Conflict, Gone, Invalid, NotFound
from services.letters import CodesLetter, Pointless
from services.links import Purpose
from services.recipients import Recipient
from tests.cast import (
    Cast,
    Issued,
    activated,
    entries,
    every_row,
    issue,
    printed,
    redeem,
    redeem_link,
    refused,
    wanted,
)

PEOPLE = [Recipient(f"{name}@uni.example", name.title(), 1) for name in ("ann", "bob", "cem")]


async def delivered(cast: Cast, actor: Actor | None = None, quantity: int = 5) -> Issued:
    issued = await issue(actor or cast.sam, cast.month, quantity)
    await deliveries.send(actor or cast.sam, issued.batch.id, PEOPLE, f"{issued.batch.id}")
    return issued


async def newest(email: str = "") -> Message:
    wanted = Message.filter(recipient=email) if email else Message.all()
    found = await wanted.order_by("-id").first()
    assert found
    return found


async def end(state: MessageState, *emails: str) -> None:
    wanted = Message.filter(recipient__in=emails) if emails else Message.all()
    await wanted.update(state=state, tries=1)


async def buyer(cast: Cast, quantity: str = "4") -> Issued:
    asked = wanted(cast.month, quantity, notify="buyer@clinic.example")
    batch = await batches.request(cast.sam, asked)
    await batch_jobs.work()
    await end(MessageState.SENT)
    return await printed(await Batch.get(id=batch.id))


async def test_a_sent_mail_can_be_sent_once_more_as_a_new_one(cast: Cast) -> None:
    issued = await delivered(cast)
    await end(MessageState.SENT)
    first = await newest("ann@uni.example")
    await resending.resend(cast.sam, first.id)
    again = await newest("ann@uni.example")
    assert again.id != first.id and again.message_id != first.message_id
    assert (again.state, again.code_id, again.recipient_name) == (
        MessageState.QUEUED,
        issued.codes[0].id,
        "Ann",
    )
    assert entries_of(await entries(AuditAction.SEND))[-1] == {"resent": first.id}
    with pytest.raises(Conflict, match="newer mail"):
        await resending.resend(cast.sam, first.id)
    with pytest.raises(Conflict, match="Retry"):
        await resending.resend(cast.sam, again.id)
    activated(await redeem_link(issued.tokens[0]))


def entries_of(found: list) -> list[dict[str, object]]:
    return [entry.detail for entry in found]


async def test_a_mail_about_a_used_or_revoked_code_is_not_sent_again(cast: Cast) -> None:
    issued = await delivered(cast)
    await end(MessageState.SENT)
    await redeem(issued.texts[0])
    await codes.revoke(cast.sam, issued.codes[1].id)
    for email in ("ann@uni.example", "bob@uni.example"):
        with pytest.raises(Pointless):
            await resending.resend(cast.sam, (await newest(email)).id)
        with pytest.raises(Pointless):
            await resending.redirect(cast.sam, (await newest(email)).id, "new@x.example")


async def test_all_that_failed_are_tried_again_as_the_same_mails(cast: Cast) -> None:
    issued = await delivered(cast)
    await end(MessageState.FAILED, "ann@uni.example", "cem@uni.example")
    await end(MessageState.SENT, "bob@uni.example")
    await redeem(issued.texts[2])
    assert await resending.counts(cast.sam, issued.batch.id) == resending.Again(1, 1)
    before = await newest("ann@uni.example")
    assert await resending.to_all_failed(cast.sam, issued.batch.id) == 1
    after = await newest("ann@uni.example")
    assert (after.id, after.message_id) == (before.id, before.message_id)
    assert after.state is MessageState.QUEUED
    assert (await newest("cem@uni.example")).state is MessageState.FAILED, "its code is used"
    with pytest.raises(Conflict):
        await resending.to_all_failed(cast.sam, issued.batch.id)


async def test_all_who_wait_get_one_more_mail_however_often_it_is_pressed(cast: Cast) -> None:
    issued = await delivered(cast)
    await end(MessageState.SENT)
    await redeem(issued.texts[1])
    pressed = [resending.to_all_waiting(cast.sam, issued.batch.id) for _ in range(5)]
    answers = await asyncio.gather(*pressed, return_exceptions=True)
    assert [each for each in answers if not isinstance(each, Conflict)] == [2]
    queued = await Message.filter(state=MessageState.QUEUED, kind=MessageKind.PERSONAL)
    assert {message.recipient for message in queued} == {"ann@uni.example", "cem@uni.example"}


async def test_a_mail_is_sent_once_more_however_often_that_is_pressed(cast: Cast) -> None:
    for number in range(5):
        issued = await issue(cast.sam, cast.month, 1)
        await deliveries.send(cast.sam, issued.batch.id, PEOPLE[:1], f"dialog {number}")
        await end(MessageState.SENT)
        first = await newest()
        await pressed_often(resending.resend(cast.sam, first.id) for _ in range(5))
        await end(MessageState.SENT)
        again = await newest()
        await pressed_often(
            resending.redirect(cast.sam, again.id, f"{n}@x.example") for n in range(5)
        )
        assert await Message.filter(batch_id=issued.batch.id).count() == 3
        await end(MessageState.SENT)
        await pressed_often(resending.to_all_waiting(cast.sam, issued.batch.id) for _ in range(5))
        assert await Message.filter(batch_id=issued.batch.id).count() == 4


async def pressed_often(presses: Iterable[Awaitable[object]]) -> None:
    answers = await asyncio.gather(*presses, return_exceptions=True)
    assert sorted(isinstance(each, Conflict) for each in answers) == [False, True, True, True, True]


async def test_another_address_gets_the_code_and_the_earlier_link_is_dead(cast: Cast) -> None:
    issued = await delivered(cast)
    await end(MessageState.SENT)
    first = await newest("ann@uni.example")
    await resending.redirect(cast.sam, first.id, " Anna@uni.example ")
    again = await newest("Anna@uni.example")
    assert (again.code_id, again.recipient_name) == (issued.codes[0].id, "Ann")
    assert (await Message.get(id=first.id)).state is MessageState.SENT, "it was sent, and stays so"
    code = await Code.get(id=issued.codes[0].id).select_related("sent_to")
    assert code.sent_to and code.sent_to.email == "Anna@uni.example"
    assert await redemptions.open_link(issued.tokens[0]) is None
    refused(await redeem_link(issued.tokens[0]))
    activated(await redeem_link(codes.link_token(code)))
    assert entries_of(await entries(AuditAction.SEND))[-1] == {"redirected_from": first.id}


async def test_a_mail_that_still_waits_goes_to_the_other_address_only(cast: Cast) -> None:
    await delivered(cast)
    first = await newest("ann@uni.example")
    await resending.redirect(cast.sam, first.id, "anna@uni.example")
    ended = await Message.get(id=first.id)
    assert (ended.state, ended.last_answer) == (MessageState.FAILED, resending.INSTEAD)
    with pytest.raises(Conflict, match="newer mail"):
        await resending.redirect(cast.sam, first.id, "third@uni.example")


async def test_a_mail_that_is_being_sent_is_not_taken_away(cast: Cast) -> None:
    await delivered(cast)
    await end(MessageState.SENDING)
    first, before = await newest("ann@uni.example"), await every_row()
    with pytest.raises(Conflict, match="right now"):
        await resending.redirect(cast.sam, first.id, "anna@uni.example")
    assert await every_row() == before


@pytest.mark.parametrize("address", ["", "nobody", "a@x.org, b@x.org", "a@x.org\nBcc: b@x.org"])
async def test_another_address_must_be_one_address(cast: Cast, address: str) -> None:
    await delivered(cast)
    with pytest.raises(Invalid) as wrong:
        await resending.redirect(cast.sam, (await newest()).id, address)
    assert set(wrong.value.fields) == {"email"}


async def test_the_same_address_is_no_other_one(cast: Cast) -> None:
    await delivered(cast)
    with pytest.raises(Invalid, match="Resend"):
        await resending.redirect(cast.sam, (await newest("ann@uni.example")).id, "ANN@uni.example")


async def test_a_whole_set_can_go_to_another_buyer(cast: Cast) -> None:
    issued = await buyer(cast)
    first = await newest("buyer@clinic.example")
    activated(await redeem(issued.texts[0]))
    await resending.redirect(cast.sam, first.id, "other@clinic.example")
    batch = await Batch.get(id=issued.batch.id).select_related("sent_to")
    assert batch.sent_to and batch.sent_to.email == "other@clinic.example"
    refused(await redeem_link(issued.tokens[1]))
    activated(await redeem(issued.texts[1], email="a@x.example"))


async def test_links_of_codes_that_were_held_meanwhile_are_dead_too(cast: Cast) -> None:
    issued = await buyer(cast)
    await Code.filter(id=issued.codes[1].id).update(status=Status.HELD)
    await Batch.filter(id=issued.batch.id).update(held=1, ready=F("ready") - 1)
    await resending.redirect(cast.sam, (await newest()).id, "other@clinic.example")
    await held.release(cast.ada, issued.batch.id, "Looked into")
    refused(await redeem_link(issued.tokens[1]))
    activated(await redeem(issued.texts[1]))


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.RETRYING, MessageState.FAILED])
@pytest.mark.parametrize("quantity", ["4", "150"])
async def test_the_first_buyers_mail_tried_again_gives_nothing_away(
    cast: Cast, state: MessageState, quantity: str
) -> None:
    await buyer(cast, quantity)
    await end(state)
    first = await newest("buyer@clinic.example")
    await resending.redirect(cast.sam, first.id, "other@clinic.example")
    await messages.retry(cast.sam, first.id)
    with pytest.raises(Pointless, match="another address"):
        await letters.read(first.id)
    await letters.read((await newest("other@clinic.example")).id)


async def test_another_buyer_of_a_set_leaves_the_links_of_people_alone(cast: Cast) -> None:
    issued = await buyer(cast)
    await deliveries.send(cast.sam, issued.batch.id, PEOPLE[:1], "one dialog")
    await end(MessageState.SENT)
    await resending.redirect(
        cast.sam, (await newest("buyer@clinic.example")).id, "other@clinic.example"
    )
    assert await redemptions.open_link(issued.tokens[1]) is None
    activated(await redeem_link(issued.tokens[0]))


async def test_the_file_of_a_large_set_can_go_to_another_buyer(cast: Cast) -> None:
    issued = await buyer(cast, "150")
    await resending.redirect(cast.sam, (await newest()).id, "other@clinic.example")
    again = await newest("other@clinic.example")
    assert again.kind is MessageKind.DOWNLOAD
    activated(await redeem_link(issued.tokens[1]))


async def test_the_link_to_the_file_is_withdrawn_from_the_first_buyer(cast: Cast) -> None:
    await buyer(cast, "150")
    first = await newest()
    token = links.make(Purpose.DOWNLOAD, first.id)
    await announced_files.set_csv(cast.sam, token, address="")
    await resending.redirect(cast.sam, first.id, "other@clinic.example")
    with pytest.raises(Gone, match="withdrawn"):
        await announced_files.set_csv(cast.sam, token, address="")
    again = links.make(Purpose.DOWNLOAD, (await newest()).id)
    await announced_files.set_csv(cast.sam, again, address="")


async def test_a_link_to_a_file_that_has_ended_is_sent_anew(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await buyer(cast, "150")
    clock.shift(links.DOWNLOAD_LASTS)
    with pytest.raises(Gone):
        await announced_files.set_csv(
            cast.sam, links.make(Purpose.DOWNLOAD, (await newest()).id), address=""
        )
    await resending.resend(cast.sam, (await newest()).id)
    await announced_files.set_csv(
        cast.sam, links.make(Purpose.DOWNLOAD, (await newest()).id), address=""
    )


async def test_a_mail_read_while_its_set_goes_to_another_buyer_shows_no_link_that_works(
    cast: Cast,
) -> None:
    for steps in range(40):
        await buyer(cast)
        first = await newest("buyer@clinic.example")
        await resending.resend(cast.sam, first.id)
        await end(MessageState.SENT)
        second = await newest("buyer@clinic.example")

        async def redirect(message_id: int = second.id, steps: int = steps) -> None:
            for _ in range(steps):
                await asyncio.sleep(0)
            await resending.redirect(cast.sam, message_id, "other@clinic.example")

        letter, _ = await asyncio.gather(letters.read(first.id), redirect(), return_exceptions=True)
        if isinstance(letter, Pointless):
            continue
        assert isinstance(letter, CodesLetter)
        for code in letter.codes:
            assert await redemptions.open_link(code.token or "") is None


async def test_a_code_can_be_used_while_it_is_sent_to_its_user(
    cast: Cast, many_tries: None
) -> None:
    issued = await issue(cast.sam, cast.month, 100)
    people = [Recipient(f"old{number}@uni.example") for number in range(100)]
    await deliveries.send(cast.sam, issued.batch.id, people, "one dialog")
    await end(MessageState.SENT)
    for number, message in enumerate(await Message.all().order_by("id")):
        email = f"new{number}@uni.example"
        sent, used = await asyncio.gather(
            resending.redirect(cast.sam, message.id, email),
            redeem(issued.texts[number], email=email),
            return_exceptions=True,
        )
        activated(used)
        assert sent is None or isinstance(sent, Pointless), sent


async def test_a_confirmation_goes_to_nobody_else(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month)
    await redeem(issued.texts[0])
    message = await newest("grace@example.org")
    assert message.kind is MessageKind.CONFIRMATION
    with pytest.raises(Conflict, match="confirmation"):
        await resending.redirect(cast.ada, message.id, "new@x.example")
    await end(MessageState.SENT)
    await resending.resend(cast.ada, message.id)
    assert await Message.filter(kind=MessageKind.CONFIRMATION).count() == 2


async def test_messages_and_batches_of_others_do_not_exist(cast: Cast) -> None:
    issued = await delivered(cast, cast.ada)
    await end(MessageState.SENT)
    message, before = await newest(), await every_row()
    for who in (cast.mallory, cast.eve, cast.ada_at_acme):
        with pytest.raises(NotFound):
            await resending.resend(who, message.id)
        with pytest.raises(NotFound):
            await resending.retry(who, message.id)
        with pytest.raises(NotFound):
            await resending.redirect(who, message.id, "new@x.example")
    for who in (cast.mallory, cast.eve, cast.ada_at_acme):
        for command in (resending.to_all_failed, resending.to_all_waiting, resending.counts):
            with pytest.raises(NotFound):
                await command(who, issued.batch.id)
    assert await every_row() == before


async def test_who_may_send_resends_what_a_colleague_sent(cast: Cast) -> None:
    await delivered(cast, cast.ada)
    await end(MessageState.SENT)
    await resending.resend(cast.sam, (await newest("ann@uni.example")).id)
    await end(MessageState.FAILED, "bob@uni.example")
    await resending.retry(cast.sam, (await newest("bob@uni.example")).id)
    assert (await newest("bob@uni.example")).state is MessageState.QUEUED
    assert [entry.person_id for entry in await entries(AuditAction.RETRY)] == [cast.sam.person_id]


async def test_a_set_leaves_out_what_went_to_people(cast: Cast) -> None:
    issued = await buyer(cast)
    await deliveries.send(cast.sam, issued.batch.id, PEOPLE[:1], "one")
    message = await newest("buyer@clinic.example")
    letter = await letters.read(message.id)
    assert isinstance(letter, letters.CodesLetter)
    assert [code.text for code in letter.codes] == issued.texts[1:]


async def test_whose_code_was_revoked_may_get_another(cast: Cast) -> None:
    issued = await delivered(cast)
    await codes.revoke(cast.sam, issued.codes[0].id)
    found = await deliveries.preview(cast.sam, issued.batch.id, PEOPLE)
    assert [each.email for each in found.fresh] == ["ann@uni.example"]
