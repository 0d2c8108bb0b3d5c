"""Confirm that it is you: above an open dialog, before a file, and without any script."""

from playwright.sync_api import Page

from tests.e2e.screens import (
    NORTHWIND,
    acknowledged,
    ask_for,
    copied,
    dialog,
    file_of,
    press,
)
from tests.e2e.visitors import PASSWORD, Visitors, expect, grow_old, sign_in

TITLE = "Confirm that it is you"


def confirm(page: Page) -> None:
    answer(page, PASSWORD)
    expect(page.get_by_role("heading", name=TITLE)).to_have_count(0)


def answer(page: Page, password: str) -> None:
    """By keyboard alone: the field has the focus."""
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_label("Your password", exact=True)).to_be_focused()
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_codes_leave_after_the_question_only_and_nothing_typed_is_lost(demo: Visitors) -> None:
    page = demo.stranger()
    sign_in(page, "sales@demo.test")
    page.goto(NORTHWIND)
    grow_old(demo)
    ask_for(page, "12")
    press(page, "Generate")
    answer(page, "wrong wooden spoons")
    expect(dialog(page).get_by_text("This is not your password.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name=TITLE)).to_have_count(0)
    expect(page.get_by_label("Number of codes")).to_have_value("12")
    press(page, "Generate")
    confirm(page)
    codes = acknowledged(page, 12)

    grow_old(demo)
    press(page, "Copy codes")
    confirm(page)
    expect(page.get_by_text("12 codes copied, one on each line.")).to_be_visible()
    assert copied(page).split("\n") == codes

    grow_old(demo)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
        confirm(page)
    assert all(code in download.value.path().read_text("utf-8-sig") for code in codes)
    assert file_of(page)


def test_a_file_behind_a_link_asks_on_a_page_that_needs_no_script(demo: Visitors) -> None:
    page = demo.stranger(java_script_enabled=False)
    page.goto("/login")
    page.get_by_label("E-mail", exact=True).fill("sales@demo.test")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    grow_old(demo)
    page.goto("/w/northwind-academy/download/batches/30.csv")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    page.get_by_label("Your password").fill("wrong wooden spoons")
    press(page, "Confirm")
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    with page.expect_download() as download:
        press(page, "Confirm")
    assert download.value.suggested_filename == "access-codes-batch-30.csv"
    expect(page.get_by_role("link", name="Save the file")).to_be_visible()
