"""Sign in, sign out, first start."""

from collections.abc import AsyncIterator

import httpx
import pytest
import time_machine

from services import sessions, setup_token
from services.settings import Settings
from tests.ui.door.site import (
    ORIGIN,
    browser,
    form_of,
    hidden_fields,
    opened,
    owner_token,
    sign_in,
    signed_in,
)
from ui import routes
from ui.door import forms


@pytest.fixture
async def visitor(site: None) -> AsyncIterator[httpx.AsyncClient]:
    await owner_token()
    async with browser() as client:
        yield client


async def test_the_right_password_opens_the_page_that_was_asked_for(
    visitor: httpx.AsyncClient,
) -> None:
    asked = await visitor.get(routes.access_codes("acme"))
    path = asked.headers["location"]
    fields = await form_of(visitor, path)
    answer = await visitor.post(
        path, data=fields | {"email": "ada@example.org", "password": "nine wooden spoons"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, routes.access_codes("acme"))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("tallystick=")
    assert "HttpOnly" in cookie
    assert (await visitor.get(routes.HOME)).status_code == 200


async def test_a_wrong_password_keeps_the_address_and_never_the_password(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await sign_in(visitor, password="wrong wooden spoons")
    assert answer.status_code == 422
    assert 'value="ada@example.org"' in answer.text
    assert "wrong wooden" not in answer.text
    assert sessions.WRONG in answer.text
    assert "tallystick" not in visitor.cookies


async def test_too_many_tries_say_how_long_to_wait(visitor: httpx.AsyncClient) -> None:
    for _ in range(10):
        answer = await sign_in(visitor, email="", password="wrong wooden spoons")
    answers = [await sign_in(visitor, password="wrong wooden spoons") for _ in range(11)]
    assert answer.status_code == 422
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["retry-after"]) <= 30
    assert "Too many tries." in answers[-1].text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/w/acme\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/logout",
        "/nope",
        "/%2f/evil.example",
        "",
    ],
)
async def test_a_sign_in_never_leads_elsewhere(visitor: httpx.AsyncClient, target: str) -> None:
    answer = await sign_in(visitor, next=target)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.HOME)


async def test_signing_in_again_ends_the_session_before(visitor: httpx.AsyncClient) -> None:
    fields = await form_of(visitor, routes.LOGIN)
    await sign_in(visitor)
    first = visitor.cookies["tallystick"]
    entered = {"email": "ada@example.org", "password": "nine wooden spoons"}
    await visitor.post(routes.LOGIN, data=fields | entered)
    assert visitor.cookies["tallystick"] != first
    assert await sessions.find(first) is None
    assert (await visitor.get(routes.LOGIN)).headers["location"] == routes.HOME


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8080"},
    ],
)
async def test_a_form_from_elsewhere_is_shown_again(
    visitor: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    fields = await form_of(visitor, routes.LOGIN)
    entered = {"email": "ada@example.org", "password": "nine wooden spoons"}
    answer = await visitor.post(routes.LOGIN, data=fields | entered, headers=headers)
    assert answer.status_code == 403
    assert forms.STALE in answer.text
    assert 'value="ada@example.org"' in answer.text
    assert "wooden" not in answer.text


async def test_without_an_origin_the_browser_must_say_same_origin(site: None) -> None:
    await owner_token()
    async with browser() as visitor:
        del visitor.headers["origin"]
        assert (await sign_in(visitor)).status_code == 403
        visitor.headers["sec-fetch-site"] = "cross-site"
        assert (await sign_in(visitor)).status_code == 403
        visitor.headers["sec-fetch-site"] = "same-origin"
        assert (await sign_in(visitor)).status_code == 303


async def test_a_token_of_another_browser_is_worth_nothing(visitor: httpx.AsyncClient) -> None:
    async with browser() as other:
        theirs = await form_of(other, routes.LOGIN)
    await visitor.get(routes.LOGIN)
    entered = {"email": "ada@example.org", "password": "nine wooden spoons"}
    for token in (theirs["csrf"], "", "junk", "ÿ"):
        answer = await visitor.post(routes.LOGIN, data=entered | {"csrf": token})
        assert answer.status_code == 403


async def test_a_form_opened_yesterday_works_at_the_second_press(
    visitor: httpx.AsyncClient,
) -> None:
    entered = {"email": "ada@example.org", "password": "nine wooden spoons"}
    with time_machine.travel("2027-03-01T10:00:00Z", tick=False):
        fields = await form_of(visitor, routes.LOGIN)
        binding = visitor.cookies["tallystick-form"]
    with time_machine.travel("2027-03-02T10:00:00Z", tick=False):
        visitor.cookies.set("tallystick-form", binding, domain="127.0.0.1")
        stale = await visitor.post(routes.LOGIN, data=fields | entered)
        assert (stale.status_code, forms.STALE in stale.text) == (403, True)
        again = await visitor.post(routes.LOGIN, data=hidden_fields(stale.text) | entered)
        assert again.status_code == 303


async def test_signing_out_ends_the_session(site: None) -> None:
    async with await signed_in() as person:
        token = person.cookies["tallystick"]
        assert (await person.post(routes.LOGOUT, data={"csrf": "junk"})).status_code == 403
        assert await sessions.find(token)
        own = forms._token("sign-out", token)
        elsewhere = {"origin": "https://evil.example"}
        forged = await person.post(routes.LOGOUT, data={"csrf": own}, headers=elsewhere)
        assert forged.status_code == 403
        answer = await person.post(routes.LOGOUT, data={"csrf": own})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?signed_out=1")
    assert 'tallystick=""; ' in answer.headers["set-cookie"]
    assert await sessions.find(token) is None


async def test_the_first_start_leads_to_the_owner_form_which_works_once(site: None) -> None:
    from_setup = {"name": "Ada", "email": "ada@example.org", "password": "nine wooden spoons"}
    async with browser() as visitor:
        assert (await visitor.get(routes.LOGIN)).headers["location"] == routes.SETUP
        fields = await form_of(visitor, routes.SETUP)
        wrong = await visitor.post(routes.SETUP, data=fields | from_setup | {"token": "wrong"})
        assert wrong.status_code == 422
        assert 'value="Ada"' in wrong.text
        assert "wooden" not in wrong.text
        token = await setup_token.issue()
        made = await visitor.post(routes.SETUP, data=fields | from_setup | {"token": token})
        assert (made.status_code, made.headers["location"]) == (303, routes.HOME)
        assert (await visitor.get(routes.HOME)).status_code == 200
        assert (await visitor.get(routes.SETUP)).status_code == 404
        again = await visitor.post(routes.SETUP, data=fields | from_setup | {"token": token})
        assert again.status_code == 404


async def test_the_demo_names_its_accounts(db: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(monkeypatch, demo="true"), browser(origin=ORIGIN) as visitor:
        await owner_token()
        page = await visitor.get(routes.LOGIN)
    assert "demo-tallystick" in page.text
    assert "evaluator@demo.test" in page.text


async def test_the_process_and_its_database_are_well(visitor: httpx.AsyncClient) -> None:
    for path in (routes.HEALTHZ, routes.READYZ):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_a_browser_in_which_somebody_signed_in_is_not_slowed_by_strangers(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await sign_in(visitor)
    assert answer.status_code == 303
    assert "tallystick-known" in visitor.cookies
    known = visitor.cookies["tallystick-known"]
    visitor.cookies.clear()
    for _ in range(4):
        refused = await sign_in(visitor, password="wrong wooden spoons")
    assert refused.status_code == 429
    visitor.cookies.set("tallystick-known", known, domain="127.0.0.1")
    assert (await sign_in(visitor)).status_code == 303
