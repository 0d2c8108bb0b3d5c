"""The panel Passkeys of the page Account, and a passkey in the dialog that asks who it is."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from nicegui.testing import User

from models import Passkey, RecoveryCode, Session
from models.enums import AuditAction
from services.zones import now
from tests.cast import entries
from tests.conftest import Configure
from tests.pocket import Pocket
from tests.ui.screens import visit
from tests.ui.screens.visit import House, buttons, enter, error_at, press, sees, until, words
from ui import passkeys_panel, routes, second_factor_panel
from ui.components import passkey

ORIGIN = "http://localhost:8080"


@pytest.fixture(autouse=True)
def local(configure: Configure, monkeypatch: pytest.MonkeyPatch, db: object) -> None:
    """Everybody asks under the name that passkeys are kept for. Before the house is built."""
    configure(public_url=ORIGIN)
    monkeypatch.setattr(visit, "ORIGIN", ORIGIN)


def plays(user: User, function: str, answer: Callable[[str], dict[str, str]]) -> None:
    """What the browser of that tab answers to a call of the script."""
    call = re.compile(rf".*tallystick\.{function}\((.*)\)", re.DOTALL)
    user.javascript_rules[call] = lambda asked: answer(asked[1])


def carries(user: User) -> Pocket:
    pocket = Pocket(origin=ORIGIN, rp_id="localhost")
    plays(user, "makePasskey", lambda asked: {"answer": pocket.make(json.loads(asked))})
    plays(user, "usePasskey", lambda asked: {"answer": pocket.sign(json.loads(asked))})
    return pocket


async def add(user: User, name: str = "Work laptop") -> None:
    await press(user, "Add a passkey")
    enter(user, "Name", name)
    await press(user, "Continue")


async def test_a_passkey_is_added_named_anew_and_removed_in_every_open_tab(house: House) -> None:
    sam = house.cast.sam
    here = await house.visit(sam, routes.ACCOUNT)
    there = await house.visit(sam, routes.ACCOUNT)
    await sees(there, passkeys_panel.WHAT)
    carries(here)
    await add(here, "Laptop <b>of Sam</b>")
    await sees(here, passkeys_panel.ADDED)
    await sees(there, "Laptop <b>of Sam</b>", "Added just now, never used")
    assert (await Passkey.get()).user_id == sam.user_id

    await until(lambda: "Rename Laptop <b>of Sam</b>" in buttons(here))
    await press(here, "Rename Laptop <b>of Sam</b>")
    enter(here, "Name", "")
    await press(here, "Save")
    await until(lambda: error_at(here, "Name") == "Enter a name.")
    enter(here, "Name", "Laptop")
    await press(here, "Save")
    await until(lambda: "Remove Laptop" in buttons(there))

    await press(here, "Remove Laptop")
    await sees(here, "Laptop signs nobody in any more, and a mail tells you so.")
    await press(here, "Remove")
    await until(lambda: "Remove Laptop" not in buttons(there))
    assert not await Passkey.exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"problem": "NotAllowedError"}, passkey.NOT_MADE),
        ({"problem": "InvalidStateError"}, passkey.PROBLEMS["InvalidStateError"]),
        ({"problem": "NotSupportedError"}, passkey.PROBLEMS["NotSupportedError"]),
        ({"answer": "{}"}, "This passkey cannot be used here."),
        ({}, passkey.NOT_MADE),
        (["junk"], passkey.NOT_MADE),
    ],
)
async def test_what_the_browser_did_not_do_is_said_in_the_dialog(
    house: House, told: dict[str, str], said: str
) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Add a passkey")
    plays(user, "makePasskey", lambda _: told)
    await add(user)
    await sees(user, said)
    assert "Continue" in buttons(user)
    assert not await Passkey.exists()


async def test_somebody_who_proved_nothing_lately_does_it_with_the_passkey(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "Add a passkey")
    carries(user)
    await add(user)
    await sees(user, passkeys_panel.ADDED)
    await Session.all().update(confirmed_at=now() - timedelta(days=1))
    await until(lambda: "Remove Work laptop" in buttons(user))
    await press(user, "Remove Work laptop")
    user.notify.messages.clear()
    removing = press(user, "Remove")  # goes on once the dialog above is answered

    waiting = asyncio.create_task(removing)
    await sees(user, "Confirm that it is you")
    assert "Confirm" not in buttons(user)  # nothing else than the passkey would do
    await press(user, "Use a passkey")
    await waiting
    await until(lambda: "Remove Work laptop" not in buttons(user))
    assert not await Passkey.exists()
    assert len(await entries(AuditAction.CONFIRM)) == 1


async def test_elsewhere_the_page_says_why_not(house: House, configure: Configure) -> None:
    configure(public_url="http://127.0.0.1:8080")
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, "start Tallystick with TALLYSTICK_PUBLIC_URL=http://localhost:8080")
    assert "Add a passkey" not in buttons(user)
    configure(public_url="https://codes.example.org")
    other = await house.visit(house.cast.eve, routes.ACCOUNT)
    await sees(other, "Passkeys work at https://codes.example.org only.")
    assert "Add a passkey" not in buttons(other)
    assert passkeys_panel.WHAT not in words(other)


async def test_whoever_has_a_passkey_alone_is_offered_recovery_codes(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.ACCOUNT)
    await sees(user, passkeys_panel.WHAT)
    carries(user)
    await add(user)
    await sees(user, second_factor_panel.NO_CODES)
    await press(user, "Make recovery codes")
    await sees(user, "New recovery codes", "10 of 10 left")
    assert await RecoveryCode.filter(user_id=house.cast.sam.user_id).count() == 10
