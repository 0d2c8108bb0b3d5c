"""Home, the page of a workspace, and the frame around every page."""

import pytest

from models import Membership, User, Workspace
from models.enums import Role, Theme
from tests.ui.screens.visit import (
    House,
    button,
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


async def test_home_shows_the_own_workspaces_with_the_role_in_each(house: House) -> None:
    user = await house.visit(house.cast.sam)
    await sees(user, "Northwind Academy", "Sales")
    assert "Acme Devices" not in words(user)
    assert "New workspace" not in buttons(user)


async def test_an_owner_sees_every_workspace(house: House) -> None:
    user = await house.visit(house.cast.olga)
    await sees(user, "Northwind Academy", "Acme Devices", "Elsewhere", "New workspace")


async def test_who_is_in_no_workspace_is_told_what_to_do(house: House) -> None:
    await Membership.filter(user_id=house.cast.sam.user_id).delete()
    user = await house.visit(house.cast.sam)
    await sees(user, "You are in no workspace", "Ask an admin to add you to one.")


async def test_an_owner_makes_a_workspace_and_is_led_there(house: House) -> None:
    user = await house.visit(house.cast.olga)
    await sees(user, "New workspace")
    await press(user, "New workspace")
    await sees(user, "Time zone")
    enter(user, "Name", "Harbour School")
    assert control(user, "Address").value == "harbour-school"
    enter(user, "Address", "acme")
    await press(user, "Create workspace")
    await until(lambda: error_at(user, "Address"))
    assert error_at(user, "Address") == "A workspace with the address acme exists already."
    assert control(user, "Name").value == "Harbour School"
    enter(user, "Address", "harbour")
    await press(user, "Create workspace")
    await sees(user, "Choose a service.")
    assert (await Workspace.get(slug="harbour")).time_zone == "Europe/Berlin"


async def test_a_forged_press_of_new_workspace_makes_none(house: House) -> None:
    user = await house.visit(house.cast.olga)
    await sees(user, "New workspace")
    await press(user, "New workspace")
    await sees(user, "Time zone")
    enter(user, "Name", "Stolen")
    await User.filter(id=house.cast.olga.user_id).update(is_owner=False)
    await press(user, "Create workspace")
    await sees(user, "This page does not exist, or not for you.")
    assert not await Workspace.exists(name="Stolen")


@pytest.mark.parametrize(
    ("who", "slug", "listed", "hidden"),
    [
        ("sam", "northwind", "Edspace", "CyberPass"),
        ("eve", "acme", "CyberPass", "Edspace"),
    ],
)
async def test_a_service_that_somebody_may_not_use_is_not_listed(
    house: House, who: str, slug: str, listed: str, hidden: str
) -> None:
    user = await house.visit(getattr(house.cast, who), routes.workspace(slug))
    await sees(user, "Choose a service.", listed)
    assert hidden not in words(user)


async def test_a_workspace_of_others_and_one_that_is_missing_look_the_same(house: House) -> None:
    pages = []
    for slug in ("acme", "no-such-place"):
        user = await house.visit(house.cast.sam, routes.workspace(slug))
        await sees(user, "Page not found", "Go to your workspaces")
        pages.append(words(user))
    assert pages[0] == pages[1]


async def test_the_pane_has_catalog_and_sales_for_those_who_use_edspace(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.products("northwind"))
    await sees(user, "Catalog", "Products", "Sales", "Access Codes", "Welding basics")


async def test_a_lost_role_is_felt_at_the_next_click(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.workspace("northwind"))
    await sees(user, "Choose a service.")
    await Membership.filter(user_id=house.cast.sam.user_id).update(role=Role.EVALUATOR)
    user.navigate.to(routes.access_codes("northwind"))
    await sees(user, "This page does not exist, or not for you.")


async def test_the_theme_is_kept_with_the_person(house: House) -> None:
    user = await house.visit(house.cast.sam)
    await sees(user, "Workspaces")
    await pick(user, "Dark")
    again = await house.visit(house.cast.sam)
    await sees(again, "Workspaces")
    assert (await User.get(id=house.cast.sam.user_id)).theme is Theme.DARK


async def test_the_support_contact_stands_in_the_persons_menu(house: House, configure) -> None:
    configure(support_contact="help@example.org")
    user = await house.visit(house.cast.sam)
    await sees(user, "Workspaces")
    assert button(user, "Signed in as Sam Sales")
    await sees(user, "Support: help@example.org")
