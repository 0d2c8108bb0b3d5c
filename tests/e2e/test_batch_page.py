"""One batch: masked codes, copying, searching, revoking."""

import re

from tests.e2e.screens import (
    NORTHWIND,
    activate,
    copied,
    dialog,
    generate,
    press,
    row_of,
)
from tests.e2e.visitors import Visitors, expect


def test_codes_are_masked_until_somebody_asks_for_them(demo: Visitors) -> None:
    page = demo.person("sales", NORTHWIND)
    made = generate(page, 30)
    page.goto(made.path)
    masked = page.locator(".code")
    expect(masked).to_have_count(25)
    assert all(text.startswith("••••-••••-••••-") for text in masked.all_inner_texts())
    assert made.codes[0] not in page.content()

    press(page, "Show codes")
    expect(page.get_by_text(made.codes[0], exact=True)).to_be_visible()
    press(page, "Next page")
    expect(masked).to_have_text(made.codes[25:])
    press(page, "Hide codes")
    expect(page.get_by_text(made.codes[25], exact=True)).to_have_count(0)
    press(page, "Previous page")

    row_of(page, made.codes[2]).get_by_role("button", name="Copy code").click()
    expect(page.get_by_text(f"Code ending {made.codes[2][-4:]} copied.")).to_be_visible()
    assert copied(page) == made.codes[2]
    press(page, "Copy codes")
    expect(page.get_by_text("30 ready codes copied, one on each line.")).to_be_visible()
    assert copied(page).split("\n") == made.codes


def test_one_code_is_revoked_and_then_all_that_are_unused(demo: Visitors) -> None:
    page, watcher = demo.person("sales", NORTHWIND), demo.person("admin")
    made = generate(page, 6)
    activate(demo.stranger(), made.links[0], "Katherine Johnson", "katherine@example.org")
    page.goto(made.path)
    watcher.goto(made.path)
    expect(row_of(watcher, made.codes[3])).to_contain_text("READY")

    row_of(page, made.codes[3]).get_by_role("button", name="Revoke code").click()
    expect(dialog(page)).to_contain_text(f"Revoke the code ending {made.codes[3][-4:]}?")
    dialog(page).get_by_role("button", name="Cancel").click()
    expect(row_of(page, made.codes[3])).to_contain_text("READY")
    row_of(page, made.codes[3]).get_by_role("button", name="Revoke code").click()
    dialog(page).get_by_role("button", name="Revoke", exact=True).click()
    for shown in (page, watcher):
        expect(row_of(shown, made.codes[3])).to_contain_text("REVOKED")
    expect(row_of(page, made.codes[3]).get_by_role("button", name="Revoke")).to_have_count(0)

    press(page, "Revoke unused")
    preview = dialog(page)
    expect(preview.get_by_role("heading")).to_have_text("Revoke 4 unused codes?")
    expect(preview).to_contain_text("1 activated code stays as before")
    preview.get_by_role("button", name="Revoke 4").click()
    for shown in (page, watcher):
        expect(shown.get_by_role("row").filter(has_text="REVOKED")).to_have_count(5)
        expect(row_of(shown, made.codes[0])).to_contain_text("Katherine Johnson")
        expect(shown.get_by_role("button", name="Revoke unused")).to_be_disabled()

    holder = demo.stranger()
    assert holder.goto(made.links[1]).status == 404
    expect(holder.get_by_text("This link cannot be used")).to_be_visible()

    watcher.goto(NORTHWIND)
    mine = generate(watcher, 1)
    page.goto(mine.path)
    expect(row_of(page, mine.codes[0])).to_contain_text("READY")
    expect(page.get_by_role("button", name=re.compile("Revoke"))).to_have_count(0)
