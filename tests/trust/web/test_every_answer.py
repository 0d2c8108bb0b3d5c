"""T30: headers, hosts and redirects of everything that the program answers."""

import itertools
import re

import httpx
import pytest
from nicegui import __version__

from services.settings import Settings
from tests.cast import PASSWORD
from tests.matrix.path_rows import path_of
from tests.matrix.world import World
from tests.trust.figures import held
from tests.trust.web.evil import HOST, addresses, leads_away
from tests.ui.door.site import browser as visiting
from tests.ui.door.site import form_of, opened
from tests.ui.screens.test_downloads import browser
from ui import routes
from ui.door import headers

ROUTES = (*routes.SUB_PAGES, *routes.DOWNLOADS, *routes.PUBLIC)
OTHERS = (
    *("/nope", "/w/A B", "//x", "/docs", "/openapi.json", routes.FAVICON, "/static/tokens.css"),
    *("/static/../main.py", "/static/%2e%2e/app.py", "/_nicegui_ws/socket.io/?EIO=4"),
    *("/_nicegui/client/1/upload/2", f"/_nicegui/{__version__}/static/nicegui.js"),
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT")
DEMANDED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FRAMED = re.compile(r"frame-ancestors '(none|self)'")
UNSAFE = re.compile(r"(script|default)-src[^;]*unsafe")
ONLY_CHANGES = {routes.LOGOUT}
"""Left to the end: it would end the session of who crawls."""


def wanting(answer: httpx.Response) -> list[str]:
    """Which protections the answer is without."""
    told, path = answer.headers, answer.request.url.path
    found = [name for name, value in DEMANDED.items() if told.get(name) != value]
    if told.get("content-security-policy") == headers.PREVIEW:
        found.remove("x-frame-options")
    policy = told.get("content-security-policy", "")
    found += [] if FRAMED.search(policy) and "default-src" in policy else ["policy"]
    is_kept = told.get("cache-control") == "no-store" or path.startswith(("/static/", "/_nicegui/"))
    found += [] if is_kept or path == routes.FAVICON else ["no-store"]
    runs = UNSAFE.search(policy) and "x-nicegui-content" not in told
    found += ["script"] if runs else []
    found += ["server"] if "server" in told else []
    location = told.get("location", "")
    found += [location] if leads_away(location, str(answer.request.url)) else []
    found += ["5xx"] if answer.status_code >= 500 else []
    return found


async def test_every_answer_has_every_header(world: World) -> None:
    paths = [path_of(route, world) for route in ROUTES if route not in ONLY_CHANGES]
    seen, wrong = 0, list[str]()
    for who in (None, world.here["O"], world.here["S"], world.elsewhere["E"]):
        async with browser(who) as person:
            for method, path in itertools.product(METHODS, (*paths, *OTHERS, routes.LOGOUT)):
                answer = await person.request(method, f"http://127.0.0.1:8080{path}")
                seen += 1
                wrong += [f"{method} {path}: {each}" for each in wanting(answer)]
    held(
        test="T30",
        figure=f"{seen} answers, {len(wrong)} without a header",
        target="0 without",
        holds=not wrong,
        why="; ".join(wrong[:9]),
    )


async def test_every_answer_over_https_says_that_it_stays_https(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin, without, seen = "https://codes.example.org", list[str](), 0
    async with opened(monkeypatch, public_url=origin), visiting(origin=origin) as visitor:
        for method, path in itertools.product(METHODS, (*ROUTES, *OTHERS)):
            answer = await visitor.request(method, f"{origin}{path}")
            seen += 1
            stays = answer.headers.get("strict-transport-security") == headers.A_YEAR
            without += [] if stays else [f"{method} {path}"]
        foreign = await visitor.get(f"{origin}/", headers={"host": HOST})
        without += [] if "strict-transport-security" in foreign.headers else [HOST]
    held(
        test="T30",
        figure=f"{len(without)} of {seen + 1} answers over https without Strict-Transport-Security",
        target="0",
        holds=not without,
        why="; ".join(without[:9]),
    )


async def test_no_path_answers_to_another_name(world: World) -> None:
    paths = [*(path_of(route, world) for route in ROUTES), *OTHERS]
    names = (
        HOST,
        f"127.0.0.1.{HOST}",
        f"127.0.0.1@{HOST}",
        f"{HOST}:8080",
        "",
        "a b",
        "127.0.0.1/",
    )
    wrong: list[str] = []
    async with browser(world.here["O"]) as person:
        for name, path in itertools.product(names, paths):
            answer = await person.get(f"http://127.0.0.1:8080{path}", headers={"host": name})
            wrong += [] if answer.status_code == 400 else [f"{name} {path} {answer.status_code}"]
    held(
        test="T30",
        figure=f"{len(wrong)} of {len(names) * len(paths)} answered for a foreign host",
        target="0",
        holds=not wrong,
        why="; ".join(wrong[:9]),
    )


async def test_no_value_leads_a_browser_to_another_host(world: World, any_number: None) -> None:
    evil, wrong = addresses(), list[str]()
    entered = {"email": world.here["S"].email, "password": PASSWORD}
    async with browser(world.here["S"]) as person, browser() as visitor:
        for value in evil:
            form = await form_of(visitor, routes.LOGIN)
            answers = [
                await person.get(routes.LOGIN, params={"next": value}),
                await visitor.get(routes.LOGIN, params={"next": value}),
                await visitor.post(routes.LOGOUT, data={"next": value}),
                await visitor.get(routes.HOME, headers=_claims(value)),
                await visitor.post(routes.LOGIN, data=form | entered | {"next": value}),
            ]
            visitor.cookies.delete("tallystick")
            for answer in answers:
                location = answer.headers.get("location", "")
                if leads_away(location, "http://127.0.0.1:8080/login") or HOST in _acted(answer):
                    wrong.append(f"{answer.request.method} {value!r} {location!r}")
    held(
        test="T30",
        figure=f"{len(wrong)} redirects to elsewhere of {len(evil)} values",
        target="0 of 200 or more",
        holds=not wrong and len(evil) >= 200,
        why="; ".join(wrong[:9]),
    )


def _claims(value: str) -> dict[str, str]:
    plain = "".join(c for c in value if c.isprintable() and c.isascii())
    names = ("x-forwarded-prefix", "x-forwarded-host", "x-original-url", "x-rewrite-url")
    return dict.fromkeys((*names, "x-forwarded-proto", "forwarded", "referer"), plain)


def _acted(answer: httpx.Response) -> str:
    """Where a form or a link of the page leads."""
    return " ".join(re.findall(r'(?:action|href|src|content)="([^"]*)"', answer.text))
