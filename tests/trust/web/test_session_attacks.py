"""T15: cookies, session ids and the set-up token in the hands of somebody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http.cookies import SimpleCookie

import httpx
import pytest

from models import Session, User
from services import passkey_sign_in, passkeys, sessions, setup_token
from services.errors import DomainError
from services.settings import Settings
from services.setup import NewOwner, create_owner
from tests.matrix.path_rows import path_of
from tests.matrix.world import World
from tests.pocket import Pocket
from tests.second_factors import App, with_app
from tests.trust.figures import held
from tests.ui.door.site import PASSWORD, browser, form_of, opened, owner_token, sign_in
from tests.ui.screens import test_downloads as downloads
from ui import routes
from ui.door import forms

HTTPS, HTTP = "https://codes.example.org", "http://127.0.0.1:8080"
LOCALHOST = "http://localhost:8080"


@pytest.fixture
async def visitor(site: None, cheap_passwords: None) -> AsyncIterator[httpx.AsyncClient]:
    await owner_token()
    async with browser() as client:
        yield client


def cookies_of(*answers: httpx.Response) -> SimpleCookie:
    found = SimpleCookie()
    for answer in answers:
        for line in answer.headers.get_list("set-cookie"):
            found.load(line)
    return found


@pytest.mark.parametrize("origin", [HTTP, HTTPS])
async def test_no_cookie_is_for_scripts_other_sites_or_plain_http(
    db: Settings, monkeypatch: pytest.MonkeyPatch, cheap_passwords: None, origin: str
) -> None:
    async with opened(monkeypatch, public_url=origin), browser(origin=origin) as person:
        await owner_token()
        shown = await person.get(routes.LOGIN)
        answer = await sign_in(person)
        found = cookies_of(shown, answer)
    assert (answer.status_code, len(found)) == (303, 3)  # session, form, known browser
    is_https = origin == HTTPS
    weak = [
        name
        for name, cookie in found.items()
        if not cookie["httponly"]
        or cookie["samesite"] not in ("lax", "strict")
        or bool(cookie["secure"]) != is_https
        or name.startswith("__Host-") != is_https
        or (cookie["domain"], cookie["path"]) != ("", "/")
    ]
    where = "https" if is_https else "http on this machine"
    held(
        test="T15",
        figure=f"{len(weak)} of {len(found)} cookies weak over {where}",
        target="0: HttpOnly, SameSite, with https Secure and __Host-",
        holds=not weak,
        why=", ".join(weak),
    )


async def test_an_id_that_somebody_planted_is_never_taken_over(visitor: httpx.AsyncClient) -> None:
    """Fixation: of a made-up id, of an ended one, and of the attacker's own."""
    ended, own = await owner_token(), await owner_token()
    await sessions.sign_out(ended)
    for planted in ("x" * 43, ended, own, "", "x" * 5000):
        visitor.cookies.clear()
        form = await form_of(visitor, routes.LOGIN)
        visitor.cookies.set("tallystick", planted, domain="127.0.0.1")
        entered = {"email": "ada@example.org", "password": PASSWORD}
        answer = await visitor.post(routes.LOGIN, data=form | entered)
        fresh = cookies_of(answer)["tallystick"].value
        assert fresh != planted and len(fresh) >= 43
        assert await sessions.find(fresh)
        assert await sessions.find(planted) is None
    assert await Session.filter(token_digest=sessions.digest("x" * 43)).count() == 0


async def test_each_sign_in_has_an_id_of_its_own_and_none_is_stored(
    visitor: httpx.AsyncClient,
) -> None:
    tokens = [await owner_token() for _ in range(9)]
    stored = repr(await Session.all().values())
    assert len(set(tokens)) == 9
    assert not [token for token in tokens if token in stored]


@pytest.mark.parametrize("end", ["signed out", "ended elsewhere", "disabled", "password changed"])
async def test_an_old_id_opens_nothing_at_any_door(world: World, end: str) -> None:
    actor = world.here["A"]
    async with downloads.browser(actor) as person:
        token = person.cookies["tallystick"]
        own = await sessions.find(token)
        assert own
        if end == "signed out":
            await person.post(routes.LOGOUT, data={"csrf": forms._token("sign-out", token)})
            person.cookies.set("tallystick", token)
        elif end == "disabled":
            await User.filter(id=own.user_id).update(disabled_at="2026-01-01T00:00:00+00:00")
        elif end == "ended elsewhere":
            await sessions.end([own.session_id])
        else:
            await sessions.end_all_of(own.user_id)
        for route in (*routes.SUB_PAGES, *routes.DOWNLOADS):
            answer = await person.get(path_of(route, world))
            assert answer.status_code == 303, route
            assert answer.headers["location"].startswith(routes.LOGIN)
        upload = await person.post("/_nicegui/client/1/upload/2")
        assert upload.status_code == 404


