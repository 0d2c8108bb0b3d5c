"""The customer's guide "How to Generate Access Codes", followed line by line with real mail."""

import csv
import io
import re

from playwright.sync_api import Page

from tests.e2e.post import Post
from tests.e2e.screens import (
    NORTHWIND,
    acknowledged,
    choose,
    copied,
    dialog,
    downloaded,
    field,
    file_of,
    press,
    row_of,
)
from tests.e2e.visitors import PASSWORD, Visitors, expect

WAIT = (
    "You'll be notified once generated. You need to wait for some time, "
    "based on the number of access codes being generated."
)


def fill_in(page: Page, quantity: str, *, email: str = "") -> None:
    """The modal as far as its last button."""
    # "Click on Add access code button. It'll open up a modal where you can"
    press(page, "Add access code")
    expect(dialog(page).get_by_role("heading")).to_have_text("Add access code")
    # "Only 2000 access codes can be created at max in one batch."
    limit = "Only 2000 access codes can be created at max in one batch."
    expect(field(page, "Number of codes")).to_contain_text(limit)
    # "Select the product for which you want to generate the access code"
    choose(page, "Product", "Research Methods")
    # "Select one of the available plans", and only of that product
    page.get_by_role("combobox", name="Plan").click()
    expect(page.get_by_role("option")).to_have_text(["90 days", "1 year"])
    page.get_by_role("option", name="1 year").click()
    # "Input the number of codes you want generate"
    page.get_by_label("Number of codes").fill(quantity)
    # "Toggle the Send Notification button based on whether you want receive the same set of
    # access codes to your email or not."
    toggle = page.get_by_role("switch", name="Send Notification")
    expect(toggle).not_to_be_checked()
    if email:
        toggle.click()
        address = dialog(page).get_by_label("Email")
        expect(address).to_have_value("sales@demo.test")
        address.fill(email)


def test_the_way_to_the_page_and_standard_generation(demo: Visitors, post: Post) -> None:
    page = demo.person("sales")
    # "Navigate to your project dashboard and click on your project"
    page.get_by_role("link", name="Northwind Academy").click()
    # "Select Edspace from the listed services"
    page.locator(".content").get_by_role("link", name="Edspace").click()
    # "Click on the Access Codes section under Sales heading from left pane"
    pane = page.get_by_role("navigation", name="Main")
    expect(pane).to_contain_text("Sales")
    pane.get_by_role("link", name="Access Codes").click()
    expect(page).to_have_url(f"{demo.server.origin}{NORTHWIND}")

    # 2.1 Standard Generation ( < 150 codes ), without Send Notification
    sent = len(post.mails())
    fill_in(page, "149")
    # "Finally, click on the Generate button to trigger the generation."
    press(page, "Generate")
    # "you'll see an acknowledgement popup that it was generated successfully"
    codes = acknowledged(page, 149)
    # "You can copy all the codes by clicking on Copy codes button"
    press(page, "Copy codes")
    expect(page.get_by_text("149 codes copied, one on each line.")).to_be_visible()
    assert copied(page).split("\n") == codes
    # "Download the codes as CSV to your system by clicking on Download CSV button"
    assert [row["code"] for row in downloaded(page)] == codes
    press(page, "Close")
    assert len(post.mails()) == sent


def test_standard_generation_with_a_mail_to_activate_from(demo: Visitors, post: Post) -> None:
    page = demo.person("sales", NORTHWIND)
    # with Send Notification: "the same set of access codes will be send to the mentioned email."
    fill_in(page, "12", email="buyer@clinic.example")
    press(page, "Generate")
    codes = acknowledged(page, 12)
    press(page, "Close")
    mail = post.to("buyer@clinic.example")
    assert all(code in mail.text and code in mail.html for code in codes)
    assert len(set(mail.links)) >= 12

    # "Where the user will have the option to activate the access code directly from the email."
    page.get_by_role("button", name="View batch").first.click()
    expect(page.get_by_text("sent to buyer@clinic.example")).to_be_visible()
    row = row_of(page, codes[4])
    expect(row).to_contain_text("READY")
    inbox = demo.stranger()
    inbox.set_content(mail.html)
    row_in_mail = inbox.locator("tr", has_text=codes[4]).last
    with inbox.expect_popup() as opened:
        row_in_mail.get_by_role("link", name="Activate").click()
    holder = opened.value
    holder.get_by_label("Your name").fill("Rosalind Franklin")
    holder.get_by_label("Your e-mail").fill("rosalind@clinic.example")
    press(holder, "Activate")
    expect(holder.get_by_role("heading", name="You have access to")).to_be_visible()
    expect(row).to_contain_text("ACTIVATED")
    expect(row).to_contain_text("Rosalind Franklin")
    assert "Research Methods" in post.to("rosalind@clinic.example").text


