"""One batch: what it shows, what can be done, and who may do it."""

import pytest
from nicegui.testing import User

from models import AuditEntry, Batch, Code
from models.enums import AuditAction, BatchState, Status
from services import batch_jobs, batches, signals
from services.signals import Changed, Topic
from tests.cast import Issued, issue, redeem, wanted
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
    emit,
    press,
    rows,
    sees,
    shown,
    until,
    words,
)
from ui import routes


def page_of(issued: Issued) -> str:
    return routes.batch("northwind", issued.batch.id)


async def opened(house: House, who: str, issued: Issued):
    user = await house.visit(getattr(house.cast, who), page_of(issued))
    await until(lambda: [e for e in shown(user) if "stat" in e.classes] and rows(user))
    return user


def statuses(user) -> list[str]:
    return [row["status"] for row in rows(user)]


async def test_the_page_says_what_the_batch_is_and_masks_its_codes(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month, prefix="NW26", note="<i>Spring</i>")
    user = await opened(house, "ada", made)
    await sees(user, "Welding basics, Month", "Prefix NW26", "Note: <i>Spring</i>", "Sam Sales")
    assert not any(body in str(rows(user)) for body in (*made.texts, *made.bodies))
    assert [row["code"][-4:] for row in rows(user)] == [body[-4:] for body in made.bodies]


