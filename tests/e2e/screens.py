"""What people do on the screens, in their words."""

import csv
import io
import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.e2e.visitors import expect

NORTHWIND = "/w/northwind-academy/edspace/access-codes"
PRODUCT, PLAN = "Intro to Statistics", "30 days"


@dataclass(frozen=True)
class Made:
    """A batch as its maker was shown it."""

    id: int
    path: str
    codes: list[str]
    rows: list[dict[str, str]]

    @property
    def links(self) -> list[str]:
        return [row["activation link"] for row in self.rows]


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def field(page: Page, label: str) -> Locator:
    """The place of one field of the open dialog: its label, its control and what is said below."""
    return dialog(page).locator(".field").filter(has=page.get_by_text(label, exact=True))


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(f"^{label}( |$)")).click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(page.get_by_role("listbox")).to_have_count(0)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def ask_for(page: Page, quantity: str, product: str = PRODUCT, plan: str = PLAN) -> None:
    """Open Add access code and fill it in, as far as the button."""
    press(page, "Add access code")
    choose(page, "Product", product)
    expect(field(page, "Plan").get_by_role("combobox")).to_be_enabled()
    choose(page, "Plan", plan)
    page.get_by_label("Number of codes").fill(quantity)


def acknowledged(page: Page, quantity: int) -> list[str]:
    """The codes in the acknowledgement, once it is there with its exact words."""
    said = "1 access code was" if quantity == 1 else f"{quantity} access codes were"
    heading = dialog(page).get_by_role("heading")
    expect(heading).to_have_text(f"{said} generated successfully.")
    codes = dialog(page).locator(".code-well").inner_text().split("\n")
    assert len(set(codes)) == quantity
    return codes


def generate(page: Page, quantity: int, product: str = PRODUCT, plan: str = PLAN) -> Made:
    ask_for(page, str(quantity), product, plan)
    press(page, "Generate")
    codes = acknowledged(page, quantity)
    rows = downloaded(page)
    link = dialog(page).get_by_role("link", name="Download CSV").get_attribute("href") or ""
    found = re.fullmatch(r"(/w/[^/]+)/download/batches/(\d+)\.csv", link)
    assert found
    press(page, "Close")
    expect(dialog(page)).to_have_count(0)
    path = f"{found[1]}/edspace/access-codes/{found[2]}"
    return Made(int(found[2]), path, codes, rows)


def file_of(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    return download.value.path().read_bytes()


def downloaded(page: Page) -> list[dict[str, str]]:
    text = file_of(page).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def row_of(page: Page, code: str) -> Locator:
    """The row of a code on its batch page, masked or not."""
    return page.get_by_role("row").filter(has_text=code[-4:])


def copied(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def activate(page: Page, link: str, name: str, email: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your e-mail").fill(email)
    press(page, "Activate")
    expect(page.get_by_role("heading", name="You have access to")).to_be_visible()


def never_reloaded(page: Page) -> None:
    """Leave a mark that a reload would wipe away; `still_here` looks for it."""
    page.evaluate("window.leftByTheTest = true")


def still_here(page: Page) -> bool:
    return page.evaluate("window.leftByTheTest === true")


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
