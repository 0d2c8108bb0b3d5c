"""Settings of a workspace: shown, saved, and felt by everybody who looks."""

import pytest

from models import Membership, Workspace
from models.enums import Role
from tests.ui.screens.visit import House, control, enter, error_at, press, sees, until, words
from ui import routes

HERE = routes.settings("northwind")


async def test_what_is_saved_is_kept_and_the_name_follows_everywhere(house: House) -> None:
    admin = await house.visit(house.cast.ada, HERE)
    seller = await house.visit(house.cast.sam, routes.products("northwind"))
    await sees(admin, "Whom to ask for codes")
    enter(admin, "Name", "Northwind <i>School</i>")
    enter(admin, "Reply-to address", "desk@northwind.example")
    enter(admin, "Whom to ask for codes", "Grace, room 12")
    await press(admin, "Save settings")
    await until(lambda: words(seller).count("Northwind <i>School</i>") >= 2)
    kept = await Workspace.get(id=house.cast.northwind.id)
    assert (kept.reply_to, kept.ask_for_codes) == ("desk@northwind.example", "Grace, room 12")


async def test_another_time_zone_says_what_it_changes(house: House) -> None:
    admin = await house.visit(house.cast.ada, HERE)
    await sees(admin, "Times are shown in it")
    enter(admin, "Time zone", "Europe/Lisbon")
    await sees(admin, "Days are counted anew from now on")
    await press(admin, "Save settings")
    await sees(admin, "Times are shown in it", "The settings are saved and hold from now on.")
    assert (await Workspace.get(id=house.cast.northwind.id)).time_zone == "Europe/Lisbon"


async def test_a_wrong_address_is_told_at_its_field_and_nothing_typed_is_lost(
    house: House,
) -> None:
    admin = await house.visit(house.cast.ada, HERE)
    await sees(admin, "Save settings")
    enter(admin, "Name", "Northwind School")
    enter(admin, "Reply-to address", "nowhere")
    await press(admin, "Save settings")
    await until(lambda: error_at(admin, "Reply-to address"))
    assert control(admin, "Name").value == "Northwind School"
    assert (await Workspace.get(id=house.cast.northwind.id)).name == "Northwind Academy"


async def test_what_somebody_else_saves_is_followed_and_what_was_typed_stays(
    house: House,
) -> None:
    ada = await house.visit(house.cast.ada, HERE)
    olga = await house.visit(house.cast.olga, HERE)
    await sees(ada, "Save settings")
    await sees(olga, "Save settings")
    enter(ada, "Reply-to address", "half@typed")
    enter(olga, "Name", "Northwind School")
    await press(olga, "Save settings")
    await until(lambda: control(ada, "Name").value == "Northwind School")
    assert control(ada, "Reply-to address").value == "half@typed"
    enter(ada, "Reply-to address", "desk@northwind.example")
    await press(ada, "Save settings")
    await until(lambda: control(olga, "Reply-to address").value == "desk@northwind.example")
    kept = await Workspace.get(id=house.cast.northwind.id)
    assert (kept.name, kept.reply_to) == ("Northwind School", "desk@northwind.example")


@pytest.mark.parametrize(("who", "slug"), [("sam", "northwind"), ("eve", "acme")])
async def test_to_a_standard_user_there_are_no_settings(house: House, who: str, slug: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.settings(slug))
    await sees(user, "Page not found")
    assert "Settings" not in words(user).splitlines()


async def test_who_is_no_admin_any_more_saves_nothing(house: House) -> None:
    admin = await house.visit(house.cast.ada, HERE)
    await sees(admin, "Save settings")
    enter(admin, "Name", "Stolen")
    await Membership.filter(
        user_id=house.cast.ada.user_id, workspace_id=house.cast.northwind.id
    ).update(role=Role.SALES)
    await press(admin, "Save settings")
    await sees(admin, "This page does not exist, or not for you.")
    assert not await Workspace.exists(name="Stolen")
