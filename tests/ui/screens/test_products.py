"""Products and plans, for those who edit them and for those who look on."""

import pytest

from models import Membership, Plan, Product
from models.enums import Role
from services import products
from tests.cast import issue
from tests.ui.screens.visit import (
    House,
    buttons,
    control,
    enter,
    error_at,
    pick,
    press,
    sees,
    until,
    words,
)
from ui import routes

PAGE = routes.products("northwind")


async def test_an_admin_adds_a_product_and_its_plan(house: House) -> None:
    user = await house.visit(house.cast.ada, PAGE)
    await sees(user, "Welding basics", "Add product")
    await press(user, "Add product")
    await sees(user, "Cancel")
    enter(user, "Name", "<b>Brazing</b>")
    await press(user, "Add product")
    await sees(user, "<b>Brazing</b>", "No plan yet. Codes need one.")


async def test_what_is_wrong_with_a_product_or_plan_stands_at_its_field(house: House) -> None:
    user = await house.visit(house.cast.ada, PAGE)
    await sees(user, "Welding basics")
    await press(user, "Add product")
    await sees(user, "Cancel")
    for typed, begins in (
        ("", "Enter the product's name."),
        ("x" * 500, "At most 120 characters"),
        ("Welding basics", "“Welding basics” exists already"),
    ):
        enter(user, "Name", typed)
        await press(user, "Add product")
        await until(lambda begins=begins: error_at(user, "Name").startswith(begins))
        assert control(user, "Name").value == typed
    await press(user, "Cancel")

    await press(user, "Add plan")
    await sees(user, "Days of access")
    enter(user, "Name", "Odd")
    for typed in ("0", "-1", "1.5", "ten", "99999999"):
        enter(user, "Days of access", typed)
        await press(user, "Add plan")
        await until(lambda: error_at(user, "Days of access").startswith("Enter a whole number"))
    assert not await Plan.exists(name="Odd")


async def test_a_product_is_archived_after_a_question_and_restored(house: House) -> None:
    user = await house.visit(house.cast.ada, PAGE)
    await sees(user, "Soldering")
    await pick(user, "Archive")
    await sees(user, "You can restore it.")
    await press(user, "Archive")
    await until(lambda: "Soldering" not in words(user) or "Welding basics" not in words(user))
    assert await Product.filter(archived_at=None, workspace_id=house.cast.northwind.id).count() == 1


async def test_sales_people_look_and_cannot_edit(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "Welding basics", "Month")
    assert not {"Add product", "Add plan", "More for Welding basics"} & set(buttons(user))


@pytest.mark.parametrize(("who", "slug"), [("eve", "acme"), ("mallory", "northwind")])
async def test_who_may_not_use_edspace_finds_no_products(house: House, who: str, slug: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.products(slug))
    await sees(user, "Page not found", "Go to your workspaces")
    assert "Welding" not in words(user)


async def test_without_a_product_the_page_says_what_to_do_first(house: House) -> None:
    user = await house.visit(house.cast.ada_at_acme, routes.products("acme"))
    await sees(user, "No product yet", "Add the first one, give it a plan")


async def test_a_new_product_appears_on_the_screen_of_others(house: House) -> None:
    sam = await house.visit(house.cast.sam, PAGE)
    await sees(sam, "Welding basics")
    ada = await house.visit(house.cast.ada, PAGE)
    await sees(ada, "Welding basics")
    await press(ada, "Add product")
    await sees(ada, "Cancel")
    enter(ada, "Name", "Brazing")
    await press(ada, "Add product")
    await sees(sam, "Brazing")


async def test_days_of_a_plan_with_codes_are_kept(house: House) -> None:
    await issue(house.cast.ada, house.cast.solder_month)
    user = await house.visit(house.cast.ada, PAGE)
    await sees(user, "Soldering")
    await pick(user, "Edit")
    await sees(user, "Edit plan")
    enter(user, "Days of access", "31")
    await press(user, "Save")
    await until(lambda: error_at(user, "Days of access").startswith("Codes of this plan exist"))


async def test_a_lost_role_is_felt_by_an_open_dialog(house: House) -> None:
    user = await house.visit(house.cast.ada, PAGE)
    await sees(user, "Welding basics")
    await press(user, "Add product")
    await sees(user, "Cancel")
    enter(user, "Name", "Brazing")
    await Membership.filter(user_id=house.cast.ada.user_id).update(role=Role.SALES)
    await press(user, "Add product")
    await sees(user, "This page does not exist, or not for you.")
    assert not await Product.exists(name="Brazing")


async def test_a_dialog_stays_open_while_others_change_the_list_below(house: House) -> None:
    ada = await house.visit(house.cast.ada, PAGE)
    await sees(ada, "Welding basics")
    await press(ada, "Add plan")
    await sees(ada, "Days of access")
    enter(ada, "Name", "Half-typed")
    await products.create(house.cast.olga, "Brazing")
    await sees(ada, "Brazing")
    assert control(ada, "Name").value == "Half-typed"
    await press(ada, "Add plan")
    await sees(ada, "Half-typed")
    assert await Plan.exists(name="Half-typed")
