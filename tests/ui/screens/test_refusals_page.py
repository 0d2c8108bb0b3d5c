"""The Refusals page: whose it is, what comes in live, the story of a code and the dry run."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from models import AuditEntry, Refusal
from models.enums import AuditAction
from services import code_alphabet, codes
from tests.cast import Issued, issue, redeem, refused
from tests.paying import Scene, paid, pay, set_up
from tests.ui.screens.visit import (
    House,
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

PAGE = routes.refusals("northwind")
FIELD = "A code, or the reference of a refusal"


@pytest.fixture
async def issued(house: House) -> Issued:
    """Three codes; the first is revoked, and was tried."""
    made = await issue(house.cast.ada, house.cast.month)
    await codes.revoke(house.cast.ada, made.codes[0].id)
    refused(await redeem(made.texts[0]))
    return made


async def opened(house: House, who: str, path: str = PAGE) -> User:
    user = await house.visit(getattr(house.cast, who), path)
    await sees(user, "Codes that were tried and refused, and why.")
    return user


async def look_up(user: User, typed: str) -> None:
    enter(user, FIELD, typed)
    await press(user, "Look up")


def verdict(user: User) -> str:
    [box] = [e for e in shown(user) if "answer-line" in e.classes]
    return "".join(getattr(e, "text", "") for e in box.descendants())


def choose(user: User, label: str, option: str) -> None:
    field: Any = control(user, label)
    with user:
        field.set_value(next(key for key, name in field.options.items() if name == option))


async def test_a_row_tells_the_true_reason_and_no_full_code(house: House, issued: Issued) -> None:
    user = await opened(house, "ada")
    [row] = rows(user)
    assert (row["reason"], row["tone"]) == ("REVOKED", "revoked")
    assert (row["code"][-4:], row["opens"]) == (issued.codes[0].ending, "Welding basics")
    assert (row["by"], row["purpose"]) == ("Nobody signed in", "Redeem")
    assert not any(secret in str(row) for secret in (*issued.texts, *issued.bodies))


@pytest.mark.parametrize(
    ("who", "slug"), [("sam", "northwind"), ("eve", "acme"), ("ada", "elsewhere")]
)
async def test_for_others_there_is_no_such_page(house: House, who: str, slug: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.refusals(slug))
    await sees(user, "Page not found")


async def test_new_refusals_come_in_while_one_looks(house: House, issued: Issued) -> None:
    user = await opened(house, "ada")
    refused(await redeem(issued.texts[0]))
    await until(lambda: len(rows(user)) == 2)
    with user:
        control(user, "All reasons").set_value("EXPIRED")
    await sees(user, "No refusal matches")
    refused(await redeem(issued.texts[0]))
    with user:
        control(user, "All reasons").set_value("REVOKED")
    await until(lambda: len(rows(user)) == 3)


async def test_what_hit_no_code_stands_apart_and_for_the_owner_only(
    house: House, issued: Issued
) -> None:
    guess = refused(await redeem(code_alphabet.generate(1)[0]))
    ada, olga = await opened(house, "ada"), await opened(house, "olga")
    await until(lambda: len(rows(ada)) == len(rows(olga)) == 1)
    assert not [e for e in shown(ada) if getattr(e, "text", "") == "Of this workspace"]
    with olga:
        control(olga, "Of this workspace").set_value("none")
    await until(lambda: [row["reference"] for row in rows(olga)] == [guess.reference])
    assert rows(olga)[0]["code"] == "No code"
    refused(await redeem(code_alphabet.generate(1)[0]))
    await until(lambda: len(rows(olga)) == 2)
    await emit(olga, "story", rows(olga)[0]["id"])
    await sees(olga, "A try that hit no code", "Refused: no code reads like that")


async def test_a_code_that_is_looked_up_tells_its_story(house: House, issued: Issued) -> None:
    user = await opened(house, "ada")
    await look_up(user, issued.texts[0].lower())
    await sees(user, "Story of a code", "Issued", "Revoked", "Refused: it was revoked")
    assert (await AuditEntry.filter(action=AuditAction.SHOW).count()) == 1
    await press(user, "Ask")
    await until(lambda: verdict(user))
    assert verdict(user).startswith("No. A member of the workspace would be told: “This code was")
    assert await Refusal.all().count() == 1


async def test_a_row_and_a_reference_lead_to_the_same_story(house: House, issued: Issued) -> None:
    user = await opened(house, "ada")
    await until(lambda: rows(user))
    await emit(user, "story", rows(user)[0]["id"])
    await sees(user, "Refused: it was revoked")
    await press(user, "Close")
    await look_up(user, rows(user)[0]["reference"])
    await sees(user, "Refused: it was revoked")
    for junk in ("1", None, {"id": 1}, 10**9):
        await emit(user, "story", junk)
    await sees(user, "This refusal does not exist, or not in this workspace.")


async def test_what_is_not_found_or_mistyped_is_said_at_the_field(
    house: House, issued: Issued
) -> None:
    user = await opened(house, "ada")
    for typed, told in (
        ("", "Enter your code."),
        (code_alphabet.generate(1)[0], "No code and no refusal of this workspace"),
        ("2222222222222223", code_alphabet.TYPING_MISTAKE),
    ):
        await look_up(user, typed)
        assert error_at(user, FIELD).startswith(told)
    assert not [e for e in shown(user, ui.button) if e.text == "Ask"]


async def test_the_dry_run_answers_for_any_workspace_one_administers(house: House) -> None:
    cast = house.cast
    scene: Scene = await set_up(cast)
    user = await opened(house, "ada_at_acme", routes.refusals("acme"))
    await look_up(user, scene.text)
    await sees(user, "Would it work?")
    await press(user, "Ask")
    await until(lambda: verdict(user))
    assert verdict(user) == (
        "Yes. It would pay for EN18031 - RAL - Lab Assessment in Acme Devices."
    )
    choose(user, "In the workspace", "Northwind Academy")
    await press(user, "Ask")
    await until(lambda: "belongs to Acme Devices" in verdict(user))
    choose(user, "For", "Redeem page")
    await press(user, "Ask")
    await until(lambda: "This is a purchase code" in verdict(user))
    assert "Elsewhere" not in control(user, "In the workspace").options.values()
    paid(await pay(cast.eve, scene.lab, scene.text))
    choose(user, "For", "EN18031 - RAL - Lab Assessment")
    choose(user, "In the workspace", "Acme Devices")
    await press(user, "Ask")
    await until(lambda: "This code was used by Eve Evaluator" in verdict(user))
    assert not await Refusal.exists()
    assert "Nothing was used up.”" in verdict(user)
    assert scene.text not in words(user)
