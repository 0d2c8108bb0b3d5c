"""A passkey of Chromium's own device: added, used to sign in, removed."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e import server
from tests.e2e.screens import dialog
from tests.e2e.visitors import Visitors, expect, sign_in

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def local(tmp_path: Path, chromium: Browser) -> Generator[Visitors]:
    """People with browsers at a demo whose public URL has a host name."""
    port = server.free_port()
    origin = f"http://localhost:{port}"
    started = server.start("demo", tmp_path / "data", port=port, public_url=origin)
    started.origin = origin
    try:
        visitors = Visitors(chromium, started)
        yield visitors
        assert visitors.go_home() == []
    finally:
        started.stop()


def carry_a_device(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Signed in as").click()
    page.get_by_text("Sign out", exact=True).click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_passkey_is_added_signs_in_and_is_removed(local: Visitors) -> None:
    page = local.stranger()
    carry_a_device(page)
    sign_in(page, "sales@demo.test")
    page.goto("/account")
    page.get_by_role("button", name="Add a passkey").click()
    dialog(page).get_by_label("Name").fill("Work laptop")
    dialog(page).get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Added just now, never used")).to_be_visible()

    page.get_by_role("button", name="Add a passkey").click()
    dialog(page).get_by_role("button", name="Continue").click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("This device has a passkey")
    dialog(page).get_by_role("button", name="Cancel").click()

    sign_out(page)
    page.goto("/login?next=/account")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    expect(page.get_by_text("last used just now")).to_be_visible()

    page.get_by_role("button", name="Remove Work laptop").click()
    dialog(page).get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Work laptop")).to_have_count(0)
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey was not taken.")
    trouble = [each for each in local.trouble if "422" not in each]  # the refusal, as it should be
    local.trouble[:] = trouble


def test_without_script_there_is_no_button_and_the_password_works(local: Visitors) -> None:
    page = local.stranger(java_script_enabled=False)
    page.goto("/login")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("E-mail", exact=True).fill("sales@demo.test")
    page.get_by_label("Password").fill("demo-tallystick")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
