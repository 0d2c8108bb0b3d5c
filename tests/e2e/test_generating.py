"""Add access code: wrong entries, odd names, impatient fingers, and no mouse at all."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page

from tests.e2e.screens import (
    NORTHWIND,
    acknowledged,
    ask_for,
    dialog,
    field,
    generate,
    press,
)
from tests.e2e.test_live_rows import batches_on
from tests.e2e.visitors import PASSWORD, Visitors, expect

ACME_PRODUCTS = "/w/acme-devices/edspace/products"
ACME_CODES = "/w/acme-devices/edspace/access-codes"
RANGE = "Enter a whole number from 1 to 2000."


def is_told(page: Page, label: str, typed: str, sentence: str) -> None:
    """Enter that, press Generate: the sentence stands at the field, which keeps what was typed."""
    control = field(page, label).locator("input")
    control.fill(typed)
    dialog(page).get_by_role("button", name=re.compile("^Generate")).click()
    expect(field(page, label).locator(".error")).to_have_text(sentence)
    expect(control).to_have_value(typed)
    expect(dialog(page).locator(".error")).to_have_count(1)


def test_every_wrong_entry_is_told_at_its_field_and_kept(demo: Visitors) -> None:
    page = demo.person("sales", NORTHWIND)
    before = batches_on(page)
    ask_for(page, "")
    for typed in ("", "0", "-1", "1.5", "abc", "1e2", "٣"):
        is_told(page, "Number of codes", typed, RANGE)
    is_told(page, "Number of codes", "2001", f"2000 is the most in one batch. {RANGE}")
    is_told(page, "Number of codes", "1000000000", f"2000 is the most in one batch. {RANGE}")
    page.get_by_label("Number of codes").fill("5")

    dialog(page).get_by_role("switch", name="Send Notification").click()
    wrong = "This is not an e-mail address. It looks like name@example.org."
    for typed in ("nobody", "a@x.org, b@x.org"):
        is_told(page, "Email", typed, wrong)
    dialog(page).get_by_role("switch", name="Send Notification").click()
    dialog(page).get_by_text("More options").click()
    prefix = "Use 2 to 8 letters A to Z and digits, without dashes."
    for typed in ("A", "ABCDEFGHI", "AB-CD", "ÄÖ"):
        is_told(page, "Prefix", typed, prefix)
    page.get_by_label("Prefix").fill("NW26")

    day = date.today()  # noqa: DTZ011 - a day or two to either side do not matter here
    past, soon, later = (str(day + timedelta(days=n)) for n in (-9, 20, 40))
    is_told(page, "Expires on", past, "This day is past. Choose today or later.")
    page.get_by_label("Valid from").fill(later)
    is_told(page, "Expires on", soon, "This is before Valid from.")
    press(page, "Cancel")
    expect(dialog(page)).to_have_count(0)
    assert batches_on(page) == before


def test_validity_prefix_and_note_belong_to_the_batch(demo: Visitors) -> None:
    page = demo.person("sales", NORTHWIND)
    ask_for(page, "2")
    dialog(page).get_by_text("More options").click()
    page.get_by_label("Valid from").fill("2090-03-01")
    page.get_by_label("Expires on").fill("2090-03-31")
    page.get_by_label("Prefix").fill("nw26")
    page.get_by_label("Note").fill("<b>Spring</b> intake")
    press(page, "Generate")
    codes = acknowledged(page, 2)
    assert all(re.fullmatch(r"NW26(-[2-9B-Z]{4}){4}", code) for code in codes)
    press(page, "Close")
    page.get_by_role("button", name="View batch").first.click()
    facts = page.locator(".facts")
    expect(facts).to_contain_text("Valid from 01 Mar 2090")
    expect(facts).to_contain_text("Expires at the end of 31 Mar 2090 (Europe/Berlin)")
    expect(facts).to_contain_text("Prefix NW26")
    expect(facts).to_contain_text("Note: <b>Spring</b> intake")
    expect(page.get_by_role("row").filter(has_text="NOT YET VALID")).to_have_count(2)
    holder = demo.stranger()
    holder.goto("/redeem")
    holder.get_by_label("Code", exact=True).fill(codes[0])
    holder.get_by_label("Your name").fill("Too Early")
    holder.get_by_label("Your e-mail").fill("early@example.org")
    press(holder, "Redeem")
    expect(holder.get_by_role("alert")).to_contain_text("This code can't be used here.")
    expect(holder.get_by_role("alert")).to_contain_text("Reference")


def test_generate_pressed_twice_makes_one_batch(demo: Visitors) -> None:
    page = demo.person("sales", NORTHWIND)
    before = batches_on(page)
    ask_for(page, "140")
    page.get_by_role("button", name="Generate", exact=True).dblclick()
    acknowledged(page, 140)
    expect(page.get_by_role("alert")).to_have_count(0)
    press(page, "Close")
    expect(page.get_by_text(f"{before + 1} batches")).to_be_visible()

    ask_for(page, "140")
    page.get_by_label("Number of codes").focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    acknowledged(page, 140)
    expect(page.get_by_role("alert")).to_have_count(0)
    press(page, "Close")
    expect(page.get_by_text(f"{before + 2} batches")).to_be_visible()


def test_names_are_only_ever_text(demo: Visitors) -> None:
    page = demo.person("admin", ACME_PRODUCTS)
    opened: list[str] = []
    page.on("dialog", lambda shown: (opened.append(shown.message), shown.dismiss()))

    def add(name: str) -> None:
        dialog(page).get_by_label("Name").fill(name)
        dialog(page).get_by_role("button", name=re.compile("^Add ")).click()

    press(page, "Add product")
    add("x" * 500)
    expect(field(page, "Name").locator(".error")).to_contain_text("At most 120 characters")
    expect(dialog(page).get_by_label("Name")).to_have_value("x" * 500)
    script, formula = "<script>alert(1)</script> 🚀", '=HYPERLINK("http://evil.example","x")'
    add(script)
    expect(dialog(page)).to_have_count(0)
    press(page, "Add product")
    add(formula)
    expect(dialog(page)).to_have_count(0)
    for name in (script, formula):
        card = page.locator(".product", has_text=name)
        card.get_by_role("button", name="Add plan").click()
        add("{{ 7 * 7 }}")
        expect(card.locator(".plan")).to_contain_text("{{ 7 * 7 }}")

    page.goto(ACME_CODES)
    for name in (script, formula):
        made = generate(page, 1, name, "{{ 7 * 7 }}")
        expect(page.get_by_role("row").nth(1)).to_contain_text(name)
        expect(page.get_by_role("row").nth(1)).to_contain_text("{{ 7 * 7 }}")
        assert made.rows[0]["product"] == (f"'{name}" if name == formula else name)
        assert made.rows[0]["code"] == made.codes[0]
        holder = demo.stranger()
        holder.goto(made.links[0])
        expect(holder.get_by_role("heading")).to_have_text(name)
    page.goto(made.path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(formula)
    assert opened == []


def tab_to(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if name in page.evaluate(
            "document.activeElement === document.body ? '' :"
            " (document.activeElement.ariaLabel || document.activeElement.innerText || '')"
        ):
            return
    raise AssertionError(f"{name} cannot be reached with Tab")


def test_codes_can_be_generated_without_a_mouse(demo: Visitors) -> None:
    page = demo.stranger()
    page.goto("/login")

    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()
    page.keyboard.type("sales@demo.test")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Workspaces")).to_be_visible()
    tab_to(page, "Northwind Academy\nSales")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose a service.")).to_be_visible()
    tab_to(page, "Products and access codes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    tab_to(page, "Access Codes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="View batch").first).to_be_visible()
    tab_to(page, "Add access code")
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_visible()

    for label in ("Product", "Plan"):
        select = page.get_by_role("combobox", name=label, exact=True)
        expect(select).to_be_enabled()
        select.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Number of codes")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    acknowledged(page, 3)
    tab_to(page, "Copy codes")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 codes copied")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