async def test_the_set_up_token_makes_one_owner_whoever_uses_it_at_once(
    site: None, cheap_passwords: None
) -> None:
    token = await setup_token.issue()

    def owner(number: int, token: str) -> NewOwner:
        email = f"o{number}@example.org"
        return NewOwner(token=token, name="O", email=email, password=PASSWORD, address="192.0.2.1")

    tries = [create_owner(owner(n, token)) for n in range(20)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert len([each for each in outcomes if isinstance(each, str)]) == 1
    assert all(isinstance(each, str | DomainError) for each in outcomes), outcomes
    with pytest.raises(DomainError):
        await create_owner(owner(99, token))
    with pytest.raises(DomainError):
        await create_owner(owner(99, await setup_token.issue()))
    assert await User.all().count() == 1


@pytest.fixture
async def app(visitor: httpx.AsyncClient) -> App:
    """Ada's, who has a password and an authenticator app from now on."""
    actor = await sessions.find(await owner_token())
    assert actor
    return await with_app(actor)


REFUSED = {422, 429}  # wrong, or not even tried: waits grow


@pytest.mark.parametrize("kind", ["totp", "recovery"])
async def test_a_second_factor_is_taken_once_and_its_session_has_a_new_id(
    visitor: httpx.AsyncClient, app: App, kind: str
) -> None:
    """Of four browsers between the steps with the same code one gets in; its replay does not."""
    code = app.code() if kind == "totp" else app.recovery[0]
    before = await Session.all().count()
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(browser(f"203.0.113.{n}")) for n in range(4)]
        for person in people:
            assert (await sign_in(person)).headers["location"] == routes.SECOND_FACTOR
        half_of = [person.cookies["tallystick-half-way"] for person in people]
        half = half_of[0]
        assert await sessions.find(half) is None
        assert await Session.all().count() == before
        forms_of = [await form_of(person, routes.SECOND_FACTOR) for person in people]
        answers = await asyncio.gather(
            *(
                person.post(routes.SECOND_FACTOR, data=form | {"code": code})
                for person, form in zip(people, forms_of, strict=True)
            )
        )
        entered_or_not = sorted(answer.status_code for answer in answers)
        assert entered_or_not[0] == 303
        assert set(entered_or_not[1:]) <= REFUSED
        assert await Session.all().count() == before + 1
        entered = next(n for n, answer in enumerate(answers) if answer.status_code == 303)
        given, winner = cookies_of(answers[entered]), people[entered]
        assert given["tallystick"].value not in (half, "")
        assert given["tallystick-half-way"].value == ""
        winner.cookies.delete("tallystick")
        winner.cookies.set("tallystick-half-way", half_of[entered])
        replayed = await winner.post(routes.SECOND_FACTOR, data=forms_of[entered] | {"code": code})
    assert replayed.status_code in REFUSED
    assert "tallystick" not in winner.cookies
    assert await Session.all().count() == before + 1


async def test_the_cookie_between_the_steps_opens_nothing_and_cannot_be_altered(
    visitor: httpx.AsyncClient, app: App
) -> None:
    await sign_in(visitor)
    half = visitor.cookies["tallystick-half-way"]
    for name in ("tallystick", "tallystick-half-way"):
        visitor.cookies.set(name, half)
    for route in (*routes.SUB_PAGES, *routes.DOWNLOADS):
        answer = await visitor.get(route)
        assert answer.status_code == 404 or answer.headers["location"].startswith(routes.LOGIN)
    for place in range(0, len(half), 7):
        other = "A" if half[place] != "A" else "B"
        visitor.cookies.delete("tallystick-half-way")
        altered = half[:place] + other + half[place + 1 :]
        visitor.cookies.set("tallystick-half-way", altered)
        answer = await visitor.get(routes.SECOND_FACTOR)
        assert answer.status_code == 303, (place, answer.status_code)


async def test_a_passkey_s_challenge_is_answered_once(
    db: Settings, monkeypatch: pytest.MonkeyPatch, cheap_passwords: None
) -> None:
    passkey_sign_in.by_address.cache_clear()
    async with opened(monkeypatch, public_url=LOCALHOST), browser(origin=LOCALHOST) as visitor:
        actor = await sessions.find(await owner_token())
        assert actor
        pocket = Pocket(origin=LOCALHOST, rp_id="localhost", step=0)
        made = pocket.make(await passkeys.begin_adding(actor, "Phone"))
        await passkeys.add(actor, name="Phone", answer=made)
        token = {"csrf": (await form_of(visitor, routes.LOGIN))["csrf"]}
        options = (await visitor.post(routes.PASSKEY_OPTIONS, data=token)).json()
        answer = token | {"answer": pocket.sign(options)}
        tries = (visitor.post(routes.PASSKEY_SIGN_IN, data=answer) for _ in range(5))
        answers = [*await asyncio.gather(*tries)]
        answers.append(await visitor.post(routes.PASSKEY_SIGN_IN, data=answer))
    assert sorted(answer.status_code for answer in answers) == [200, *[422] * 5]
