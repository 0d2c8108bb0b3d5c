"""The list of evaluations, and beginning one."""

import pytest
from nicegui.testing import User

from models import Evaluation, Scheme
from services import outcomes
from services.zones import now
from tests.certification import certification
from tests.evaluating import begin, pass_all, step
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
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

PAGE = routes.evaluations("acme")


async def dialog(user: User, scheme_id: int, product: str = "Doorbell X2") -> None:
    await press(user, "New evaluation")
    await sees(user, "Start evaluation")
    for label, value in (("Product name", product), ("Model", "DB-200"), ("Version", "2.4.1")):
        enter(user, label, value)
    enter(user, "Scheme", scheme_id)


async def test_an_evaluator_begins_an_evaluation_and_arrives_at_it(house: House) -> None:
    made = await certification()
    user = await house.visit(house.cast.eve, PAGE)
    await sees(user, "No evaluations yet")
    await dialog(user, made.scheme.id, "<b>Doorbell</b>")
    await press(user, "Start evaluation")
    await sees(user, "<b>Doorbell</b>", "Product details", "Opens after Self Assessment")
    evaluation = await Evaluation.get()
    assert user.back_history[-1] == routes.evaluation("acme", evaluation.id)


async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(house: House) -> None:
    made = await certification()
    user = await house.visit(house.cast.eve, PAGE)
    await sees(user, "No evaluations yet")
    await dialog(user, made.scheme.id, " ")
    await press(user, "Start evaluation")
    await until(lambda: error_at(user, "Product name") == "Enter the product's name.")
    await Scheme.filter(id=made.scheme.id).update(archived_at=now())
    enter(user, "Product name", "Doorbell")
    await press(user, "Start evaluation")
    await until(lambda: "is archived" in error_at(user, "Scheme"))
    assert not await Evaluation.exists()


async def test_without_a_scheme_the_dialog_says_who_adds_one(house: House) -> None:
    user = await house.visit(house.cast.eve, PAGE)
    await sees(user, "No evaluations yet")
    await press(user, "New evaluation")
    await sees(user, "There is no scheme with actions yet.")
    assert not button(user, "Start evaluation").enabled


async def test_rows_say_where_each_stands_and_change_while_one_looks(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    user = await house.visit(house.cast.ada_at_acme, PAGE)
    await until(lambda: rows(user))
    assert [(row["stage"], row["told"], row["state"]) for row in rows(user)] == [
        ("Self Assessment · Work", "0 of 3 passed", "OPEN")
    ]
    await outcomes.decide(house.cast.eve, (await step(evaluation, 1)).id, passed=True, note="")
    await until(lambda: rows(user)[0]["stage"] == "Lab Assessment · Payment")
    await pass_all(house.cast.eve, evaluation)
    await until(lambda: rows(user)[0]["state"] == "CERTIFIED")
    assert rows(user)[0]["stage"] == "All steps passed"


async def test_the_pane_counts_open_evaluations_live(house: House) -> None:
    made = await certification()
    user = await house.visit(house.cast.eve, PAGE)

    def counted() -> list[str]:
        return [each.text for each in shown(user) if "count" in each.classes]

    await until(lambda: counted() == ["0"])
    evaluation = await begin(house.cast.ada_at_acme, made)
    await until(lambda: counted() == ["1"])
    await pass_all(house.cast.eve, evaluation)
    await until(lambda: counted() == ["0"])


async def test_new_ones_come_in_at_the_top_or_are_counted_beyond_a_filter(house: House) -> None:
    made = await certification()
    await begin(house.cast.eve, made, product="Camera")
    user = await house.visit(house.cast.eve, PAGE)
    await until(lambda: len(rows(user)) == 1)
    await begin(house.cast.ada_at_acme, made, product="Lock")
    await until(lambda: [row["product"] for row in rows(user)] == ["Lock", "Camera"])
    user.find("Search by product, model or version").type("camera")
    await until(lambda: [row["product"] for row in rows(user)] == ["Camera"])
    await begin(house.cast.ada_at_acme, made, product="Bulb")
    await until(lambda: "1 new" in buttons(user))
    assert [row["product"] for row in rows(user)] == ["Camera"]
    await press(user, "1 new")
    await until(lambda: [row["product"] for row in rows(user)] == ["Bulb", "Lock", "Camera"])


async def test_view_opens_the_evaluation_and_its_crumb_is_the_product(house: House) -> None:
    evaluation = await begin(house.cast.eve, product="Doorbell X2")
    user = await house.visit(house.cast.eve, PAGE)
    await until(lambda: rows(user))
    await emit(user, "view", evaluation.id)
    await sees(user, "Product details")
    here = [each.text for each in shown(user) if each.props.get("aria-current") == "page"]
    assert "Doorbell X2" in here


@pytest.mark.parametrize(("who", "slug"), [("sam", "northwind"), ("mallory", "acme")])
async def test_who_may_not_use_cyberpass_finds_no_evaluations(
    house: House, who: str, slug: str
) -> None:
    await begin(house.cast.eve, product="Doorbell X2")
    user = await house.visit(getattr(house.cast, who), routes.evaluations(slug))
    await sees(user, "Page not found")
    assert "Doorbell" not in words(user)


async def test_evaluations_of_another_workspace_are_in_no_row(house: House) -> None:
    await begin(house.cast.ada, product="Theirs")
    user = await house.visit(house.cast.eve, PAGE)
    await sees(user, "No evaluations yet")
    assert "Theirs" not in words(user)
