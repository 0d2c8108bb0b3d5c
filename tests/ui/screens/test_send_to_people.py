"""Send to people, from the page of a batch."""

import pytest
from nicegui import ui
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User

from models import Batch, Code, Message
from models.enums import MessageKind, MessageState
from services import deliveries
from services.recipients import Recipient
from tests.cast import Issued, issue, redeem
from tests.conftest import Configure
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
    control,
    emit,
    enter,
    error_at,
    press,
    rows,
    sees,
    shown,
    until,
    words,
)
from ui import routes
from ui.components.send_dialog import CUT, PASTED_MAX

LIST = "Ann Lee <ann@uni.example>\nbob@uni.example\nBOB@uni.example\nnobody at all"


async def at_batch(house: House, quantity: int = 5) -> tuple[User, Issued]:
    made = await issue(house.cast.sam, house.cast.month, quantity)
    user = await house.visit(house.cast.sam, routes.batch("northwind", made.batch.id))
    await until(lambda: rows(user))
    return user, made


async def paste(user: User, people: str) -> None:
    await press(user, "Send to people")
    await sees(user, "Each person gets one code of this batch by mail.")
    enter(user, "People", people)


async def test_what_was_pasted_is_counted_before_anything_is_sent(
    house: House, configure: Configure
) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    user, _ = await at_batch(house)
    await paste(user, LIST)
    await sees(user, "2 addresses, 1 twice, 1 not an address: line 4", "Line 4: nobody at all")
    assert button(user, "Send 2 codes").enabled
    assert not await Message.exists()
    await press(user, "Send 2 codes")
    await sees(user, "2 codes are on their way.")
    messages = await Message.filter(kind=MessageKind.PERSONAL).order_by("id")
    assert [message.recipient for message in messages] == ["ann@uni.example", "bob@uni.example"]
    await until(
        lambda: (
            [row.get("sent") for row in rows(user)][:2] == ["ann@uni.example", "bob@uni.example"]
        )
    )


async def test_too_many_people_are_told_with_numbers_and_nothing_is_lost(house: House) -> None:
    user, _ = await at_batch(house, 2)
    await paste(user, "a@x.example, b@x.example; c@x.example")
    await sees(user, "3 people, but only 2 codes of this batch are neither sent nor used.")
    assert not button(user, "Send 3 codes").enabled
    assert control(user, "People").value == "a@x.example, b@x.example; c@x.example"


async def test_a_list_that_the_browser_cut_off_is_not_sent(house: House) -> None:
    user, _ = await at_batch(house)
    await paste(user, f"{'x' * (PASTED_MAX - 16)}\nann@uni.example")
    await until(lambda: error_at(user, "People") == CUT)
    assert not button(user, "Send").enabled
    enter(user, "People", "ann@uni.example")
    await sees(user, "Send 1 code")
    assert not error_at(user, "People")


async def test_who_has_a_code_already_is_left_out(house: House) -> None:
    user, made = await at_batch(house)
    ann = [Recipient("ann@uni.example", "Ann", 1)]
    await deliveries.send(house.cast.sam, made.batch.id, ann, "earlier")
    await paste(user, LIST)
    await sees(user, "1 of them has a code of this batch already and will get no other.")
    assert button(user, "Send 1 code").enabled


async def test_a_file_is_read_like_a_list(house: House) -> None:
    user, _ = await at_batch(house)
    await press(user, "Send to people")
    await sees(user, "Choose a CSV file")
    [upload] = [each for each in user.current_layout.descendants() if isinstance(each, ui.upload)]
    content = "\ufeffnumber;email;name\n19306;zoë@uni.example;Zoë\n7;two@x.org three@x.org;\n"
    with user:
        await upload.handle_uploads([SmallFileUpload("people.csv", "text/csv", content.encode())])
    await sees(user, "people.csv", "1 address, 1 not an address: line 3")
    await press(user, "Send 1 code")
    await sees(user, "1 code is queued.")
    [message] = await Message.filter(kind=MessageKind.PERSONAL)
    assert (message.recipient, message.recipient_name) == ("zoë@uni.example", "Zoë")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"name,phone\nAnn,1\n", "The first line must name a column email."),
        (b"email\n", "There is no line below the first."),
    ],
)
async def test_a_file_that_says_nothing_is_told_at_the_field(
    house: House, content: bytes, sentence: str
) -> None:
    user, _ = await at_batch(house)
    await press(user, "Send to people")
    [upload] = [each for each in user.current_layout.descendants() if isinstance(each, ui.upload)]
    with user:
        await upload.handle_uploads([SmallFileUpload("people.csv", "text/csv", content)])
    await until(lambda: error_at(user, "People"))
    assert error_at(user, "People") == sentence
    assert not button(user, "Send").enabled


async def test_mail_that_must_wait_says_so_before_and_after(house: House) -> None:
    user, _ = await at_batch(house)
    await paste(user, "ann@uni.example, bob@uni.example")
    await sees(user, "The mails will wait in Messages. No mail server is set up yet.")
    await until(lambda: "Send 2 codes" in buttons(user))
    await press(user, "Send 2 codes")
    await sees(user, "2 codes are queued.", "The mails will wait in Messages.")


async def test_a_failed_mail_can_be_tried_again_or_go_elsewhere(house: House) -> None:
    user, made = await at_batch(house)
    people = [Recipient(f"{name}@x.example", name, 1) for name in ("ann", "bob")]
    await deliveries.send(house.cast.sam, made.batch.id, people, "one")
    await Message.all().update(state=MessageState.FAILED, last_answer="550 No such person")
    user = await house.visit(house.cast.sam, routes.batch("northwind", made.batch.id))
    await until(
        lambda: [row.get("retry") for row in rows(user)] == [True, True, False, False, False]
    )
    await emit(user, "retry", made.codes[0].id)
    await until(lambda: not rows(user)[0]["retry"])
    await emit(user, "redirect", made.codes[1].id)
    await sees(user, "The links in the earlier mail stop working.")
    enter(user, "E-mail", "bobby@x.example")
    await press(user, "Send")
    await until(lambda: rows(user)[1]["sent"] == "bobby@x.example")
    assert await Code.filter(sent_to__email="bobby@x.example").count() == 1


async def test_the_page_tells_to_whom_the_whole_set_went(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month, notify="buyer@clinic.example")
    user = await house.visit(house.cast.sam, routes.batch("northwind", made.batch.id))
    await sees(user, "sent to buyer@clinic.example")
    assert (await Batch.get(id=made.batch.id)).sent_to_id


async def test_a_batch_without_codes_offers_no_sending(house: House) -> None:
    user, made = await at_batch(house)
    await redeem(made.texts[0])
    assert "Send to people" in buttons(user)
    await Batch.filter(id=made.batch.id).update(state="FAILED")
    other = await house.visit(house.cast.ada, routes.batch("northwind", made.batch.id))
    await sees(other, "This batch failed")
    assert "Send to people" not in buttons(other)
    assert shown(other) and "neither sent nor used" not in words(other)
