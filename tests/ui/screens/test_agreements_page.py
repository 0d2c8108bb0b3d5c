"""Agreements: written by owners over all workspaces, read by the admins of each."""

from datetime import timedelta

import pytest

from models import Agreement
from services import agreements, schemes, zones
from services.agreement_form import AgreementTerms
from services.zones import now
from tests.certification import Certification, certification, granted
from tests.ui.screens.visit import (
    House,
    buttons,
    control,
    emit,
    enter,
    error_at,
    press,
    rows,
    sees,
    until,
    words,
)
from ui import routes

PAGE = routes.agreements("northwind")
LABELS = ("Quantity", "Reference", "Valid from", "Valid until", "Codes valid until", "Note")


@pytest.fixture
async def ral(house: House) -> Certification:
    return await certification()


def day(ahead: int) -> str:
    return (zones.today("Europe/Berlin") + timedelta(days=ahead)).isoformat()


async def test_an_owner_makes_an_agreement_and_its_admin_sees_it(
    house: House, ral: Certification
) -> None:
    admin = await house.visit(house.cast.ada, PAGE)
    await sees(admin, "No agreement yet", "To get one, ask")
    owner = await house.visit(house.cast.olga, routes.INSTANCE_AGREEMENTS)
    await sees(owner, "No agreement yet")
    await press(owner, "New agreement")
    await sees(owner, "Purchased Action", "Days in the workspace's time zone")
    enter(owner, "Workspace", house.cast.northwind.id)
    await sees(owner, "Days in Europe/Berlin")
    enter(owner, "Purchased Action", ral.lab.id)
    typed = ("20", "<b>A</b>-7", day(-1), day(60), day(90), "Signed by both.")
    for label, value in zip(LABELS, typed, strict=True):
        enter(owner, label, value)
    await press(owner, "Add agreement")
    await until(lambda: rows(owner) and rows(admin))
    for shown in (*rows(owner), *rows(admin)):
        assert shown["reference"] == "<b>A</b>-7"
        assert (shown["action"], shown["state"]) == ("EN18031 - RAL - Lab Assessment", "VALID")
        assert (shown["left"], shown["rest"], shown["gone"]) == ("20 of 20", 20, 0)
        assert shown["more"].endswith(" · Signed by both.")
    assert rows(owner)[0]["workspace"] == "Northwind Academy"
    assert rows(admin)[0]["workspace"] == ""


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    house: House, ral: Certification
) -> None:
    user = await house.visit(house.cast.olga, routes.INSTANCE_AGREEMENTS)
    await sees(user, "No agreement yet")
    await press(user, "New agreement")
    await sees(user, "Purchased Action")
    enter(user, "Note", "kept")
    for label, value, begins in (
        ("Workspace", house.cast.acme.id, "Choose a workspace."),
        ("Purchased Action", ral.lab.id, "Choose a purchased action."),
        ("Valid until", day(-1), "Choose its last day."),
        ("Valid until", day(9), "This is before Valid from."),
        ("Codes valid until", day(8), ""),
    ):
        await press(user, "Add agreement")
        if begins:
            await until(lambda at=label, begins=begins: error_at(user, at) == begins)
        enter(user, label, value)
    await press(user, "Add agreement")
    await until(lambda: error_at(user, "Codes valid until").startswith("This is before Valid"))
    enter(user, "Codes valid until", "2026-02-31")
    await press(user, "Add agreement")
    await until(lambda: error_at(user, "Codes valid until") == "Enter a day of the calendar.")
    enter(user, "Codes valid until", "")
    await press(user, "Add agreement")
    await until(lambda: error_at(user, "Quantity").startswith("Enter a whole number"))
    enter(user, "Quantity", "5")
    await press(user, "Add agreement")
    await until(lambda: error_at(user, "Reference").startswith("Enter the agreement's"))
    assert control(user, "Note").value == "kept"
    assert not await Agreement.exists()


async def test_an_owner_edits_an_agreement_on_everybodys_screen(
    house: House, ral: Certification
) -> None:
    made = await granted(house.cast.northwind, ral.lab)
    await Agreement.filter(id=made.id).update(issued=12)
    admin = await house.visit(house.cast.ada, PAGE)
    owner = await house.visit(house.cast.olga, routes.INSTANCE_AGREEMENTS)
    await until(lambda: rows(owner) and rows(admin))
    await emit(owner, "edit", made.id)
    await sees(owner, "Northwind Academy, EN18031 - RAL - Lab Assessment.", "12 codes of it are")
    enter(owner, "Quantity", "11")
    await press(owner, "Save")
    await until(lambda: error_at(owner, "Quantity") == "12 are issued already. Enter 12 or more.")
    enter(owner, "Quantity", "16")
    await press(owner, "Save")
    await until(lambda: rows(admin)[0]["left"] == "4 of 16")
    assert rows(admin)[0]["meter"] == "expired"
    assert rows(owner)[0]["left"] == "4 of 16"


