"""The second factor on one's account, what a demand does to open tabs, and the owner's part."""

import pytest

from models import Authenticator, Installation, RecoveryCode, Session, User
from models.enums import Demand
from services import factor_demand, factors, sessions
from services.factors import Factors
from services.permissions import Permission
from tests.second_factors import App, signed_in, with_app
from tests.ui.screens.visit import (
    House,
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
from ui import factor_notice, routes
from ui.door import rights

SET_UP = "Set up an authenticator app"


def secret_on(screen: str) -> str:
    """The secret as it stands in the dialog."""
    lines = [line.replace(" ", "") for line in screen.splitlines()]
    [found] = [line for line in lines if len(line) == 32 and line.isupper() and line.isalnum()]
    return found


async def demanded(house: House) -> None:
    await with_app(house.cast.olga)
    await factor_demand.choose(await signed_in(house.cast.olga), Demand.ADMINS)


async def test_an_app_is_set_up_with_its_first_code_and_gives_ten_recovery_codes(
    house: House,
) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Not set up")
    await press(user, SET_UP)
    await sees(user, "Scan this with the app on your phone.")
    [picture] = [each for each in shown(user) if each.tag == "img"]
    assert picture.props["src"].startswith("data:image/svg+xml")
    app = App(secret_on(words(user)), [])
    wrong = "000000" if app.code() != "000000" else "000001"
    enter(user, "Code that the app shows", wrong)
    await press(user, "Set up")
    await until(lambda: error_at(user, "Code that the app shows"))
    assert not await Authenticator.exists()
    enter(user, "Code that the app shows", app.code())
    await press(user, "Set up")
    await sees(user, "Your authenticator app is set up", "10 of 10 left")
    await press(user, "Copy codes")
    [listed] = house.copied
    assert listed.count("\\n") == 9
    await press(user, "I have kept them")
    assert await factors.of(house.cast.sam.user_id) == Factors(totp=True, passkeys=0, recovery=10)


async def test_what_was_set_up_elsewhere_appears_and_can_go_again(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Not set up")
    app = await with_app(house.cast.sam)
    await sees(user, "10 of 10 left")
    await press(user, "New recovery codes")
    await press(user, "Make new codes")
    await sees(user, "They are not shown again.")
    assert not [code for code in app.recovery if code in words(user)]
    await press(user, "I have kept them")
    await press(user, "Remove authenticator app")
    await sees(user, "Remove the authenticator app?")
    await press(user, "Remove")
    await until(lambda: SET_UP in buttons(user))
    assert not await RecoveryCode.exists() and not await Authenticator.exists()


async def test_who_was_not_confirmed_lately_changes_nothing(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Not set up")
    await Session.all().update(confirmed_at=None)
    await press(user, SET_UP)
    assert "Scan this with the app on your phone." not in words(user)


async def test_a_demand_closes_open_pages_until_one_is_set_up(house: House) -> None:
    path = routes.access_codes("northwind")
    ada = await house.visit(house.cast.ada, routes.ACCOUNT)
    sam = await house.visit(house.cast.sam, path)
    await sees(ada, "Not set up")
    await demanded(house)
    await sees(ada, factor_notice.SENTENCE, "NEEDED")
    await ada.open(path)
    await sees(ada, "Set up a second factor first", factor_notice.SENTENCE)
    await sees(sam, "Add access code")
    assert factor_notice.SENTENCE not in words(sam)
    await ada.open(routes.ACCOUNT)
    await sees(ada, factor_notice.SENTENCE)
    await with_app(house.cast.ada)
    await until(lambda: factor_notice.SENTENCE not in words(ada))
    await ada.open(path)
    await sees(ada, "Add access code")


async def test_a_link_from_outside_opens_what_says_that_one_is_required(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, user = routes.access_codes("northwind"), await User.get(id=house.cast.ada.user_id)
    token = await sessions.open_session(user, address="192.0.2.1")
    monkeypatch.setattr(rights, "_needs", [])
    rights.use({routes.ACCESS_CODES: Permission.USE_EDSPACE})
    assert await rights.may_open(path, token)
    await demanded(house)
    assert await rights.may_open(path, token)
    assert not await rights.may_open(routes.access_codes("elsewhere-yet"), token)
    assert not await rights.may_open(path, "no session")


async def test_a_command_forged_in_a_page_from_before_does_nothing(house: House) -> None:
    olga = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(olga)) == 5)
    await Installation.all().update(second_factor=Demand.ADMINS)  # and no signal
    await emit(olga, "enable", house.cast.sam.user_id)
    await emit(olga, "remove_factor", house.cast.sam.user_id)
    await sees(olga, "Set one up on your Account page")
    assert "Remove the second factor of Sam Sales?" not in words(olga)


async def test_the_owner_requires_one_after_having_one(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await sees(user, "No second factor is required. 2 of 2 admins and owners have none yet.")
    await press(user, "Require of admins and owners")
    await sees(user, "Set up your own second factor first", "Go to your account")
    await press(user, "Cancel")
    assert await factors.demand() is Demand.NOBODY
    await with_app(house.cast.olga)
    await sees(user, "1 of 2 admins and owners has none yet.")
    await press(user, "Require of admins and owners")
    await press(user, "Require it")
    await sees(user, "Admins and owners must have a second factor.")
    assert await factors.demand() is Demand.ADMINS


async def test_the_list_says_who_has_one_and_the_owner_removes_it(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    assert {row["factor"] for row in rows(user)} == {"None"}
    await with_app(house.cast.sam)
    await until(lambda: rows(user)[4]["factor"] == "App")
    assert "remove_factor" in [each["event"] for each in rows(user)[4]["menu"]]
    await emit(user, "remove_factor", house.cast.sam.user_id)
    await sees(user, "Remove the second factor of Sam Sales?")
    await press(user, "Remove second factor")
    await until(lambda: rows(user)[4]["factor"] == "None")
    assert not await Session.exists(user_id=house.cast.sam.user_id, ended_at=None)


@pytest.mark.parametrize("forged", [0, -1, 10**9, 2**70])
async def test_an_id_of_nobody_removes_nothing(house: House, forged: int) -> None:
    user = await house.visit(house.cast.olga, routes.USERS)
    await until(lambda: len(rows(user)) == 5)
    await with_app(house.cast.sam)
    await emit(user, "remove_factor", forged)
    assert await Authenticator.exists()
