from tests.e2e.visitors import Visitors, expect


def test_probe(demo: Visitors) -> None:
    page = demo.person("sales", "/w/northwind-academy/edspace/access-codes")
    expect(page.get_by_role("row")).not_to_have_count(0)
    page.get_by_role("button", name="Add access code").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    print(page.locator(".q-dialog").aria_snapshot())
    print(page.locator("body").aria_snapshot()[:6000])
    page.screenshot(path="/tmp/probe.png")
