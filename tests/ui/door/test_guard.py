"""Who gets as far as NiceGUI."""

import itertools

import httpx
import pytest
from nicegui import Client, __version__, app

from tests.ui.door.site import browser, signed_in
from ui import routes

pytestmark = pytest.mark.usefixtures("site")

APPLICATION = [
    routes.HOME,
    routes.workspace("acme"),
    routes.edspace("acme"),
    routes.products("acme"),
    routes.access_codes("acme"),
    routes.batch("acme", 7),
    routes.cyberpass("acme"),
]
UNKNOWN = ["/nope", "/w/", "/w/A B", "/W/acme", "/w/acme/", "//evil.example", "/docs", "/login/"]
INTERNAL = [
    "/_nicegui_ws/socket.io/?EIO=4&transport=polling",
    "/_nicegui/client/1/upload/2",
    "/_nicegui/nope",
    f"/_nicegui/{__version__}/nope",
    f"/_nicegui/{__version__}/static/nope.js",
    f"/_nicegui/{__version__}/resources//x",
    f"/_nicegui/{__version__}/dynamic_resources/x",
    "/_nicegui/auto/static/x/y",
]
PUBLIC = ["/login", "/redeem", "/setup", "/a/junk", "/healthz", "/readyz", "/static/nope.css"]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]


async def test_a_thousand_signed_out_requests_of_every_kind_make_no_client() -> None:
    Client.instances.clear()
    asked = itertools.product(APPLICATION + UNKNOWN + INTERNAL + PUBLIC, METHODS)
    async with browser() as visitor:
        for method, path in itertools.islice(itertools.cycle((m, p) for p, m in asked), 1000):
            await visitor.request(method, f"http://127.0.0.1:8080{path}")
    assert Client.instances == {}


@pytest.mark.parametrize("path", APPLICATION)
async def test_signed_out_a_page_leads_to_the_sign_in_and_back(path: str) -> None:
    async with browser() as visitor:
        for method in ("GET", "HEAD"):
            answer = await visitor.request(method, f"{path}?tab=2")
            assert answer.status_code == 303
            assert httpx.URL(answer.headers["location"]).params["next"] == f"{path}?tab=2"
        assert (await visitor.post(path)).status_code == 404


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_unknown_path_is_a_plain_404_for_everybody(path: str) -> None:
    async with browser() as visitor, await signed_in() as person:
        Client.instances.clear()
        for client in (visitor, person):
            answer = await client.get(f"http://127.0.0.1:8080{path}")
            assert answer.status_code == 404
            assert "text/html" in answer.headers["content-type"]
            assert "Reference" in answer.text
    assert Client.instances == {}


async def test_signed_in_a_page_is_built_once_for_get_and_never_for_head() -> None:
    async with await signed_in() as person:
        Client.instances.clear()
        head = await person.head(routes.HOME)
        assert (head.status_code, head.content, Client.instances) == (200, b"", {})
        answer = await person.get(routes.HOME)
        assert answer.status_code == 200
        assert answer.headers["x-nicegui-content"] == "page"
        assert len(Client.instances) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_signed_in_a_page_takes_no_other_method(method: str) -> None:
    async with await signed_in() as person:
        answer = await person.request(method, routes.workspace("acme"))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_head_of_a_public_page_is_its_get_without_the_body() -> None:
    async with browser() as visitor:
        get, head = await visitor.get(routes.REDEEM), await visitor.head(routes.REDEEM)
    assert head.content == b""
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(get.content)))


async def test_polling_is_refused() -> None:
    async with await signed_in() as person:
        answer = await person.get(INTERNAL[0])
    assert answer.status_code == 400


async def test_assets_need_no_session() -> None:
    async with browser() as visitor:
        for path in (f"/_nicegui/{__version__}/static/nicegui.js", "/static/tokens.css"):
            answer = await visitor.get(path)
            assert answer.status_code == 200, path
            assert "max-age" in answer.headers["cache-control"] or "/static/" in path


async def test_an_ended_session_is_no_session() -> None:
    async with await signed_in() as person:
        person.cookies.set("tallystick", "x" * 43)
        assert (await person.get(routes.HOME)).status_code == 303
        person.cookies.set("tallystick", "x" * 4000)
        assert (await person.get(routes.HOME)).status_code == 303


async def test_a_query_of_raw_bytes_is_refused_quietly(caplog: pytest.LogCaptureFixture) -> None:
    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/login",
        "raw_path": b"/login",
        "query_string": b"next=\xff\xfe",
        "headers": [(b"host", b"127.0.0.1:8080")],
        "client": ("203.0.113.5", 1),
        "server": ("127.0.0.1", 8080),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    await app(scope, receive, send)  # pyright: ignore[reportArgumentType]
    assert statuses == [400]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
