"""The page between password and session: for one browser, for minutes, and for one account."""

import time
from collections.abc import AsyncIterator

import httpx
import pytest
import time_machine

from models import Authenticator, Session, User
from services import factor_proof, second_step, sessions
from services.actor import Actor
from tests.second_factors import App, with_app
from tests.ui.door.site import browser, form_of, hidden_fields, owner_token, sent, sign_in
from ui import routes
from ui.door import forms

HALF_WAY = "tallystick-half-way"


@pytest.fixture
async def app(site: None) -> App:
    """Of Ada, the owner."""
    actor = await sessions.find(await owner_token())
    assert isinstance(actor, Actor)
    return await with_app(actor)


@pytest.fixture
async def visitor(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with browser() as client:
        yield client


async def prove(visitor: httpx.AsyncClient, code: str, **typed: str) -> httpx.Response:
    return await sent(visitor, routes.SECOND_FACTOR, code=code, **typed)


async def test_the_password_leads_to_the_second_page_and_no_further(
    visitor: httpx.AsyncClient, app: App
) -> None:
    answer = await sign_in(visitor)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.SECOND_FACTOR)
    assert "tallystick" not in visitor.cookies and HALF_WAY in visitor.cookies
    assert (await visitor.get(routes.HOME)).status_code == 303
    page = await visitor.get(routes.SECOND_FACTOR)
    assert page.status_code == 200
    for words in ("Code from your app, or a recovery code", "Use another account", "ada@example"):
        assert words in page.text
    assert "<script" not in page.text and app.secret not in page.text


@pytest.mark.parametrize("kind", ["app", "recovery"])
async def test_a_code_opens_the_page_that_was_asked_for(
    visitor: httpx.AsyncClient, app: App, kind: str
) -> None:
    target = routes.access_codes("acme")
    first = await sent(
        visitor, routes.login(target), email="ada@example.org", password="nine wooden spoons"
    )
    path = first.headers["location"]
    assert path == routes.second_factor(target)
    code = app.code() if kind == "app" else app.recovery[4].lower()
    answer = await visitor.post(path, data=await form_of(visitor, path) | {"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, target)
    assert "tallystick" in visitor.cookies and HALF_WAY not in visitor.cookies
    assert (await visitor.get(routes.HOME)).status_code == 200
    assert (await visitor.get(routes.SECOND_FACTOR)).headers["location"] == routes.LOGIN


async def test_a_wrong_code_is_said_at_its_field_and_not_shown_again(
    visitor: httpx.AsyncClient, app: App
) -> None:
    await sign_in(visitor)
    answer = await prove(visitor, "22222-22222-22222-22222")
    assert answer.status_code == 422
    assert factor_proof.WRONG in answer.text and "22222-22222" not in answer.text
    assert (await prove(visitor, "")).status_code == 422
    assert (await prove(visitor, app.code())).status_code == 303


async def test_too_many_tries_say_how_long_to_wait(visitor: httpx.AsyncClient) -> None:
    await sign_in(visitor)
    answers = [await prove(visitor, "22222-22222-22222-22222") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 3 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) in range(20, 31)


async def test_without_the_password_there_is_no_such_page(
    visitor: httpx.AsyncClient, app: App
) -> None:
    assert (await visitor.get(routes.SECOND_FACTOR)).headers["location"] == routes.LOGIN
    fields = await form_of(visitor, routes.LOGIN)
    answer = await visitor.post(routes.SECOND_FACTOR, data=fields | {"code": app.code()})
    assert answer.headers["location"] == routes.login(late=True)
    for forged in ("junk", "", "WzEsICIiLCAiIl0.aaaa.bbbb"):
        visitor.cookies.set(HALF_WAY, forged, domain="127.0.0.1")
        assert (await visitor.get(routes.SECOND_FACTOR)).status_code == 303
    assert not await Session.filter(method__in=["TOTP", "RECOVERY"]).exists()


async def test_the_cookie_is_worth_nothing_in_another_browser(
    visitor: httpx.AsyncClient, app: App
) -> None:
    await sign_in(visitor)
    async with browser() as other:
        await other.get(routes.LOGIN)
        other.cookies.set(HALF_WAY, visitor.cookies[HALF_WAY], domain="127.0.0.1")
        assert (await other.get(routes.SECOND_FACTOR)).status_code == 303
        fields = await form_of(other, routes.LOGIN)
        other.cookies.set(HALF_WAY, visitor.cookies[HALF_WAY], domain="127.0.0.1")
        answer = await other.post(routes.SECOND_FACTOR, data=fields | {"code": app.code()})
        assert answer.headers["location"] == routes.login(late=True)
        assert "tallystick" not in other.cookies


async def test_it_lasts_five_minutes(visitor: httpx.AsyncClient, app: App) -> None:
    await sign_in(visitor)
    fields, held = await form_of(visitor, routes.SECOND_FACTOR), visitor.cookies[HALF_WAY]
    with time_machine.travel(time.time() + second_step.LASTS.total_seconds() + 2, tick=False):
        visitor.cookies.set(HALF_WAY, held, domain="127.0.0.1")
        answer = await visitor.post(routes.SECOND_FACTOR, data=fields | {"code": app.code()})
        assert answer.headers["location"] == routes.login(late=True)
        assert second_step.OVER.split(",")[0] in (await visitor.get(routes.login(late=True))).text


async def test_use_another_account_forgets_it(visitor: httpx.AsyncClient) -> None:
    await sign_in(visitor)
    await visitor.get(routes.LOGIN)
    assert HALF_WAY not in visitor.cookies
    assert (await visitor.get(routes.SECOND_FACTOR)).status_code == 303


@pytest.mark.parametrize("how", ["disabled", "password", "app"])
async def test_a_changed_account_begins_anew(
    visitor: httpx.AsyncClient, app: App, how: str
) -> None:
    await sign_in(visitor)
    fields = await form_of(visitor, routes.SECOND_FACTOR)
    if how == "disabled":
        await User.all().update(disabled_at="2026-01-01T00:00:00Z")
    elif how == "password":
        await User.all().update(password_hash="another")
    else:
        await Authenticator.all().delete()
    answer = await visitor.post(routes.SECOND_FACTOR, data=fields | {"code": app.code()})
    assert answer.headers["location"] == routes.login(late=True)
    assert "tallystick" not in visitor.cookies


async def test_a_form_from_elsewhere_is_shown_again(visitor: httpx.AsyncClient, app: App) -> None:
    await sign_in(visitor)
    fields = await form_of(visitor, routes.SECOND_FACTOR)
    code = {"code": app.code()}
    elsewhere = {"origin": "https://evil.example"}
    stale = await visitor.post(routes.SECOND_FACTOR, data=fields | code, headers=elsewhere)
    assert (stale.status_code, forms.STALE in stale.text) == (403, True)
    assert app.code() not in stale.text
    bare = await visitor.post(routes.SECOND_FACTOR, data=code)
    assert bare.status_code == 403
    again = await visitor.post(routes.SECOND_FACTOR, data=hidden_fields(stale.text) | code)
    assert again.status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil", "/setup"])
async def test_it_never_leads_elsewhere(visitor: httpx.AsyncClient, app: App, target: str) -> None:
    await sign_in(visitor, next=target)
    fields = await form_of(visitor, routes.SECOND_FACTOR)
    sent_on = fields | {"code": app.code(), "next": target}
    answer = await visitor.post(routes.SECOND_FACTOR, data=sent_on)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.HOME)
