"""Schemes and their actions, for the owners who keep them."""

import pytest
from nicegui import ui

from models import Action, Scheme
from services import schemes
from tests.certification import Certification, certification, granted
from tests.ui.screens.visit import (
    House,
    buttons,
    control,
    enter,
    error_at,
    pick,
    press,
    sees,
    shown,
    until,
    words,
)
from ui import routes


@pytest.fixture
async def ral(house: House) -> Certification:
    return await certification()


async def test_an_owner_adds_a_scheme_and_its_actions(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.SCHEMES)
    await sees(user, "No scheme yet")
    await press(user, "Add scheme")
    await sees(user, "Cancel")
    enter(user, "Name", "EN18031 - RAL")
    await press(user, "Add scheme")
    await sees(user, "EN18031 - RAL", "No action yet. Evaluations need one.")
    for name, pays in (("Self <b>Assessment</b>", False), ("Lab Assessment", True)):
        await press(user, "Add action")
        await sees(user, "Payment")
        enter(user, "Name", name)
        enter(user, "Payment", pays)
        await press(user, "Add action")
        await sees(user, f"EN18031 - RAL - {name}")
    await sees(user, "Free", "Needs a purchase code", "2 actions")


async def test_what_is_wrong_stands_at_its_field(house: House, ral: Certification) -> None:
    await granted(house.cast.northwind, ral.lab)
    user = await house.visit(house.cast.olga, routes.SCHEMES)
    await sees(user, "EN18031 - RAL")
    await press(user, "Add scheme")
    await sees(user, "Cancel")
    for typed, begins in (("", "Enter the scheme's name."), ("EN18031 - RAL", "“EN18031 - RAL”")):
        enter(user, "Name", typed)
        await press(user, "Add scheme")
        await until(lambda begins=begins: error_at(user, "Name").startswith(begins))
    await press(user, "Cancel")
    await schemes.move_action(house.cast.olga, ral.lab.id, up=True)
    await until(lambda: words(user).index("RAL - Lab") < words(user).index("RAL - Self"))
    await pick(user, "Edit")
    await sees(user, "Edit action")
    assert control(user, "Name").value == "Lab Assessment"
    enter(user, "Payment", False)
    await press(user, "Save")
    await until(lambda: error_at(user, "Payment").startswith("Agreements still grant"))


async def test_an_action_is_moved_by_its_buttons(house: House, ral: Certification) -> None:
    user = await house.visit(house.cast.olga, routes.SCHEMES)
    await sees(user, "EN18031 - RAL - Certification")
    await press(user, "Move Certification up")
    await sees(user, "Certification is number 2 now.")
    assert (await Action.get(id=ral.certification.id)).position == 2
    await until(lambda: words(user).index("- Certification") < words(user).index("- Lab"))


async def test_an_action_is_archived_after_a_question_and_restored(
    house: House, ral: Certification
) -> None:
    await granted(house.cast.northwind, ral.self_assessment)
    user = await house.visit(house.cast.olga, routes.SCHEMES)
    await sees(user, "EN18031 - RAL - Self Assessment", "· 1 agreement")
    await schemes.archive_action(house.cast.olga, ral.lab.id)
    await schemes.archive_action(house.cast.olga, ral.certification.id)
    await sees(user, "1 action")
    await pick(user, "Archive", nth=-1)
    await sees(user, "1 agreement still grants codes of it")
    await press(user, "Archive")
    await sees(user, "No action yet. Evaluations need one.")
    [archived] = shown(user, ui.switch)
    with user:
        archived.set_value(True)
    await sees(user, "ARCHIVED")
    await press(user, "Restore")
    await sees(user, "1 action")


async def test_a_scheme_is_archived_after_a_question(house: House, ral: Certification) -> None:
    user = await house.visit(house.cast.olga, routes.SCHEMES)
    await sees(user, "EN18031 - RAL")
    await pick(user, "Archive")
    await sees(user, "No evaluation can begin with it", "You can restore it.")
    await press(user, "Archive")
    await sees(user, "No scheme yet")
    assert await Scheme.filter(archived_at=None).count() == 0


async def test_owners_see_each_others_changes(house: House, ral: Certification) -> None:
    one = await house.visit(house.cast.olga, routes.SCHEMES)
    other = await house.visit(house.cast.olga, routes.SCHEMES)
    await sees(one, "EN18031 - RAL")
    await sees(other, "EN18031 - RAL")
    await press(one, "Add action")
    await sees(one, "Payment")
    enter(one, "Name", "Half-typed")
    await press(other, "Move Certification up")
    await until(lambda: words(one).index("- Certification") < words(one).index("- Lab"))
    assert control(one, "Name").value == "Half-typed"
    await press(one, "Add action")
    await sees(other, "EN18031 - RAL - Half-typed")


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_for_others_schemes_do_not_exist(house: House, ral: Certification, who: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.SCHEMES)
    await sees(user, "Page not found")
    assert "EN18031" not in words(user)
    assert "Add scheme" not in buttons(user)