async def test_show_codes_shows_them_once_asked_and_is_audited(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    user = await opened(house, "sam", made)
    shows = AuditEntry.filter(action=AuditAction.SHOW)
    assert await shows.count() == 0
    await press(user, "Show codes")
    await until(lambda: [row["code"] for row in rows(user)] == made.texts)
    assert await shows.count() == 1
    await press(user, "Hide codes")
    await until(lambda: made.texts[0] not in str(rows(user)))


async def test_copying_one_code_asks_the_server_and_is_audited(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    user = await opened(house, "sam", made)
    await emit(user, "copy", made.codes[1].id)
    await sees(user, f"Code ending {made.texts[1][-4:]} copied.")
    assert made.texts[1] in house.copied[0]
    assert await AuditEntry.filter(action=AuditAction.COPY).count() == 1


async def test_copy_codes_takes_only_those_that_still_work(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    await redeem(made.texts[0])
    user = await opened(house, "sam", made)
    await press(user, "Copy codes")
    await sees(user, "2 ready codes copied, one on each line.")
    assert made.texts[0] not in house.copied[0]
    await batches.revoke_unused(house.cast.sam, made.batch.id)
    await press(user, "Copy codes")
    await sees(user, "No code of this batch is ready any more; there is nothing to copy.")
    assert len(house.copied) == 1


async def test_an_activation_shows_on_every_open_page(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    viewers = [await opened(house, who, made) for who in ("sam", "ada", "olga")]
    await redeem(made.texts[1])
    for user in viewers:
        await until(lambda user=user: statuses(user) == ["READY", "ACTIVATED", "READY"])
        assert rows(user)[1]["email"] == "grace@example.org"
        await sees(user, "1 today")


async def test_one_code_is_revoked_after_a_question(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    user = await opened(house, "sam", made)
    await emit(user, "revoke", made.codes[2].id)
    await sees(user, f"Revoke the code ending {made.bodies[2][-4:]}?")
    assert statuses(user) == ["READY"] * 3
    await press(user, "Revoke")
    await until(lambda: statuses(user) == ["READY", "READY", "REVOKED"])
    assert not rows(user)[2]["revocable"]


async def test_a_code_used_while_the_question_stood_stays_activated(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    user = await opened(house, "sam", made)
    await emit(user, "revoke", made.codes[0].id)
    await sees(user, "Revoke the code ending")
    await redeem(made.texts[0])
    await press(user, "Revoke")
    await sees(user, "This code is ACTIVATED and stays so.")
    assert (await Code.get(id=made.codes[0].id)).status is Status.ACTIVATED


async def test_revoke_unused_tells_first_how_many_and_which_stay(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month, quantity=5)
    await redeem(made.texts[0])
    user = await opened(house, "ada", made)
    await press(user, "Revoke unused")
    await sees(user, "Revoke 4 unused codes?", "1 activated code")
    await press(user, "Revoke 4")
    await until(lambda: statuses(user) == ["ACTIVATED"] + ["REVOKED"] * 4)
    await until(lambda: not button(user, "Revoke unused").enabled)


async def test_sales_people_revoke_in_their_own_batches_only(house: House) -> None:
    made = await issue(house.cast.ada, house.cast.month)
    user = await opened(house, "sam", made)
    assert "Revoke unused" not in buttons(user)
    assert not any(row["revocable"] for row in rows(user))
    await emit(user, "revoke", made.codes[0].id)
    await sees(user, "Revoke the code ending")
    await press(user, "Revoke")
    await sees(user, "You can revoke codes of your own batches only.")
    assert (await Code.get(id=made.codes[0].id)).status is Status.READY


async def test_a_forged_command_for_another_workspace_does_nothing(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    foreign = await issue(house.cast.mallory, house.cast.foreign_plan)
    user = await opened(house, "sam", made)
    await emit(user, "copy", foreign.codes[0].id)
    await sees(user, "These codes do not exist, or not in this workspace.")
    await emit(user, "revoke", foreign.codes[0].id)
    await sees(user, "Revoke the code ending")
    await press(user, "Revoke")
    await sees(user, "This code does not exist, or not in this workspace.")
    for junk in ("1", None, {"id": 1}, [1]):
        await emit(user, "copy", junk)
    assert house.copied == []
    assert (await Code.get(id=foreign.codes[0].id)).status is Status.READY
    assert not await AuditEntry.filter(action=AuditAction.COPY).exists()


@pytest.mark.parametrize("who", ["sam", "eve", "mallory"])
async def test_a_batch_of_another_workspace_and_a_missing_one_look_the_same(
    house: House, who: str
) -> None:
    foreign = await issue(house.cast.mallory, house.cast.foreign_plan)
    told = []
    for batch_id in (foreign.batch.id, 99_999_999):
        user = await house.visit(getattr(house.cast, who), routes.batch("northwind", batch_id))
        await sees(user, "Page not found", "Go to your workspaces")
        told.append(words(user).replace(f"Batch {batch_id}", ""))
    assert told[0] == told[1]
    assert "Glass" not in told[0]


async def test_a_batch_that_is_being_made_shows_its_codes_when_it_is_done(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    await Batch.filter(id=made.batch.id).update(state=BatchState.RUNNING)
    user = await house.visit(house.cast.sam, page_of(made))
    await sees(user, "Being made")
    await Batch.filter(id=made.batch.id).update(state=BatchState.DONE)
    signals.emit(Changed(made.batch.workspace_id, Topic.BATCHES, (made.batch.id,)))
    await sees(user, "Show codes")
    await until(lambda: statuses(user) == ["READY"] * 3)


async def test_a_batch_under_way_shows_how_far_it_is_and_can_be_stopped(house: House) -> None:
    batch = await batches.request(house.cast.sam, wanted(house.cast.month, "600"))
    path = routes.batch("northwind", batch.id)
    user, other = await house.visit(house.cast.sam, path), await house.visit(house.cast.ada, path)
    await Batch.filter(id=batch.id).update(state=BatchState.RUNNING, made=250)
    signals.emit(Changed(batch.workspace_id, Topic.BATCHES, (batch.id,)))
    for tab in (user, other):
        await sees(tab, "250 of 600")
    await press(user, "Cancel")
    await press(user, "Cancel the batch")
    for tab in (user, other):
        await sees(tab, "This batch was cancelled")
    await press(other, "Retry")
    await batch_jobs.work()
    for tab in (user, other):
        await until(lambda tab=tab: len(statuses(tab)) == 25)


async def test_only_who_may_can_stop_a_batch(house: House) -> None:
    batch = await batches.request(house.cast.ada, wanted(house.cast.month, "600"))
    user = await house.visit(house.cast.sam, routes.batch("northwind", batch.id))
    await sees(user, "Waiting to be made")
    assert "Cancel" not in buttons(user)


async def test_a_failed_batch_says_why_and_offers_only_another_try(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    await Code.filter(batch_id=made.batch.id).delete()
    await Batch.filter(id=made.batch.id).update(
        state=BatchState.FAILED, ready=0, failure="The codes could not be stored."
    )
    user = await house.visit(house.cast.sam, page_of(made))
    await sees(user, "This batch failed", "The codes could not be stored.")
    assert "Retry" in buttons(user)
    assert not {"Show codes", "Copy codes", "Revoke unused"} & set(buttons(user))


async def test_codes_are_found_by_themselves_their_end_or_their_holder(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month, quantity=6)
    await redeem(made.texts[4])
    user = await opened(house, "sam", made)
    for sought in (made.texts[4].lower(), made.bodies[4][-4:], "Grace", "GRACE@example"):
        filtered(user, "Code or its end, name, e-mail", sought)
        await until(lambda: [row["nr"] for row in rows(user)] == [5])
        filtered(user, "Code or its end, name, e-mail", "")
        await until(lambda: len(rows(user)) == 6)
    filtered(user, "Code or its end, name, e-mail", "nobody at all")
    await sees(user, "No code matches")
    filtered(user, "Code or its end, name, e-mail", "")
    for status, numbers in (("ACTIVATED", [5]), ("READY", [1, 2, 3, 4, 6]), ("REVOKED", [])):
        filtered(user, "All statuses", status)
        await until(lambda numbers=numbers: [row["nr"] for row in rows(user)] == numbers)


def filtered(user: User, name: str, value: str) -> None:
    named = [(e, (e.props.get("aria-label"), str(getattr(e, "options", "")))) for e in shown(user)]
    [found] = [e for e, (label, options) in named if name == label or name in options]
    with user:
        found.set_value(value)
