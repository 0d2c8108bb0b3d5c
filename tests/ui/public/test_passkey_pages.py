"""The passkey's button on the plain pages, and what its script asks and sends."""

from collections.abc import AsyncIterator

import httpx
import pytest

from models import Passkey, PasskeyChallenge, Session, User
from models.enums import SignInMethod
from services import passkey_answers, passkey_sign_in, passkeys, sessions
from services.settings import Settings
from services.zones import now
from tests.pocket import Pocket
from tests.ui.door.site import browser, form_of, opened, owner_token, sign_in
from ui import routes
from ui.door import forms, headers

ORIGIN = "http://localhost:8080"


@pytest.fixture
async def visitor(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    passkey_sign_in.by_address.cache_clear()
    async with opened(monkeypatch, public_url=ORIGIN), browser(origin=ORIGIN) as client:
        await owner_token()
        yield client


async def carried(token: str = "") -> Pocket:
    """A passkey of Ada's, added at that session."""
    actor = await sessions.find(token or await owner_token())
    assert actor
    pocket = Pocket(origin=ORIGIN, rp_id="localhost")
    answer = pocket.make(await passkeys.begin_adding(actor, "Phone"))
    await passkeys.add(actor, name="Phone", answer=answer)
    return pocket


async def sent(client: httpx.AsyncClient, path: str, **typed: str) -> httpx.Response:
    token = (await form_of(client, routes.LOGIN))["csrf"] if "csrf" not in typed else ""
    return await client.post(path, data={"csrf": token} | typed)


async def test_a_passkey_opens_the_page_that_was_asked_for(visitor: httpx.AsyncClient) -> None:
    pocket = await carried()
    options = (await sent(visitor, routes.PASSKEY_OPTIONS)).json()
    target = routes.access_codes("acme")
    answer = await sent(visitor, routes.PASSKEY_SIGN_IN, answer=pocket.sign(options), next=target)
    assert (answer.status_code, answer.json()) == (200, {"to": target})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("tallystick=") and "HttpOnly" in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert (await visitor.get(routes.HOME)).status_code == 200
    newest = await Session.all().order_by("-id").first()
    assert newest and newest.method is SignInMethod.PASSKEY


async def test_it_never_leads_elsewhere(visitor: httpx.AsyncClient) -> None:
    pocket = await carried()
    options = (await sent(visitor, routes.PASSKEY_OPTIONS)).json()
    answer = await sent(
        visitor, routes.PASSKEY_SIGN_IN, answer=pocket.sign(options), next="//evil.example"
    )
    assert answer.json() == {"to": routes.HOME}


async def test_a_refusal_is_a_sentence_and_opens_nothing(visitor: httpx.AsyncClient) -> None:
    pocket = await carried()
    await Passkey.all().delete()
    options = (await sent(visitor, routes.PASSKEY_OPTIONS)).json()
    answer = await sent(visitor, routes.PASSKEY_SIGN_IN, answer=pocket.sign(options))
    assert (answer.status_code, answer.json()) == (422, {"message": passkey_answers.REFUSED})
    assert "tallystick" not in visitor.cookies
    assert (await sent(visitor, routes.PASSKEY_SIGN_IN)).status_code == 422


async def test_too_many_say_how_long_to_wait(visitor: httpx.AsyncClient) -> None:
    answers = [await sent(visitor, routes.PASSKEY_OPTIONS) for _ in range(21)]
    assert [each.status_code for each in answers] == [200] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 60
    assert "Too many tries." in answers[-1].json()["message"]


@pytest.mark.parametrize(
    "path",
    [
        routes.PASSKEY_OPTIONS,
        routes.PASSKEY_SIGN_IN,
        routes.CONFIRM_OPTIONS,
        routes.CONFIRM_PASSKEY,
    ],
)
async def test_only_a_page_of_ours_asks(visitor: httpx.AsyncClient, path: str) -> None:
    visitor.cookies.set("tallystick", await owner_token())
    good = {"csrf": (await form_of(visitor, routes.REDEEM))["csrf"]}
    evil = {"origin": "https://evil.example"}
    refused = [
        await visitor.post(path, data=good, headers=evil),
        await visitor.post(path, data={"csrf": "junk"}),
        await visitor.post(path),
        await visitor.post(path, json=good),
    ]
    assert [each.status_code for each in refused] == [403] * 4
    assert {each.json()["message"] for each in refused} == {forms.STALE}
    assert not await PasskeyChallenge.exists()
    assert (await visitor.get(path)).status_code == 405
    assert (await visitor.post(path, data={"answer": "x" * 70_000})).status_code == 413


async def test_whoever_is_signed_in_confirms_with_a_passkey_of_theirs(
    visitor: httpx.AsyncClient,
) -> None:
    pocket = await carried(token := await owner_token())
    csrf = (await form_of(visitor, routes.REDEEM))["csrf"]
    for path in (routes.CONFIRM_OPTIONS, routes.CONFIRM_PASSKEY):
        assert (await visitor.post(path, data={"csrf": csrf})).status_code == 404
    visitor.cookies.set("tallystick", token)
    actor = await sessions.find(token)
    assert actor
    await Session.filter(id=actor.session_id).update(confirmed_at=None)
    options = (await visitor.post(routes.CONFIRM_OPTIONS, data={"csrf": csrf})).json()
    assert len(options["allowCredentials"]) == 1
    page = await visitor.get(routes.CONFIRM)
    assert f'data-finish="{routes.CONFIRM_PASSKEY}"' in page.text
    typed = {"csrf": csrf, "answer": pocket.sign(options), "next": routes.ACCOUNT}
    answer = await visitor.post(routes.CONFIRM_PASSKEY, data=typed)
    assert answer.json() == {"to": routes.ACCOUNT}
    assert (await Session.get(id=actor.session_id)).confirmed_at
    again = await visitor.post(routes.CONFIRM_PASSKEY, data=typed)
    assert again.status_code == 422


async def test_a_disabled_person_confirms_nothing(visitor: httpx.AsyncClient) -> None:
    await carried(token := await owner_token())
    csrf = (await form_of(visitor, routes.REDEEM))["csrf"]
    visitor.cookies.set("tallystick", token)
    await User.all().update(disabled_at=now())
    answer = await visitor.post(routes.CONFIRM_OPTIONS, data={"csrf": csrf})
    assert answer.status_code == 404


async def test_the_page_works_without_its_script_and_allows_no_other(
    visitor: httpx.AsyncClient,
) -> None:
    page = await visitor.get(routes.LOGIN)
    assert page.text.count("<script") == 1
    assert 'class="passkey" hidden' in page.text
    policy = page.headers["content-security-policy"]
    assert f"script-src {ORIGIN}/static/passkeys.js;" in policy
    assert policy.startswith(headers.PUBLIC)
    assert f"connect-src {ORIGIN}/login/passkey/options {ORIGIN}/login/passkey " in policy
    assert "unsafe" not in policy and "'self' " not in policy.split("script-src")[1]
    script = await visitor.get(routes.static(routes.PASSKEY_SCRIPT))
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    for path in (routes.REDEEM, routes.RESET, routes.CERTIFICATES, routes.PASSKEY_SIGN_IN):
        other = await visitor.get(path)
        assert other.headers["content-security-policy"] == headers.PUBLIC
        assert "<script" not in other.text


async def test_under_another_name_there_is_no_button(visitor: httpx.AsyncClient) -> None:
    async with browser(origin="http://127.0.0.1:8080") as other:
        page = await other.get(routes.LOGIN)
    assert "passkey" not in page.text and "<script" not in page.text


async def test_where_none_are_offered_nothing_of_them_is_there(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(monkeypatch), browser() as visitor:
        await owner_token()
        page = await visitor.get(routes.LOGIN)
        assert "passkey" not in page.text and "<script" not in page.text
        assert page.headers["content-security-policy"] == headers.PUBLIC
        answer = await sent(visitor, routes.PASSKEY_OPTIONS)
        assert answer.status_code == 404
        assert answer.json()["message"].startswith("Passkeys are not offered here")


async def test_after_the_password_the_passkey_is_the_second_step(
    visitor: httpx.AsyncClient,
) -> None:
    pocket = await carried()
    asked = await sign_in(visitor, next=routes.ACCOUNT)
    assert asked.headers["location"] == routes.second_factor(routes.ACCOUNT)
    assert "tallystick" not in visitor.cookies
    page = await visitor.get(asked.headers["location"])
    assert page.text.count("<script") == 1
    assert f'data-finish="{routes.PASSKEY_SIGN_IN}"' in page.text
    assert f'data-next="{routes.ACCOUNT}"' in page.text
    assert "script-src" in page.headers["content-security-policy"]
    options = (await sent(visitor, routes.PASSKEY_OPTIONS)).json()
    typed = {"answer": pocket.sign(options), "next": routes.ACCOUNT}
    assert (await sent(visitor, routes.PASSKEY_SIGN_IN, **typed)).json() == {"to": routes.ACCOUNT}
    assert (await visitor.get(routes.HOME)).status_code == 200