async def test_who_edits_what_another_has_changed_is_told_to_look_again(
    house: House, ral: Certification
) -> None:
    made = await granted(house.cast.northwind, ral.lab)
    user = await house.visit(house.cast.olga, routes.INSTANCE_AGREEMENTS)
    await until(lambda: rows(user))
    await emit(user, "edit", made.id)
    await sees(user, "Edit agreement")
    today = zones.today("Europe/Berlin")
    terms = AgreementTerms(
        quantity="50", valid_from=today, valid_until=today, reference="A-2026-03"
    )
    await agreements.change(house.cast.olga, made.id, terms, revision=1)
    await press(user, "Save")
    await sees(user, "This agreement was changed in the meantime.")
    assert (await Agreement.get(id=made.id)).quantity == 50


async def test_an_agreement_is_ended_after_a_question(house: House, ral: Certification) -> None:
    made = await granted(house.cast.northwind, ral.lab)
    user = await house.visit(house.cast.olga, routes.INSTANCE_AGREEMENTS)
    await until(lambda: rows(user))
    assert rows(user)[0]["running"]
    await emit(user, "end", made.id)
    await sees(user, "20 of 20 codes will not be generated.", "Codes that exist keep working.")
    assert (await Agreement.get(id=made.id)).ends_at > now()
    await press(user, "End now")
    await until(lambda: rows(user)[0]["state"] == "ENDED")
    assert not rows(user)[0]["running"]


async def test_a_list_is_filtered_by_workspace_state_and_text(
    house: House, ral: Certification
) -> None:
    await granted(house.cast.northwind, ral.lab, reference="here")
    await granted(house.cast.acme, ral.lab, reference="there")
    await granted(house.cast.acme, ral.lab, reference="past", ends=-timedelta(hours=1))
    user = await house.visit(house.cast.olga, routes.INSTANCE_AGREEMENTS)
    await until(lambda: len(rows(user)) == 3)
    for label, value, found in (
        ("All workspaces", house.cast.acme.id, {"there", "past"}),
        ("All statuses", "ENDED", {"past"}),
    ):
        enter(user, label, value)
        await until(lambda found=found: {row["reference"] for row in rows(user)} == found)
    enter(user, "All workspaces", house.cast.northwind.id)
    await sees(user, "No agreement matches")


async def test_an_admin_reads_and_cannot_write(house: House, ral: Certification) -> None:
    made = await granted(house.cast.northwind, ral.lab)
    await granted(house.cast.acme, ral.lab, reference="foreign")
    user = await house.visit(house.cast.ada, PAGE)
    await until(lambda: rows(user))
    assert [row["reference"] for row in rows(user)] == ["A-2026-03"]
    assert not {"New agreement", "Edit"} & set(buttons(user))
    for event in ("edit", "end"):  # forged: nothing listens
        await emit(user, event, made.id)
    assert not {"Save", "End now"} & set(buttons(user))
    assert (await Agreement.get(id=made.id)).revision == 1


@pytest.mark.parametrize("who", ["sam", "eve", "mallory"])
@pytest.mark.parametrize("slug", ["northwind", "acme"])
async def test_for_others_agreements_do_not_exist(
    house: House, ral: Certification, who: str, slug: str
) -> None:
    await granted(house.cast.northwind, ral.lab)
    user = await house.visit(getattr(house.cast, who), routes.agreements(slug))
    await sees(user, "Page not found")
    assert "A-2026-03" not in words(user)


async def test_the_page_of_all_workspaces_is_the_owners(house: House, ral: Certification) -> None:
    await granted(house.cast.northwind, ral.lab)
    user = await house.visit(house.cast.ada, routes.INSTANCE_AGREEMENTS)
    await sees(user, "Page not found")


async def test_a_renamed_action_is_renamed_in_the_ledger(house: House, ral: Certification) -> None:
    await granted(house.cast.northwind, ral.lab)
    user = await house.visit(house.cast.ada, PAGE)
    await until(lambda: rows(user))
    await schemes.rename(house.cast.olga, ral.scheme.id, "RAL")
    await until(lambda: rows(user)[0]["action"] == "RAL - Lab Assessment")
