"""Customers: what is found and shown, what can be done about it, and by whom."""

import pytest
from nicegui import ui
from nicegui.testing import User

from models import Activation, AuditEntry, Code, Entitlement, Message, Person
from models.enums import AuditAction, MessageKind, MessageState, Status
from services import access_changes, extensions, outbox, signals
from services.database import unit_of_work
from services.outbox import Draft
from services.signals import Changed, Topic
from tests.cast import Issued, activated, issue, redeem
from tests.ui.screens.visit import (
    House,
    buttons,
    emit,
    enter,
    error_at,
    pick,
    press,
    rows,
    sees,
    shown,
    until,
    words,
)
from ui import routes

GRACE = "grace@example.org"


async def opened(house: House, who: str) -> User:
    user = await house.visit(getattr(house.cast, who), routes.customers("northwind"))
    await sees(user, "A part of the address is enough.")
    return user


def search(user: User, text: str) -> None:
    [field] = [e for e in shown(user) if e.props.get("aria-label") == "Search by e-mail"]
    with user:
        field.set_value(text)


async def grace(house: House, who: str) -> User:
    """That person's page, with Grace's address open."""
    user = await opened(house, who)
    search(user, GRACE)
    await until(lambda: rows(user))
    return user


async def used(house: House, quantity: int = 3, times: int = 1) -> Issued:
    made = await issue(house.cast.ada, house.cast.month, quantity)
    for text in made.texts[:times]:
        activated(await redeem(text))
    return made


async def test_an_address_is_found_by_a_part_of_it_and_opened(house: House) -> None:
    made = await used(house)
    activated(await redeem(made.texts[1], name="Ann", email="ann@example.org"))
    user = await opened(house, "sam")
    search(user, "EXAMPLE.org")
    await sees(user, "2 addresses", GRACE, "ann@example.org", "1 activated")
    await press(user, GRACE)
    await sees(user, "Grace Hopper", "Welding basics", "ACTIVE")
    [row] = rows(user)
    assert (row["code"][-4:], row["status"]) == (made.bodies[0][-4:], "ACTIVATED")
    assert not any(body in str(rows(user)) + words(user) for body in (*made.texts, *made.bodies))
    await press(user, "Back to results")
    await sees(user, "ann@example.org")
    assert rows(user) == []


async def test_what_is_searched_for_does_not_stand_in_the_address(house: House) -> None:
    await used(house)
    user = await grace(house, "sam")
    with user:
        path = ui.context.client.sub_pages_router.current_path
    assert path == routes.customers("northwind")


async def test_nobody_found_is_said_with_what_to_do_next(house: House) -> None:
    foreign = await issue(house.cast.mallory, house.cast.foreign_plan)
    activated(await redeem(foreign.texts[0]))
    user = await opened(house, "sam")
    search(user, GRACE)
    await sees(user, "No customer with this address", "Under Access Codes you find it by its end.")
    search(user, "")
    await sees(user, "A part of the address is enough.")


async def test_sales_people_see_everything_and_change_nothing(house: House) -> None:
    await used(house)
    user = await grace(house, "sam")
    assert not {"Extend access", "End access", "Undo activation"} & set(buttons(user))
    assert not any("More for" in name for name in buttons(user))


async def test_access_is_extended_after_the_new_last_day_was_said(house: House) -> None:
    await used(house)
    user, sam = await grace(house, "ada"), await grace(house, "sam")
    before = (await Entitlement.get()).ends_at
    await press(user, "Extend access")
    enter(user, "Extend by", 90)
    told = next(e.text for e in shown(user) if "New last day" in str(getattr(e, "text", "")))
    await press(user, "Extend access")
    after = (await Entitlement.get()).ends_at
    assert before
    assert after
    assert (after - before).days in (89, 90)
    promised = told.removeprefix("New last day: ").split(" (")[0]
    await sees(user, promised)
    await sees(sam, promised)
    assert not [dialog for dialog in shown(user, ui.dialog) if dialog.value]


@pytest.mark.parametrize("typed", ["", "0", "1.5", "3651", "many"])
async def test_days_that_cannot_be_taken_are_refused_at_the_field(house: House, typed: str) -> None:
    await used(house)
    user = await grace(house, "ada")
    before = await Entitlement.get()
    await press(user, "Extend access")
    enter(user, "Extend by", 0)
    enter(user, "Number of days", typed)
    assert "New last day" not in words(user)
    await press(user, "Extend access")
    assert error_at(user, "Number of days") == extensions.WHOLE_DAYS
    assert (await Entitlement.get()).ends_at == before.ends_at
    enter(user, "Number of days", " 7 ")
    await sees(user, "New last day")
    await press(user, "Extend access")
    assert (await Entitlement.get()).ends_at != before.ends_at


async def test_a_promise_that_somebody_overtook_is_not_kept_quietly(house: House) -> None:
    await used(house)
    user = await grace(house, "ada")
    await press(user, "Extend access")
    await extensions.extend(house.cast.olga, (await Entitlement.get()).id, 10)
    await press(user, "Extend access")
    await sees(user, access_changes.MOVED)
    assert len(await AuditEntry.filter(action=AuditAction.UPDATE)) == 1


