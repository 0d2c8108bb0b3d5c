"""One's own account: each change is felt in every open tab."""

from models import Person, Session, User
from models.enums import Theme
from services import sessions
from services.sessions import SignIn
from tests.cast import PASSWORD
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
    control,
    enter,
    error_at,
    press,
    sees,
    until,
    words,
)
from ui import routes

NEW = "copper kettle orchard 17"


async def test_a_new_name_is_shown_in_every_open_tab(house: House) -> None:
    here = await house.visit(house.cast.sam, routes.ACCOUNT)
    there = await house.visit(house.cast.sam)
    await sees(here, "You sign in as sam@example.org.")
    enter(here, "Name", "Samira <b>Sales</b>")
    await press(here, "Save name")
    await until(lambda: "Signed in as Samira <b>Sales</b>" in buttons(there))
    assert (await Person.get(id=house.cast.sam.person_id)).name == "Samira <b>Sales</b>"
    enter(here, "Name", "")
    await press(here, "Save name")
    await until(lambda: error_at(here, "Name") == "Enter your name.")


async def test_a_password_is_changed_with_the_current_one_only(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Change password")
    enter(user, "Current password", "wrong")
    enter(user, "New password", NEW)
    await press(user, "Change password")
    await until(lambda: error_at(user, "Current password"))
    assert control(user, "New password").value == NEW
    enter(user, "Current password", PASSWORD)
    await press(user, "Change password")
    await sees(user, "Your password is changed.")
    assert control(user, "New password").value == ""
    sam = SignIn(email="sam@example.org", password=NEW, address="192.0.2.1")
    assert await sessions.sign_in(sam)


async def test_a_password_is_hidden_until_its_eye_is_pressed(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Change password")
    assert control(user, "New password").props["type"] == "password"
    await press(user, "Show New password")
    assert control(user, "New password").props["type"] == "text"
    await press(user, "Hide New password")
    assert control(user, "New password").props["type"] == "password"


async def test_the_theme_follows_in_other_tabs(house: House) -> None:
    here = await house.visit(house.cast.sam, routes.ACCOUNT)
    there = await house.visit(house.cast.sam, routes.ACCOUNT)
    for tab in (here, there):
        await sees(tab, "Where you are signed in")
    await press(here, "Dark")
    await until(lambda: button(there, "Dark").props["aria-pressed"] == "true")
    assert (await User.get(id=house.cast.sam.user_id)).theme is Theme.DARK


async def test_a_browser_that_signs_in_appears_and_can_be_signed_out(house: House) -> None:
    here = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(here, "THIS ONE")
    assert "Sign out everywhere else" not in buttons(here)
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    signed_in = SignIn(
        email="sam@example.org", password=PASSWORD, address="198.51.100.7", browser=firefox
    )
    token = await sessions.sign_in(signed_in)
    await sees(here, "Firefox on Linux", "198.51.100.7")
    await press(here, "Sign out Firefox on Linux, 198.51.100.7")
    await until(lambda: "Firefox on Linux" not in words(here))
    assert await sessions.find(token) is None


async def test_everywhere_else_is_asked_before_it_ends(house: House) -> None:
    here = await house.visit(house.cast.sam, routes.ACCOUNT)
    await house.visit(house.cast.sam)
    others = await house.visit(house.cast.ada)
    await sees(here, "Sign out everywhere else")
    await press(here, "Sign out everywhere else")
    await sees(here, "Every other browser is signed out at once. This one stays.")
    assert await Session.filter(ended_at=None).count() == 3
    await press(here, "Sign out")
    await until(lambda: "Sign out everywhere else" not in buttons(here))
    left = await Session.filter(ended_at=None).order_by("id")
    assert [row.user_id for row in left] == [house.cast.sam.user_id, house.cast.ada.user_id]
    await sees(others, "Workspaces")


async def test_nobody_ends_the_session_of_another_person_from_here(house: House) -> None:
    ada = await house.visit(house.cast.ada, routes.ACCOUNT)
    await sees(ada, "THIS ONE")
    await house.visit(house.cast.sam)
    assert "Sign out everywhere else" not in buttons(ada)