def test_bulk_generation_and_the_bell(demo: Visitors) -> None:
    page = demo.person("sales", NORTHWIND)
    bell = page.get_by_role("button", name=re.compile("^Notifications"))
    expect(bell).to_be_visible()
    if page.get_by_role("button", name=re.compile(r"^Notifications, \d")).count():
        bell.click()
        press(page, "Mark all read")
        page.keyboard.press("Escape")

    # 2.1 Bulk Generation ( ≥ 150 codes ): "Set the count to ≥ 150 to trigger a bulk generation
    # and click on the Generate codes button at the bottom"
    fill_in(page, "150")
    press(page, "Generate codes")
    # "You'll receive an acknowledgement popup saying the You'll be notified once generated. ..."
    expect(dialog(page)).to_contain_text(WAIT)
    press(page, "Close")
    # "Once generated, you'll see a count in the notification section"
    expect(page.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()
    # "and a new view with the time when the access code was created"
    expect(page.get_by_role("row").nth(1)).to_contain_text("150")
    # "Clicking on the View Results button from notification"
    bell.click()
    expect(page.get_by_text("150 access codes are ready").first).to_be_visible()
    page.get_by_role("button", name="View Results").first.click()
    # "will load all the access codes which was generated in the same batch."
    expect(page.get_by_text("1–25 of 150")).to_be_visible()
    from_bell = page.url
    # "or the view button from the access code page"
    page.get_by_role("link", name="Access Codes").first.click()
    page.get_by_role("button", name="View batch").first.click()
    expect(page.get_by_text("1–25 of 150")).to_be_visible()
    assert page.url == from_bell
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    press(page, "Copy codes")
    expect(page.get_by_text("150 ready codes copied, one on each line.")).to_be_visible()
    assert len(file_of(page).splitlines()) == 151


def test_bulk_generation_with_a_mail_to_download_the_codes(demo: Visitors, post: Post) -> None:
    page = demo.person("sales", NORTHWIND)
    # with Send Notification: "the user will have the option to download the access codes in CSV
    # format."
    fill_in(page, "200", email="registrar@uni.example")
    press(page, "Generate codes")
    expect(dialog(page)).to_contain_text("registrar@uni.example")
    press(page, "Close")
    mail = post.to("registrar@uni.example")
    [link] = [each for each in set(mail.links) if "/download/" in each]
    assert not re.search(r"([2-9B-Z]{4}-){3}[2-9B-Z]{4}", mail.text + mail.html)

    inbox = demo.stranger()
    inbox.set_content(mail.html)
    with inbox.expect_popup() as opened:
        inbox.get_by_role("link", name="Download CSV").first.click()
    reader = opened.value
    expect(reader.get_by_role("heading", name="Sign in")).to_be_visible()
    reader.get_by_label("E-mail", exact=True).fill("sales@demo.test")
    reader.get_by_label("Password").fill(PASSWORD)
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Sign in", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 200

    stranger = demo.person("evaluator")
    assert stranger.request.get(link).status == 404


def test_a_code_for_each_person_and_what_became_of_it(demo: Visitors, post: Post) -> None:
    page = demo.person("sales", NORTHWIND)
    fill_in(page, "3")
    press(page, "Generate")
    acknowledged(page, 3)
    press(page, "Close")
    page.get_by_role("button", name="View batch").first.click()
    press(page, "Send to people")
    people = page.get_by_role("textbox", name="People")
    people.fill("Ada Byron <ada.byron@uni.example>\nwho.550@uni.example\nnobody")
    expect(dialog(page)).to_contain_text("2 addresses, 1 not an address: line 3")
    press(page, "Send 2 codes")
    expect(dialog(page).get_by_role("heading")).to_have_text("2 codes are on their way.")
    press(page, "Close")
    failed = page.get_by_role("row").filter(has_text="who.550@uni.example")
    expect(failed).to_contain_text("failed")

    mail = post.to("ada.byron@uni.example")
    inbox = demo.stranger()
    inbox.set_content(mail.html)
    with inbox.expect_popup() as opened:
        inbox.get_by_role("link", name="Activate").first.click()
    activating = opened.value
    activating.get_by_label("Your name").fill("Ada Byron")
    activating.get_by_label("Your e-mail").fill("ada.byron@uni.example")
    press(activating, "Activate")
    expect(page.get_by_role("row").filter(has_text="Ada Byron")).to_contain_text("ACTIVATED")

    failed.get_by_role("button", name=re.compile("to another address$")).click()
    dialog(page).get_by_label("E-mail").fill("grace.h@uni.example")
    press(page, "Send")
    assert post.to("grace.h@uni.example")
    expect(page.get_by_role("row").filter(has_text="grace.h@uni.example")).to_contain_text("sent")