async def test_access_ends_after_a_question_that_says_what_happens(house: House) -> None:
    made = await used(house)
    user, sam = await grace(house, "ada"), await grace(house, "sam")
    await pick(user, "End access")
    await sees(user, "End access?", f"The code ending {made.bodies[0][-4:]} stays ACTIVATED")
    await press(user, "End access")
    for viewer in (user, sam):
        await sees(viewer, "ENDED")
    await pick(user, "Undo activation")  # what ended can still be undone, and be extended
    await press(user, "Cancel")
    await press(user, "Extend access")
    await sees(user, "the days count from today")


async def test_an_activation_is_undone_with_a_reason_on_every_screen(house: House) -> None:
    made = await used(house)
    user, sam = await grace(house, "ada"), await grace(house, "sam")
    await pick(user, "Undo activation")
    await sees(user, "The code is READY again; both facts stay in the history.")
    await press(user, "Undo activation")
    assert error_at(user, "Reason") == "Enter a reason."
    enter(user, "Reason", "<b>Wrong</b> person")
    await press(user, "Undo activation")
    for viewer in (user, sam):
        await sees(viewer, "UNDONE", "by Ada Admin: <b>Wrong</b> person")
        await until(lambda viewer=viewer: rows(viewer)[0]["status"] == "READY")
        [past] = rows(viewer)[0]["undone"]
        assert "by Grace Hopper. Undone" in past
    assert (await Code.get(id=made.codes[0].id)).status is Status.READY
    assert (await Activation.get()).undo_reason == "<b>Wrong</b> person"
    assert "Extend access" not in buttons(user)


async def test_an_activation_appears_while_somebody_looks(house: House) -> None:
    made = await used(house)
    user = await grace(house, "sam")
    activated(await redeem(made.texts[1], name="G. Hopper", email="Grace@example.org"))
    await until(lambda: len(rows(user)) == 2)
    await sees(user, "G. Hopper, Grace Hopper", "NOT STARTED")


async def test_a_first_activation_is_found_while_somebody_looks_for_it(house: House) -> None:
    made = await issue(house.cast.ada, house.cast.month)
    user = await opened(house, "sam")
    search(user, "grace")
    await sees(user, "No customer with this address")
    activated(await redeem(made.texts[0]))
    await sees(user, GRACE)


async def test_how_the_mail_of_a_code_stands_changes_while_somebody_looks(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    await mailed(made)
    user = await grace(house, "sam")
    [row] = rows(user)
    assert (row["sent_to"], row["mail"][:6], row["used_by"]) == ("This address", "queued", "")
    await refused()
    await until(lambda: rows(user)[0]["mail"].startswith("failed"))
    assert rows(user)[0]["retry"]
    await emit(user, "retry", row["id"])
    await until(lambda: rows(user)[0]["mail"].startswith("queued"))
    await emit(user, "messages", row["id"])
    with user:
        path = ui.context.client.sub_pages_router.current_path
    assert path == routes.messages("northwind")


@unit_of_work
async def mailed(made: Issued) -> None:
    person = await Person.create(
        workspace_id=made.batch.workspace_id, name="", email=GRACE, email_key=GRACE
    )
    await Code.filter(id=made.codes[0].id).update(sent_to_id=person.id)
    batch = made.batch
    where = {"workspace_id": batch.workspace_id, "batch_id": batch.id}
    where |= {"requested_by_id": batch.requested_by_id}
    code = made.codes[0].id
    await outbox.put([Draft(kind=MessageKind.PERSONAL, recipient=GRACE, code_id=code, **where)])


@unit_of_work
async def refused() -> None:
    message = await Message.get()
    await Message.filter(id=message.id).update(state=MessageState.FAILED)
    signals.emit(Changed(message.workspace_id, Topic.MESSAGES, (message.id,)))


async def test_entitlements_are_exported_for_the_days_that_were_chosen(house: House) -> None:
    await used(house)
    user = await opened(house, "sam")
    await press(user, "Export entitlements")
    enter(user, "From", "2026-03-02")
    enter(user, "Until", "2026-03-01")
    await press(user, "Download CSV")
    assert error_at(user, "Until") == "The last day is before the first."
    enter(user, "Until", "2999-12-31")
    await press(user, "Download CSV")
    response = await user.download.next()
    assert "grace@example.org" in response.text
    [entry] = await AuditEntry.filter(action=AuditAction.EXPORT)
    assert (entry.detail["from"], entry.detail["format"]) == ("2026-03-02", "csv")
    await press(user, "Export entitlements")
    await press(user, "Download XLSX")
    assert (await user.download.next()).content.startswith(b"PK")


async def test_a_code_goes_to_another_address_and_leaves_this_one(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    await mailed(made)
    await Message.all().update(state=MessageState.SENT)
    user = await grace(house, "sam")
    await emit(user, "redirect", rows(user)[0]["id"])
    enter(user, "E-mail", "hopper@example.org")
    await press(user, "Send")
    await until(lambda: not rows(user))
    search(user, "hopper@example.org")
    await until(lambda: rows(user))
    assert (rows(user)[0]["sent_to"], rows(user)[0]["mail"][:6]) == ("This address", "queued")


@pytest.mark.parametrize("who", ["eve", "mallory"])
async def test_for_others_the_page_does_not_exist(house: House, who: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.customers("northwind"))
    await sees(user, "Page not found")
