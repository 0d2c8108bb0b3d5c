"""Who gets in where, and what is not there for whom."""

from playwright.sync_api import Page

from tests.e2e.screens import NORTHWIND, generate
from tests.e2e.visitors import Visitors, expect, sign_in

NOT_THERE = "This page does not exist, or not for you."


def told(page: Page, path: str) -> str:
    """What stands there instead of a page, but for its reference."""
    page.goto(path)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    alert = page.get_by_role("alert")
    return (alert if alert.count() else page.locator("main")).inner_text().split("Reference")[0]


def test_signing_out_closes_the_other_tabs_too(demo: Visitors) -> None:
    page = demo.stranger()
    sign_in(page, "sales@demo.test")
    other = page.context.new_page()
    other.goto(NORTHWIND)
    expect(other.get_by_role("button", name="Add access code")).to_be_visible()
    bystander = demo.person("sales", NORTHWIND)
    expect(bystander.get_by_role("button", name="Add access code")).to_be_visible()

    page.get_by_role("button", name="Signed in as Sara Lindqvist").click()
    page.get_by_text("Sign out").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(tab.get_by_text("You are signed out.")).to_be_visible()
    page.go_back()
    page.goto(NORTHWIND)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(bystander.get_by_role("button", name="Add access code")).to_be_visible()


def test_a_batch_of_another_workspace_is_not_there(demo: Visitors) -> None:
    admin = demo.person("admin", NORTHWIND.replace("northwind-academy", "acme-devices"))
    foreign = generate(admin, 1, "Radio Equipment Compliance")
    page = demo.person("sales")
    missing = told(page, f"{NORTHWIND}/99999999")
    assert told(page, f"{NORTHWIND}/{foreign.id}") == missing
    assert told(page, foreign.path) == told(page, "/w/no-such-place/edspace/access-codes/1")
    for slug in ("northwind-academy", "acme-devices"):
        answer = page.request.get(f"/w/{slug}/download/batches/{foreign.id}.csv")
        assert answer.status == 404
        assert foreign.codes[0] not in answer.text()
    admin.goto(f"{NORTHWIND}/{foreign.id}")
    expect(admin.get_by_role("alert")).to_contain_text("does not exist")


def test_everybody_sees_only_what_their_role_may(demo: Visitors) -> None:
    seller = demo.person("sales", "/w/northwind-academy/edspace/products")
    expect(seller.get_by_text("Intro to Statistics")).to_be_visible()
    for name in ("Add product", "Add plan", "More for Intro to Statistics"):
        expect(seller.get_by_role("button", name=name)).to_have_count(0)
    expect(seller.get_by_role("link", name="CyberPass")).to_have_count(0)
    seller.goto("/")
    expect(seller.get_by_role("link", name="Northwind Academy")).to_be_visible()
    expect(seller.get_by_text("Acme Devices")).to_have_count(0)
    expect(seller.get_by_role("button", name="New workspace")).to_have_count(0)

    tester = demo.person("evaluator", "/w/acme-devices")
    expect(tester.locator(".content").get_by_role("link", name="CyberPass")).to_be_visible()
    expect(tester.get_by_role("link", name="Edspace")).to_have_count(0)
    for page in ("products", "access-codes", "access-codes/1"):
        assert NOT_THERE in told(tester, f"/w/acme-devices/edspace/{page}")
        expect(tester.get_by_role("link", name="Products")).to_have_count(0)
