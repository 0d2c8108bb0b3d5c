"""The customer's guide "How to Generate Purchase Codes", followed line by line in two browsers."""

import re

from playwright.sync_api import Locator, Page

from tests.e2e.screens import choose, copied, dialog, press
from tests.e2e.visitors import Visitors, expect

ACME = "/w/acme-devices/cyberpass"
LAB = "EN18031 - RAL - Lab Assessment"
CERTIFICATION = "EN18031 - RAL - Certification"


def open_purchase_codes(page: Page) -> None:
    # "From the main sidebar, expand the Administration menu and select Purchase Codes."
    sidebar = page.get_by_role("navigation", name="Main")
    sidebar.get_by_text("Administration").click()
    sidebar.get_by_role("link", name="Purchase Codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Purchase Codes")


def generate(page: Page, action: str, quantity: int) -> list[str]:
    # "click the Generate Code button located in the top right corner of the interface."
    press(page, "Generate Code")
    # the guide says "Workspace: Select the specific manufacturer or entity workspace."
    choose(page, "Workspace", "Acme Devices")
    # the guide says "Purchased Action: Select the specific evaluation type"
    page.get_by_role("combobox", name=re.compile("^Purchased Action")).fill(action)
    page.get_by_role("option", name=action, exact=True).click()
    # the guide says "Quantity: Enter the number of codes required based on your sales agreement."
    dialog(page).get_by_label("Quantity").fill(str(quantity))
    # "Click Generate to finalize."
    press(page, "Generate")
    noun = "code was" if quantity == 1 else "codes were"
    heading = dialog(page).get_by_role("heading")
    expect(heading).to_have_text(f"{quantity} purchase {noun} generated successfully.")
    codes = dialog(page).locator(".code-well").inner_text().split("\n")
    press(page, "Close")
    expect(dialog(page)).to_have_count(0)
    return codes


def row_of(page: Page, code: str) -> Locator:
    return page.get_by_role("row").filter(has_text=code[-4:])


def start_evaluation(page: Page, product: str) -> None:
    page.goto(page.url.split("/w/")[0] + f"{ACME}/evaluations")
    press(page, "New evaluation")
    dialog(page).get_by_label("Product name").fill(product)
    dialog(page).get_by_label("Model").fill("DB-300")
    dialog(page).get_by_label("Version").fill("1.0")
    choose(page, "Scheme", "EN18031 - RAL")
    press(page, "Start evaluation")
    expect(page.get_by_role("heading", level=1)).to_have_text(product)


def pass_step(page: Page) -> None:
    press(page, "Passed")
    press(page, "Record as passed")
    expect(dialog(page)).to_have_count(0)


def apply(page: Page, code: str) -> None:
    # "They must enter it into the Purchase code field during the Payment stage"
    page.get_by_label("Purchase code").fill(code)
    press(page, "Apply")


def test_a_code_is_generated_handed_over_and_pays_its_step(demo: Visitors) -> None:
    admin = demo.person("admin", ACME)
    open_purchase_codes(admin)
    [code, spare] = generate(admin, LAB, 2)
    [wrong] = generate(admin, CERTIFICATION, 1)
    # "the code will appear in the list with a READY status when generated"
    row = row_of(admin, code)
    expect(row).to_contain_text("READY")
    expect(row).to_contain_text(LAB)
    # "Use the Copy icon under the Actions column to copy the code to your clipboard."
    row.get_by_role("button", name=re.compile("^Copy")).click()
    expect(admin.get_by_text("copied")).to_be_visible()
    assert copied(admin) == code

    evaluator = demo.person("evaluator", ACME)
    start_evaluation(evaluator, "Doorbell X3")
    pass_step(evaluator)
    expect(evaluator.get_by_text("Payment", exact=True)).to_be_visible()
    # "A code generated for a specific "Purchased Action" will only work for that specific step"
    apply(evaluator, wrong)
    refusal = evaluator.get_by_role("alert")
    expect(refusal).to_contain_text(f"This code is for {CERTIFICATION}")
    expect(row_of(admin, wrong)).to_contain_text("READY")
    # "and ACTIVATED status when used", on the admin's screen, with what it was used for
    apply(evaluator, code)
    expect(evaluator.get_by_label("Purchase code")).to_have_count(0)
    expect(row).to_contain_text("ACTIVATED")
    expect(row).to_contain_text("Doorbell X3")
    # "to proceed": the step is worked on and the next one opens
    pass_step(evaluator)
    expect(evaluator.get_by_label("Purchase code")).to_be_visible()
    # used codes are used, whatever step they would fit
    start_evaluation(evaluator, "Doorbell X4")
    pass_step(evaluator)
    apply(evaluator, code)
    expect(evaluator.get_by_role("alert")).to_contain_text("Doorbell X3")
    expect(row_of(admin, spare)).to_contain_text("READY")


def test_standard_users_have_no_administration(demo: Visitors) -> None:
    # "The "Generate Code" button is missing. Ensure you are logged in as a Workspace Admin.
    # Standard users do not have access to the Administration module."
    evaluator = demo.person("evaluator", ACME)
    sidebar = evaluator.get_by_role("navigation", name="Main")
    expect(sidebar.get_by_role("link", name="Evaluations")).to_be_visible()
    assert "Administration" not in sidebar.inner_text()
    evaluator.goto(evaluator.url.split("/w/")[0] + f"{ACME}/purchase-codes")
    expect(evaluator.get_by_text("This page does not exist, or not for you.")).to_be_visible()
    expect(evaluator.get_by_role("button", name="Generate Code")).to_have_count(0)
