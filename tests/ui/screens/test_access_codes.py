"""The list of batches and the dialog that makes them."""

import pytest
from nicegui import ui

from models import AuditEntry, Batch, Message, Product
from models.enums import AuditAction, BatchState
from services import batch_jobs, batch_list, products, signals
from services.signals import Changed, Topic
from tests.cast import issue, redeem
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
from ui import live, routes
from ui.components.generated import WAIT

PAGE = routes.access_codes("northwind")


async def fill_in(user, house: House, quantity: str) -> None:
    await press(user, "Add access code")
    await sees(user, "Number of codes")
    enter(user, "Product", house.cast.welding.id)
    enter(user, "Plan", house.cast.month.id)
    enter(user, "Number of codes", quantity)


async def test_generating_ends_in_an_acknowledgement_with_the_codes(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await fill_in(user, house, "12")
    await press(user, "Generate")
    await sees(user, "12 access codes were generated successfully.")
    [well] = [e for e in shown(user) if "code-well" in e.classes]
    codes = well.text.split("\n")
    assert len(set(codes)) == 12
    await press(user, "Copy codes")
    await sees(user, "12 codes copied, one on each line.")
    assert all(code in house.copied[0] for code in codes)
    assert await AuditEntry.filter(action=AuditAction.COPY).count() == 1
    await until(lambda: len(rows(user)) == 1)
    assert rows(user)[0]["product"] == "Welding basics"


async def test_what_is_refused_stands_at_its_field_and_makes_nothing(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await press(user, "Add access code")
    await sees(user, "Number of codes")
    await press(user, "Generate")
    await until(lambda: error_at(user, "Product") == "Choose a product.")
    enter(user, "Product", house.cast.welding.id)
    await press(user, "Generate")
    await until(lambda: error_at(user, "Plan") == "Choose a plan.")
    enter(user, "Plan", house.cast.month.id)
    for typed in ("", "0", "-1", "1.5", "abc", "2001", str(10**9)):
        enter(user, "Number of codes", typed)
        await press(user, "Generate codes" if len(typed) > 3 else "Generate")
        await until(lambda: "whole number from 1 to 2000" in error_at(user, "Number of codes"))
        assert control(user, "Number of codes").value == typed
    assert await Batch.all().count() == 0


async def test_only_the_plans_of_the_chosen_product_are_offered(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await press(user, "Add access code")
    await sees(user, "Number of codes")
    assert control(user, "Product").options == {
        house.cast.welding.id: "Welding basics",
        house.cast.soldering.id: "Soldering",
    }
    enter(user, "Product", house.cast.welding.id)
    assert list(control(user, "Plan").options.values()) == ["Month", "Year", "Lifetime"]
    enter(user, "Product", house.cast.soldering.id)
    assert list(control(user, "Plan").options.values()) == ["Month"]


async def test_choosing_a_product_does_not_send_the_number_field_again(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await press(user, "Add access code")
    await sees(user, "Number of codes")
    number, waiting = control(user, "Number of codes"), user.client.outbox.updates
    await until(lambda: not waiting)
    enter(user, "Product", house.cast.welding.id)
    assert control(user, "Plan").id in waiting
    assert number.id not in waiting, "what is being typed there would be overwritten"


async def test_a_product_archived_in_the_meantime_is_refused_at_its_field(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await fill_in(user, house, "2")
    await products.archive(house.cast.ada, house.cast.welding.id)
    await press(user, "Generate")
    await until(lambda: error_at(user, "Product").startswith("This product is archived."))
    assert await Batch.all().count() == 0


async def test_a_large_batch_is_promised_and_moves_before_everybodys_eyes(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    other = await house.visit(house.cast.ada, PAGE)
    await sees(user, "No access codes yet")
    await fill_in(user, house, "149")
    assert button(user, "Generate")
    assert "in the background" not in words(user)
    enter(user, "Number of codes", "600")
    await sees(user, "From 150 on, codes are made in the background and you are notified.")
    await press(user, "Generate codes")
    await sees(user, "600 access codes are being generated", WAIT.format("access codes"))
    for tab in (user, other):
        await until(lambda tab=tab: [row["summary"] for row in rows(tab)] == ["Queued"])
    await Batch.all().update(state=BatchState.RUNNING, made=250)
    signals.emit(Changed(house.cast.northwind.id, Topic.BATCHES, (rows(user)[0]["id"],)))
    for tab in (user, other):
        await until(lambda tab=tab: rows(tab)[0]["summary"] == "250 of 600")
        assert (rows(tab)[0]["made"], rows(tab)[0]["rest"]) == (250, 350)
    await Batch.all().update(state=BatchState.QUEUED, made=0)
    await batch_jobs.work()
    for tab in (user, other):
        await until(lambda tab=tab: rows(tab)[0]["summary"] == "0 activated")
        assert (rows(tab)[0]["ready"], rows(tab)[0]["made"]) == (600, -1)


async def test_send_notification_offers_ones_own_address_and_may_be_another(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await fill_in(user, house, "3")
    [switch] = shown(user, ui.switch)
    assert switch.value is False
    with user:
        switch.set_value(True)
    assert control(user, "Email").value == house.cast.sam.email
    enter(user, "Email", "two@x.org, three@x.org")
    await press(user, "Generate")
    await until(lambda: error_at(user, "Email"))
    assert not await Batch.exists()
    enter(user, "Email", "buyer@clinic.example")
    await press(user, "Generate")
    await sees(user, "3 access codes were generated successfully.")
    assert "buyer@clinic.example" in words(user)
    [message] = await Message.all()
    assert message.recipient == "buyer@clinic.example"


async def test_a_batch_of_somebody_else_comes_in_at_the_top(house: House) -> None:
    await issue(house.cast.ada, house.cast.month)
    sam = await house.visit(house.cast.sam, PAGE)
    await until(lambda: len(rows(sam)) == 1)
    made = await issue(house.cast.ada, house.cast.year)
    await until(lambda: len(rows(sam)) == 2)
    assert rows(sam)[0]["id"] == made.batch.id
    await redeem(made.texts[0])
    await until(lambda: rows(sam)[0]["activated"] == 1)


async def test_a_filtered_list_counts_what_is_new_and_keeps_its_filter(house: House) -> None:
    first = await issue(house.cast.ada, house.cast.solder_month)
    sam = await house.visit(house.cast.sam, PAGE)
    await until(lambda: len(rows(sam)) == 1)
    with sam:
        filter_of(sam, "All products").set_value(house.cast.soldering.id)
    await issue(house.cast.ada, house.cast.month)
    await sees(sam, "1 new")
    assert [row["id"] for row in rows(sam)] == [first.batch.id]
    await press(sam, "1 new")
    await until(lambda: len(rows(sam)) == 2)
    assert filter_of(sam, "All products").value == ""


async def test_a_change_to_a_batch_that_is_not_shown_is_no_news(house: House) -> None:
    first = await issue(house.cast.ada, house.cast.solder_month)
    older = await issue(house.cast.sam, house.cast.month)
    sam = await house.visit(house.cast.sam, PAGE)
    await until(lambda: len(rows(sam)) == 2)
    with sam:
        filter_of(sam, "All products").set_value(house.cast.soldering.id)
    await until(lambda: len(rows(sam)) == 1)
    await redeem(older.texts[0])
    await issue(house.cast.ada, house.cast.month)
    await sees(sam, "1 new")
    assert [row["id"] for row in rows(sam)] == [first.batch.id]
    assert filter_of(sam, "All products").value == house.cast.soldering.id


async def test_what_somebody_made_appears_on_their_screen_whatever_it_shows(house: House) -> None:
    await issue(house.cast.ada, house.cast.solder_month)
    sam = await house.visit(house.cast.sam, PAGE)
    await until(lambda: len(rows(sam)) == 1)
    with sam:
        filter_of(sam, "All products").set_value(house.cast.soldering.id)
    made = await issue(house.cast.sam, house.cast.month)
    await until(lambda: made.batch.id in [row["id"] for row in rows(sam)])


async def test_a_tab_that_closes_in_the_middle_of_an_update_leaves_no_trace(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    sam = await house.visit(house.cast.sam, PAGE)
    await sees(sam, "No access codes yet")
    at_top = next(rule for rule in sam.javascript_rules if "isAtTop" in rule.pattern)
    closing = sam.client
    sam.javascript_rules[at_top] = lambda _: closing.delete()
    await issue(house.cast.ada, house.cast.month)
    await until(lambda: closing.is_deleted and not live._under_way)
    assert "deleted" not in caplog.text


async def test_batches_of_another_workspace_reach_nobody_here(house: House) -> None:
    sam = await house.visit(house.cast.sam, PAGE)
    await sees(sam, "No access codes yet")
    await issue(house.cast.mallory, house.cast.foreign_plan)
    made = await issue(house.cast.ada, house.cast.month)
    await until(lambda: rows(sam))
    assert [row["id"] for row in rows(sam)] == [made.batch.id]


async def test_no_full_code_reaches_the_browser_with_the_list(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    sam = await house.visit(house.cast.sam, PAGE)
    await until(lambda: rows(sam))
    assert not any(code in str(rows(sam)) for code in (*made.texts, *made.tokens))


async def test_view_opens_the_batch_and_ignores_what_is_no_number(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    sam = await house.visit(house.cast.sam, PAGE)
    await until(lambda: rows(sam))
    for junk in ("1; DROP TABLE batch", None, {"id": 1}, [1]):
        await emit(sam, "view", junk)
    await emit(sam, "view", made.batch.id)
    await sees(sam, "Revoke unused")


@pytest.mark.parametrize(("who", "slug"), [("eve", "acme"), ("mallory", "northwind")])
async def test_who_may_not_use_edspace_finds_no_codes(house: House, who: str, slug: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.access_codes(slug))
    await sees(user, "Page not found", "Go to your workspaces")
    assert "Add access code" not in buttons(user)


async def test_without_any_product_the_way_leads_to_products_first(house: House) -> None:
    await Product.filter(workspace_id=house.cast.northwind.id).update(archived_at="2026-01-01")
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No access codes yet")
    await press(user, "Add access code")
    await until(lambda: "product" in words(user).split("Add access code")[-1].casefold())


async def test_a_list_that_cannot_be_read_says_so_and_can_be_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await issue(house.cast.sam, house.cast.month)

    async def fails(*_: object) -> None:
        raise OSError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(batch_list, "page", fails)
        user = await house.visit(house.cast.sam, PAGE)
        await sees(user, "This list could not be loaded")
        assert "disk" not in words(user)
    caplog.clear()
    await press(user, "Try again")
    await until(lambda: len(rows(user)) == 1)
    assert "This list could not be loaded" not in words(user)


def filter_of(user, name: str):
    [found] = [e for e in shown(user) if name in str(getattr(e, "options", ""))]
    return found
