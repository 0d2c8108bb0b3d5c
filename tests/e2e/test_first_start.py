"""The first whole way, and the way that the customer's guide describes."""

import stat

from playwright.sync_api import Page

from tests.e2e.screens import (
    acknowledged,
    choose,
    copied,
    dialog,
    file_of,
    press,
)
from tests.e2e.visitors import Visitors, expect

COLUMNS = (
    "code,activation link,product,plan,status,valid from,expires,created,activated by,activated at"
)


def test_from_the_first_start_to_twelve_codes(first_start: Visitors) -> None:
    page = first_start.stranger()
    become_owner(first_start, page)
    found_harbour_school(page)
    add_product_with_plan(page)

    page.get_by_role("link", name="Access Codes").click()
    page.get_by_role("button", name="Add access code").first.click()
    choose(page, "Product", "Harbour Safety")
    page.get_by_label("Number of codes").fill("12")
    press(page, "Generate")
    codes = acknowledged(page, 12)

    press(page, "Copy codes")
    expect(page.get_by_text("12 codes copied")).to_be_visible()
    assert copied(page).split("\n") == codes

    file_bytes = file_of(page)
    assert file_bytes.startswith(b"\xef\xbb\xbf")
    head, *lines = file_bytes.decode("utf-8-sig").splitlines()
    assert [name for name in head.split(",") if name in COLUMNS.split(",")] == COLUMNS.split(",")
    assert [line.split(",")[0] for line in lines] == codes

    press(page, "Close")
    page.get_by_role("button", name="View batch").click()
    expect(page.get_by_role("heading", name="Harbour Safety")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="READY")).to_have_count(12)
    expect(page.get_by_text(codes[0])).to_have_count(0)


def become_owner(at: Visitors, page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Create owner")).to_be_visible()
    file = at.server.folder / "setup-link"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    link = file.read_text().strip()
    page.goto(link)
    page.get_by_label("Your name").fill("Olga Brandt")
    page.get_by_label("Your e-mail").fill("olga@example.org")
    page.get_by_label("Password").fill("short")
    press(page, "Create owner")
    expect(page.locator(".field", has_text="Password").locator(".error")).to_be_visible()
    page.get_by_label("Password").fill("harbour lantern violet 42")
    press(page, "Create owner")
    expect(page.get_by_text("No workspace yet")).to_be_visible()
    answer = at.stranger().goto(link)
    assert answer is not None
    assert answer.status == 404, "the set-up link works once"


def found_harbour_school(page: Page) -> None:
    press(page, "New workspace")
    page.get_by_label("Name").fill("Harbour School")
    expect(page.get_by_label("Address")).to_have_value("harbour-school")
    press(page, "Create workspace")
    expect(page.get_by_role("heading", name="Harbour School")).to_be_visible()


def add_product_with_plan(page: Page) -> None:
    page.locator(".content").get_by_role("link", name="Edspace").click()
    expect(page.get_by_text("Needs attention")).to_be_visible()
    page.get_by_role("link", name="Products").click()
    expect(page.get_by_text("No product yet")).to_be_visible()
    press(page, "Add product")
    dialog(page).get_by_label("Name").fill("Harbour Safety")
    dialog(page).get_by_role("button", name="Add product").click()
    press(page, "Add plan")
    dialog(page).get_by_label("Name").fill("30 days")
    dialog(page).get_by_label("Days of access").fill("30")
    dialog(page).get_by_role("button", name="Add plan").click()
    expect(dialog(page)).to_have_count(0)
    expect(page.locator(".plan", has_text="30 days")).to_be_visible()
