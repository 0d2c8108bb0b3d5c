"""The list of batches on several screens at once."""

import re

from playwright.sync_api import Page

from tests.e2e.screens import (
    NORTHWIND,
    activate,
    choose,
    generate,
    never_reloaded,
    press,
    still_here,
)
from tests.e2e.visitors import Visitors, expect


def batches_on(page: Page) -> int:
    expect(page.get_by_text(re.compile(r"^\d+ batches$"))).to_be_visible()
    return int(page.get_by_text(re.compile(r"^\d+ batches$")).inner_text().split()[0])


def pill(page: Page, number: int):
    return page.get_by_role("button", name=f"{number} new", exact=True)


def view(page: Page, batch_id: int):
    return page.get_by_role("button", name=f"View batch {batch_id}", exact=True)


def test_a_new_batch_of_somebody_else_comes_in_at_the_top_or_as_a_pill(demo: Visitors) -> None:
    at_top, on_page_2, filtered = (demo.person("admin", NORTHWIND) for _ in range(3))
    before = batches_on(at_top)
    press(on_page_2, "Next page")
    expect(on_page_2.get_by_text(f"of {before}")).to_contain_text("26–")
    choose(filtered, "All products", "Research Methods")
    expect(filtered.get_by_role("row").filter(has_text="Intro to Statistics")).to_have_count(0)
    for page in (at_top, on_page_2, filtered):
        never_reloaded(page)

    seller = demo.person("sales", NORTHWIND)
    made = generate(seller, 3)
    expect(at_top.get_by_role("row").nth(1)).to_contain_text("Sara Lindqvist")
    expect(view(at_top, made.id)).to_be_visible()
    assert batches_on(at_top) == before + 1
    for page in (on_page_2, filtered):
        expect(pill(page, 1)).to_be_visible()
        expect(view(page, made.id)).to_have_count(0)
    expect(on_page_2.get_by_text(f"of {before}")).to_contain_text("26–")

    scrolled = at_top
    scrolled.mouse.wheel(0, 400)
    scrolled.wait_for_function("window.scrollY > 100")
    again = generate(seller, 2)
    expect(pill(scrolled, 1)).to_be_visible()
    expect(view(scrolled, again.id)).to_have_count(0)
    expect(pill(filtered, 2)).to_be_visible()
    pill(filtered, 2).click()
    expect(view(filtered, again.id)).to_be_visible()
    expect(filtered.get_by_role("combobox", name="All products")).to_have_value("All products")
    expect(pill(filtered, 2)).to_be_hidden()

    own = generate(on_page_2, 1)
    expect(view(on_page_2, own.id)).to_be_visible()
    assert all(still_here(page) for page in (at_top, on_page_2, filtered))


def test_what_happens_on_another_page_leaves_yours_as_it_is(demo: Visitors) -> None:
    admin = demo.person("admin", NORTHWIND)
    own = generate(admin, 2)
    made = generate(demo.person("sales", NORTHWIND), 2)
    press(admin, "Next page")
    expect(admin.get_by_text(re.compile(r"^26–\d+ of"))).to_be_visible()
    others = demo.person("owner", NORTHWIND)

    holder = demo.stranger()
    for batch in (made, own):
        activate(holder, batch.links[0], "Marie Curie", "marie@example.org")
        row = others.get_by_role("row").filter(has=view(others, batch.id))
        expect(row).to_contain_text("1 activated")

    last = generate(demo.person("sales", NORTHWIND), 1)
    expect(pill(admin, 1)).to_be_visible()
    expect(admin.get_by_text(re.compile(r"^26–\d+ of"))).to_be_visible()
    expect(view(admin, last.id)).to_have_count(0)
