"""An owner erases a customer, told before what it comes to; to others there is no such button."""

import pytest
from nicegui.testing import User

from models import Person
from tests.cast import activated, issue, redeem
from tests.ui.screens.visit import House, buttons, press, rows, sees, shown, until, words
from ui import routes

GRACE = "grace@example.org"


async def grace(house: House, who: str) -> User:
    """That person's page of customers, with Grace's address open."""
    made = await issue(house.cast.ada, house.cast.month)
    activated(await redeem(made.texts[0]))
    user = await house.visit(getattr(house.cast, who), routes.customers("northwind"))
    await sees(user, "A part of the address is enough.")
    [field] = [e for e in shown(user) if e.props.get("aria-label") == "Search by e-mail"]
    with user:
        field.set_value(GRACE)
    await until(lambda: rows(user))
    return user


async def test_it_says_what_goes_and_what_stays_and_then_nobody_is_found(house: House) -> None:
    user = await grace(house, "olga")
    await press(user, "Erase this person")
    await sees(
        user,
        f"Erase {GRACE}?",
        "The address and the name Grace Hopper are replaced in 1 workspace.",
        "The address of 1 message is forgotten; 1 of them not sent yet will not go out.",
        "This cannot be undone.",
    )
    assert "The account is closed" not in words(user)
    await press(user, "Erase this person")
    await sees(user, "No customer with this address")
    assert not await Person.exists(email_key=GRACE)


@pytest.mark.parametrize("who", ["ada", "sam"])
async def test_nobody_else_has_the_button(house: House, who: str) -> None:
    user = await grace(house, who)
    assert "Erase this person" not in buttons(user)
