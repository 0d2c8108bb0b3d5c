"""An authenticator app: set up, signed in with, lost, and replaced by a recovery code."""

import time

from playwright.sync_api import Page
from pyotp.totp import TOTP

from tests.e2e.screens import overflow
from tests.e2e.visitors import PASSWORD, PHONE, Visitors, expect, sign_in

EVALUATOR = "evaluator@demo.test"


def half_way(page: Page) -> None:
    page.goto("/login?next=/account")
    page.get_by_label("E-mail", exact=True).fill(EVALUATOR)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()


def prove(page: Page, code: str) -> None:
    page.get_by_label("Code from your app, or a recovery code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def test_an_app_is_set_up_asked_for_and_removed(demo: Visitors) -> None:
    page = demo.stranger(**PHONE)
    sign_in(page, EVALUATOR)
    page.goto("/account")
    page.get_by_role("button", name="Set up an authenticator app").click()
    picture = page.get_by_alt_text("QR code for the authenticator app")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
    secret = page.get_by_role("region", name="Secret").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(TOTP(secret).at(int(time.time()) - 30))
    page.get_by_role("button", name="Set up", exact=True).click()
    codes = page.get_by_role("region", name="Recovery codes").inner_text().split()
    assert len(codes) == 10
    expect(page.get_by_role("button", name="I have kept them")).to_be_in_viewport(ratio=1)
    assert overflow(page) <= 0
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()
    assert all(code in started.value.path().read_text() for code in codes)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 of 10 left")).to_be_visible()

    by_app = demo.stranger(java_script_enabled=False)
    half_way(by_app)
    prove(by_app, "22222-22222-22222-22222")
    expect(by_app.get_by_text("That code is wrong")).to_be_visible()
    prove(by_app, TOTP(secret).now())
    assert by_app.url.endswith("/account")

    without_phone = demo.stranger(**PHONE)
    half_way(without_phone)
    assert overflow(without_phone) <= 0
    prove(without_phone, codes[0].lower().replace("-", " "))
    expect(without_phone.get_by_text("9 of 10 left. Last used on")).to_be_visible()
    without_phone.get_by_role("button", name="Remove authenticator app").click()
    without_phone.get_by_role("button", name="Remove", exact=True).last.click()
    expect(page.get_by_text("Not set up")).to_be_visible()
