"""On a phone, and in the theme that somebody chose."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.screens import activate, choose, dialog, generate, overflow, press
from tests.e2e.visitors import PHONE, Visitors, expect, grow_old, sign_in

WORKSPACE = "/w/northwind-academy"
ACME = "/w/acme-devices"
CYBERPASS = f"{ACME}/cyberpass"
SCREENS = {
    "admin": [
        ACME,
        CYBERPASS,
        f"{WORKSPACE}/edspace",
        *(f"{CYBERPASS}/{page}" for page in ("purchase-codes", "agreements", "evaluations")),
        *(f"{CYBERPASS}/evaluations/{each}" for each in range(1, 7)),
        *(f"{ACME}/{page}" for page in ("members", "messages", "audit", "settings")),
        f"{WORKSPACE}/refusals",
        "/account",
        "/notifications",
    ],
    "evaluator": [CYBERPASS, f"{CYBERPASS}/evaluations"],
    "owner": [
        *(f"/instance/{page}" for page in ("workspaces", "users", "schemes", "agreements")),
        *(f"/instance/{page}" for page in ("audit", "messages", "health", "backups")),
    ],
}
DIALOGS = {
    "admin": [
        (CYBERPASS, "Generate Code"),
        (f"{CYBERPASS}/evaluations", "New evaluation"),
        (f"{ACME}/members", "Invite member"),
        (f"{ACME}/audit", "Verify"),
        ("/account", "Set up an authenticator app"),
    ],
    "owner": [
        ("/instance/agreements", "New agreement"),
        ("/instance/schemes", "Add scheme"),
        ("/instance/users", "Invite owner"),
        ("/instance/users", "Require of admins and owners"),
        ("/instance/workspaces", "New workspace"),
    ],
}
TABLET = {"viewport": {"width": 900, "height": 900}}
CUT_OFF = """() => [...document.querySelectorAll(".q-table__middle")]
    .some((table) => table.scrollWidth > table.clientWidth)"""


def opened(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_attached()
    expect(page.locator(".progress:not(.idle)")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_everything_fits_on_a_phone(demo: Visitors) -> None:
    page = demo.person("sales", **PHONE)
    assert overflow(page) <= 0
    page.get_by_role("link", name="Northwind Academy").tap()
    expect(page.get_by_text("Choose a service.")).to_be_visible()
    assert overflow(page) <= 0
    page.locator(".content").get_by_role("link", name="Edspace").tap()
    expect(page.get_by_text("Needs attention")).to_be_visible()

    pane = page.get_by_role("navigation", name="Main").get_by_role("link", name="Products")
    expect(pane).not_to_be_in_viewport()
    page.get_by_role("button", name="Menu").tap()
    expect(pane).to_be_in_viewport()
    pane.tap()
    expect(page.locator(".product", has_text="Research Methods")).to_be_visible()
    expect(pane).not_to_be_in_viewport()
    assert overflow(page) <= 0
    page.get_by_role("button", name="Menu").tap()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Access Codes").tap()

    expect(page.get_by_role("button", name="View batch").first).to_be_visible()
    expect(page.get_by_role("button", name="View batch").first).to_be_in_viewport(ratio=0)
    assert overflow(page) <= 0
    press(page, "Add access code")
    choose(page, "Product", "Intro to Statistics")
    dialog(page).get_by_text("More options").tap()
    expect(page.get_by_label("Note")).to_be_visible()
    assert overflow(page) <= 0
    expect(dialog(page).get_by_role("button", name="Generate")).to_be_in_viewport(ratio=1)
    press(page, "Cancel")
    made = generate(page, 3)
    page.goto(made.path)
    expect(page.locator(".code")).to_have_count(3)
    assert overflow(page) <= 0

    holder = demo.stranger(**PHONE)
    for path in ("/login", "/redeem", made.links[0], "/w/nowhere/at/all"):
        holder.goto(path)
        expect(holder.get_by_role("heading").first).to_be_visible()
        assert overflow(holder) <= 0
    activate(holder, made.links[0], "Mary Somerville", "mary@example.org")
    assert overflow(holder) <= 0


def test_mail_customers_and_notifications_fit_on_a_phone(demo: Visitors) -> None:
    page = demo.person("admin", f"{WORKSPACE}/messages", **PHONE)
    expect(page.get_by_role("button", name=re.compile("^Preview message")).first).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_role("button", name=re.compile("^Preview message")).first.tap()
    expect(dialog(page).locator("iframe")).to_be_visible()
    assert overflow(page) <= 0
    page.keyboard.press("Escape")

    page.goto(f"{WORKSPACE}/edspace/customers")
    page.get_by_role("searchbox").fill("h.voss@clinic.example")
    expect(page.get_by_role("heading", name="h.voss@clinic.example")).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_role("button", name=re.compile("^Notifications")).tap()
    expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    assert overflow(page) <= 0
    for path in ("/notifications", "/instance/health"):
        owner = demo.person("owner", path, **PHONE)
        expect(owner.get_by_role("heading", level=1)).to_be_attached()
        assert overflow(owner) <= 0


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
@pytest.mark.parametrize("who", SCREENS)
def test_every_screen_fits(demo: Visitors, who: str, size: dict[str, Any]) -> None:
    page = demo.person(who, **size)
    for path in SCREENS[who]:
        opened(page, path)
        assert overflow(page) <= 0, path
        assert not page.evaluate(CUT_OFF), f"columns of {path} are cut off"


@pytest.mark.parametrize("who", DIALOGS)
def test_every_dialog_fits_on_a_phone(demo: Visitors, who: str) -> None:
    page = demo.person(who, **PHONE)
    for path, name in DIALOGS[who]:
        opened(page, path)
        press(page, name)
        expect(dialog(page).get_by_role("button").last).to_be_in_viewport(ratio=1)
        assert overflow(page) <= 0, path


def test_the_question_who_one_is_fits_on_a_phone(demo: Visitors) -> None:
    page = demo.stranger(**PHONE)
    sign_in(page, "sales@demo.test")
    grow_old(demo)
    page.goto("/confirm?next=/account")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    assert overflow(page) <= 0
    opened(page, "/account")
    press(page, "Set up an authenticator app")
    expect(dialog(page).get_by_role("button", name="Confirm")).to_be_in_viewport(ratio=1)
    assert overflow(page) <= 0


def test_pages_for_everybody_fit_on_a_phone(demo: Visitors) -> None:
    stranger, nothing = demo.stranger(**PHONE), "x" * 43
    for path in ("/certificates", "/reset", f"/reset/{nothing}", f"/i/{nothing}"):
        stranger.goto(path)
        expect(stranger.get_by_role("heading").first).to_be_visible()
        assert overflow(stranger) <= 0, path


def test_the_theme_stays_as_it_was_chosen(demo: Visitors) -> None:
    page = demo.person("evaluator")
    for theme, shows_dark in (("Dark", True), ("Light", False)):
        press(page, "Theme")
        page.get_by_role("menu").get_by_text(theme).click()
        dark = page.locator("body.body--dark")
        expect(dark).to_have_count(int(shows_dark))
        page.reload()
        expect(page.get_by_role("heading", name="Workspaces")).to_be_visible()
        expect(dark).to_have_count(int(shows_dark))
        page.goto("/redeem")
        expect(page.locator("html.dark")).to_have_count(int(shows_dark))
        page.goto("/")
