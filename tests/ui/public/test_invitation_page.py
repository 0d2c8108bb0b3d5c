"""An invitation as the invited sees it: opened, accepted once, and in whose name."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from models import Invitation, Membership, User
from models.enums import Role
from services import invitations, sessions
from services.errors import NotFound
from services.zones import now
from tests.cast import PASSWORD, Cast, every_row
from tests.ui.door.site import browser, form_of, hidden_fields, opened, sent
from ui import path_kinds, routes

GRACE = "grace@example.org"
NEW = {"name": "Grace Hopper", "password": PASSWORD}


@pytest.fixture
async def visitor(cast: Cast, site: None) -> AsyncIterator[httpx.AsyncClient]:
    async with browser() as client:
        yield client


async def link(cast: Cast, email: str = GRACE, role: Role = Role.SALES) -> str:
    made = await invitations.invite(cast.ada, email=email, role=role)
    assert made.token
    return routes.invitation(made.token)


async def signs_in(client: httpx.AsyncClient, email: str) -> None:
    attempt = sessions.SignIn(email=email, password=PASSWORD, address="192.0.2.9")
    client.cookies.set("tallystick", await sessions.sign_in(attempt))


def lead(page: str) -> str:
    return re.sub(r"\s+", " ", page)


async def test_it_says_where_as_what_and_by_whom_and_changes_nothing(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast)
    before = await every_row()
    answer = await visitor.get(path)
    assert answer.status_code == 200
    assert "Join Northwind Academy" in answer.text
    assert "Ada Admin invites you as Sales." in lead(answer.text)
    assert f'value="{GRACE}"' in answer.text
    for _ in range(100):
        await visitor.get(path)
        await visitor.head(path)
    assert await every_row() == before


async def test_a_new_person_names_themselves_and_is_signed_in(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast)
    answer = await sent(visitor, path, **NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.workspace("northwind"))
    actor = await sessions.enter(visitor.cookies["tallystick"], "northwind")
    assert (actor.name, actor.email, actor.role) == ("Grace Hopper", GRACE, Role.SALES)


async def test_what_is_wrong_stands_at_its_field_and_the_password_is_not_repeated(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast)
    answer = await sent(visitor, path, name="Grace", password="short")
    assert answer.status_code == 422
    assert "Use at least 12 characters." in answer.text
    assert 'value="Grace"' in answer.text and 'value="short"' not in answer.text
    assert not await User.exists(email_key=GRACE)


async def test_opened_after_it_was_used_it_says_so(cast: Cast, visitor: httpx.AsyncClient) -> None:
    path = await link(cast)
    await sent(visitor, path, **NEW)
    async with browser() as other:
        answer = await other.get(path)
        assert answer.status_code == 410
        assert "used already" in answer.text and f'href="{routes.LOGIN}"' in answer.text
        answer = await other.post(path, data=NEW)
        assert answer.status_code == 410
    assert "Go to your workspaces" in (await visitor.get(path)).text


@pytest.mark.parametrize("column", ["withdrawn_at", "expires_at"])
async def test_what_is_over_says_to_ask_for_a_new_one(
    cast: Cast, visitor: httpx.AsyncClient, column: str
) -> None:
    path = await link(cast)
    fields = await form_of(visitor, path)
    await Invitation.all().update(**{column: now()})
    for answer in (await visitor.get(path), await visitor.post(path, data=fields | NEW)):
        assert answer.status_code == 410
        assert "Ask whoever sent it for a new one." in lead(answer.text)
        assert "Northwind" not in answer.text and GRACE not in answer.text
    assert not await User.exists(email_key=GRACE)


@pytest.mark.parametrize("token", ["x", "A" * 35, "%00", "../login"])
async def test_junk_is_told_nothing(visitor: httpx.AsyncClient, token: str) -> None:
    answer = await visitor.get(f"/i/{token}")
    assert answer.status_code in (303, 404, 200)
    assert "Northwind" not in answer.text


async def test_two_submits_at_once_make_one_account(cast: Cast, visitor: httpx.AsyncClient) -> None:
    path = await link(cast)
    fields = await form_of(visitor, path)
    answers = await asyncio.gather(*(visitor.post(path, data=fields | NEW) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) in (
        [303, 409, 409, 409],
        [303, 409, 409, 410],
        [303, 409, 410, 410],
        [303, 410, 410, 410],
    )
    assert await User.filter(email_key=GRACE).count() == 1


async def test_a_form_of_elsewhere_is_refused(cast: Cast, visitor: httpx.AsyncClient) -> None:
    path = await link(cast)
    fields = await form_of(visitor, path)
    for wrong in (
        await visitor.post(path, data=NEW),
        await visitor.post(path, data=fields | NEW, headers={"origin": "https://evil.example"}),
    ):
        assert wrong.status_code == 403
    assert not await User.exists(email_key=GRACE)


async def test_who_has_an_account_signs_in_comes_back_and_joins(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast, "eve@example.org", Role.ADMIN)
    page = (await visitor.get(path)).text
    assert "Sign in to join" in page and "password" not in page
    login = routes.login(path)
    assert f'href="{login}"' in page
    answer = await sent(visitor, login, email="eve@example.org", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    answer = await sent(visitor, path)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.workspace("northwind"))
    seat = await Membership.get(workspace_id=cast.northwind.id, user_id=cast.eve.user_id)
    assert seat.role is Role.ADMIN


async def test_an_account_cannot_be_taken_over_by_its_invitation(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast, "eve@example.org")
    before = await User.get(email_key="eve@example.org")
    new = await form_of(visitor, await link(cast))
    answer = await visitor.post(path, data=new | NEW)
    assert answer.status_code == 409
    assert (await User.get(id=before.id)).password_hash == before.password_hash
    assert "tallystick" not in visitor.cookies


async def test_signed_in_as_somebody_else_it_offers_to_sign_out_and_comes_back(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast, "eve@example.org")
    await signs_in(visitor, "sam@example.org")
    page = (await visitor.get(path)).text
    assert "signed in as somebody else" in page and "sam@example.org" in page
    fields = hidden_fields(page)
    assert fields["next"] == path
    forced = await visitor.post(path, data=await form_of(visitor, routes.REDEEM))
    assert forced.status_code == 409
    answer = await visitor.post(routes.LOGOUT, data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    with pytest.raises(NotFound):
        await sessions.enter(visitor.cookies.get("tallystick") or "", "northwind")
    assert not await Membership.exists(workspace_id=cast.northwind.id, user_id=cast.eve.user_id)


async def test_signed_in_as_somebody_else_no_account_is_made(
    cast: Cast, visitor: httpx.AsyncClient
) -> None:
    path = await link(cast)
    await signs_in(visitor, "sam@example.org")
    page = (await visitor.get(path)).text
    assert "signed in as somebody else" in page
    answer = await visitor.post(path, data=await form_of(visitor, routes.REDEEM) | NEW)
    assert answer.status_code == 409
    assert not await User.exists(email_key=GRACE)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/w/acme", ""])
async def test_signing_out_leads_nowhere_but_to_an_invitation(
    cast: Cast, visitor: httpx.AsyncClient, target: str
) -> None:
    path = await link(cast, "eve@example.org")
    await signs_in(visitor, "sam@example.org")
    fields = await form_of(visitor, path)
    answer = await visitor.post(routes.LOGOUT, data=fields | {"next": target})
    assert answer.headers["location"] == routes.login(signed_out=True)


async def test_its_path_is_a_secret(
    cast: Cast, visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    path = await link(cast)
    token = path.rsplit("/", 1)[1]
    caplog.set_level(logging.DEBUG, "tallystick")
    answer = await visitor.get(path)
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    await visitor.put(path)
    assert path_kinds.without_secrets(path) == routes.INVITATION
    assert path_kinds.without_secrets(routes.RESET_LINK.format(token=token)) == routes.RESET_LINK
    assert token not in caplog.text


async def test_over_plain_http_an_https_installation_names_its_address(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await link(cast)
    https = {"public_url": "https://codes.example.org", "allowed_hosts": "127.0.0.1"}
    async with opened(monkeypatch, **https), browser() as client:
        page = (await client.get(path)).text
        assert f"https://codes.example.org{path}" in page and "<form" not in page


async def test_names_are_text(cast: Cast, visitor: httpx.AsyncClient) -> None:
    cast.northwind.name = "<script>alert(1)</script>"
    await cast.northwind.save()
    page = (await visitor.get(await link(cast))).text
    assert "<script" not in page and "&lt;script&gt;" in page
