"""Somebody without an account uses a code while others look on."""

from playwright.sync_api import Page

from tests.e2e.screens import (
    NORTHWIND,
    activate,
    choose,
    generate,
    never_reloaded,
    press,
    row_of,
    still_here,
)
from tests.e2e.visitors import Visitors, expect


def posts_of(page: Page) -> list[str]:
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    return posts


def test_a_row_turns_activated_before_the_eyes_of_who_watches(demo: Visitors) -> None:
    watcher = demo.person("sales", NORTHWIND)
    made = generate(watcher, 60)
    watcher.goto(made.path)
    choose(watcher, "All statuses", "READY")
    expect(watcher.get_by_text("1–25 of 60")).to_be_visible()
    press(watcher, "Next page")
    expect(watcher.get_by_text("26–50 of 60")).to_be_visible()
    watched = row_of(watcher, made.codes[45])
    watched.scroll_into_view_if_needed()
    expect(watched).to_contain_text("READY")
    never_reloaded(watcher)
    height = watcher.evaluate("window.scrollY")
    assert height > 0

    holder = demo.stranger()
    posts = posts_of(holder)
    activate(holder, made.links[45], "Grace Hopper", "grace@example.org")
    expect(watched).to_contain_text("ACTIVATED")
    expect(watched).to_contain_text("Grace Hopper")
    expect(watched).to_contain_text("grace@example.org")
    expect(watcher.locator(".stat", has_text="Activated").locator("b")).to_have_text("1")
    expect(watcher.get_by_text("26–50 of 60")).to_be_visible()
    expect(watcher.get_by_role("combobox", name="All statuses")).to_have_value("READY")
    assert watcher.evaluate("window.scrollY") == height
    assert still_here(watcher)

    holder.reload()
    expect(holder.get_by_role("heading", name="You have access to")).to_be_visible()
    holder.go_back()
    holder.go_forward()
    assert len(posts) == 1, "Back and reload post nothing again"


def test_an_activated_link_asks_who_you_are_before_it_tells_anything(demo: Visitors) -> None:
    made = generate(demo.person("sales", NORTHWIND), 1)
    holder = demo.stranger()
    activate(holder, made.links[0], "Ada Lovelace", "ada.lovelace@example.org")
    expect(holder.get_by_text("ada.lovelace@example.org")).to_be_visible()

    curious = demo.stranger()
    curious.goto(made.links[0])
    expect(curious.get_by_text("Already activated on")).to_be_visible()
    curious.get_by_label("Your e-mail").fill("somebody@example.org")
    press(curious, "Show my access")
    refusal = "This code can't be used here. Check it, or ask the person who gave it to you."
    expect(curious.get_by_text(refusal)).to_be_visible()
    assert "Lovelace" not in curious.content()
    assert "ada." not in curious.content()

    curious.get_by_label("Your e-mail").fill("ADA.Lovelace@Example.org")
    press(curious, "Show my access")
    expect(curious.get_by_role("heading", name="You have access to")).to_be_visible()


def test_a_code_may_be_typed_as_people_type(demo: Visitors) -> None:
    made = generate(demo.person("sales", NORTHWIND), 3)
    page = demo.stranger()
    page.goto("/redeem")

    def enter(code: str) -> None:
        page.get_by_label("Code", exact=True).fill(code)
        page.get_by_label("Your name").fill("Lise Meitner")
        page.get_by_label("Your e-mail").fill("lise@example.org")
        press(page, "Redeem")

    letters = made.codes[0].replace("-", "")
    swapped = letters[1] + letters[0] + letters[2:]
    wrong = swapped if swapped != letters else letters[:-2] + letters[-1] + letters[-2]
    enter(wrong)
    expect(page.get_by_role("alert")).to_contain_text("That code has a typing mistake.")
    expect(page.get_by_label("Code", exact=True)).to_have_value(wrong)
    enter("")
    expect(page.locator(".field", has_text="Code").locator(".error").first).to_be_visible()

    enter(f"  {made.codes[0].lower().replace('-', ' — ')}\u200b ")
    expect(page.get_by_role("heading", name="You have access to")).to_be_visible()

    page.goto("/redeem")
    enter("".join(chr(ord(c) + 0xFEE0) for c in made.codes[1]))  # full-width letters
    expect(page.get_by_role("heading", name="You have access to")).to_be_visible()

    page.goto("/redeem")
    enter(made.links[2])
    expect(page.get_by_role("heading", name="You have access to")).to_be_visible()
    # a second plan of the same kind continues where the first ends
    expect(page.get_by_text("When the access you already have ends.")).to_be_visible()


def test_two_presses_are_one_activation(demo: Visitors) -> None:
    seller = demo.person("sales", NORTHWIND)
    made = generate(seller, 2)
    seller.goto(made.path)
    holder = demo.stranger()
    holder.goto(made.links[0])
    holder.get_by_label("Your name").fill("Emmy Noether")
    holder.get_by_label("Your e-mail").fill("emmy@example.org")
    holder.get_by_role("button", name="Activate").dblclick(no_wait_after=True)
    expect(holder.get_by_role("heading", name="You have access to")).to_be_visible()
    expect(row_of(seller, made.codes[0])).to_contain_text("Emmy Noether")
    expect(seller.locator(".stat", has_text="Activated").locator("b")).to_have_text("1")
    expect(seller.locator(".stat", has_text="Ready").locator("b")).to_have_text("1")
