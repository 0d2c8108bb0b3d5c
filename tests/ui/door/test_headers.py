"""The headers of each kind of page."""

import pytest
from nicegui import __version__

from services.settings import Settings
from tests.ui.door.site import browser, opened, signed_in
from ui import routes
from ui.door import headers


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("path", [routes.REDEEM, "/nope", "/a/junk", routes.SETUP, "/w/acme"])
async def test_public_pages_run_nothing_and_are_not_stored(path: str) -> None:
    async with browser() as visitor:
        answer = await visitor.get(path)
    assert answer.headers["content-security-policy"] == headers.PUBLIC
    assert "script" not in headers.PUBLIC
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


@pytest.mark.usefixtures("site")
async def test_application_pages_talk_to_their_own_host_only() -> None:
    async with await signed_in() as person:
        answer = await person.get(routes.HOME)
    assert answer.headers["content-security-policy"] == headers.APPLICATION
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("site")
async def test_only_assets_that_exist_are_stored() -> None:
    static = f"/_nicegui/{__version__}/static"
    async with browser() as visitor:
        found = await visitor.get(f"{static}/nicegui.js")
        missing = await visitor.get(f"{static}/nope.js")
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["content-security-policy"] == headers.ASSET
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")


@pytest.mark.usefixtures("site")
async def test_activation_pages_are_not_indexed() -> None:
    async with browser() as visitor:
        assert (await visitor.get("/a/junk")).headers["x-robots-tag"] == "noindex"


async def test_https_is_remembered_and_its_cookies_belong_to_the_host(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = "https://codes.example.org"
    async with opened(monkeypatch, public_url=origin):
        async with browser(origin=origin) as visitor:
            answer = await visitor.get(routes.REDEEM)
        cookie = answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert cookie.startswith("__Host-tallystick-form=")
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
        assert "Domain" not in cookie
        async with browser(origin="http://codes.example.org") as lost:
            page = await lost.get(routes.LOGIN)
        assert f"{origin}/login" in page.text
        assert "password" not in page.text
