"""A forgotten password, from the sign-in page to the new one."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from models import Message, PasswordReset
from models.enums import MessageKind
from services import links, password_resets, sessions
from services.links import Purpose
from services.settings import Settings
from tests.cast import every_row
from tests.ui.door.site import browser, form_of, opened, owner_token, sent, sign_in
from ui import path_kinds, routes
from ui.door import forms

NEW = "copper kettle orchard 17"
OWNER = "ada@example.org"


@pytest.fixture
async def visitor(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(password_resets, "ANSWER_AFTER", 0)
    mail = {"smtp_host": "127.0.0.1", "mail_from": "codes@example.org"}
    async with opened(monkeypatch, **mail), browser() as client:
        await owner_token()
        yield client


async def link() -> str:
    [message] = await Message.filter(kind=MessageKind.RESET)
    return routes.RESET_LINK.format(token=links.make(Purpose.RESET, message.reset_id or 0))


async def test_the_sign_in_page_leads_to_it(visitor: httpx.AsyncClient) -> None:
    assert f'href="{routes.RESET}"' in (await visitor.get(routes.LOGIN)).text
    assert (await visitor.get(routes.RESET)).status_code == 200


async def test_the_answer_is_the_same_to_the_byte_whether_or_not_there_is_an_account(
    visitor: httpx.AsyncClient,
) -> None:
    answers = [
        await sent(visitor, routes.RESET, email=email) for email in (OWNER, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    own = {"set-cookie": "", "x-request-id": ""}
    headers = [{**answer.headers, **own} for answer in answers]
    assert headers[0] == headers[1]
    assert await Message.all().count() == 1


async def test_a_new_password_is_chosen_and_one_signs_in_with_it(
    visitor: httpx.AsyncClient,
) -> None:
    before = await owner_token()
    await sent(visitor, routes.RESET, email=OWNER)
    page = await visitor.get(await link())
    assert OWNER in page.text
    answer = await sent(visitor, await link(), password=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.login(reset=True))
    assert "Your password is changed." in (await visitor.get(answer.headers["location"])).text
    assert await sessions.find(before) is None
    assert (await sign_in(visitor)).status_code == 422
    assert (await sign_in(visitor, password=NEW)).status_code == 303


async def test_opening_the_link_changes_nothing(visitor: httpx.AsyncClient) -> None:
    await sent(visitor, routes.RESET, email=OWNER)
    path, before = await link(), await every_row()
    for method in ("GET", "HEAD", "OPTIONS") * 20:
        await visitor.request(method, path)
    assert await every_row() == before


async def test_a_link_that_is_over_offers_a_new_one(visitor: httpx.AsyncClient) -> None:
    await sent(visitor, routes.RESET, email=OWNER)
    path = await link()
    fields = await form_of(visitor, path)
    await visitor.post(path, data=fields | {"password": NEW})
    for answer in (
        await visitor.get(path),
        await visitor.post(path, data=fields | {"password": NEW}),
        await visitor.get(routes.RESET_LINK.format(token="junk")),
    ):
        assert answer.status_code == 404
        assert "This link cannot be used any more" in answer.text
        assert OWNER not in answer.text


async def test_a_weak_password_is_told_at_the_field_and_not_shown_again(
    visitor: httpx.AsyncClient,
) -> None:
    await sent(visitor, routes.RESET, email=OWNER)
    answer = await sent(visitor, await link(), password="short one")
    assert (answer.status_code, 'id="password-hint"' in answer.text) == (422, True)
    assert "short one" not in answer.text
    assert await PasswordReset.exists(used_at=None)


async def test_a_form_from_elsewhere_does_nothing(visitor: httpx.AsyncClient) -> None:
    elsewhere = {"origin": "https://evil.example"}
    fields = await form_of(visitor, routes.RESET)
    asked = await visitor.post(routes.RESET, data=fields | {"email": OWNER}, headers=elsewhere)
    assert (asked.status_code, forms.STALE in asked.text) == (403, True)
    assert not await Message.exists()
    await sent(visitor, routes.RESET, email=OWNER)
    path = await link()
    fields = await form_of(visitor, path)
    used = await visitor.post(path, data=fields | {"password": NEW}, headers=elsewhere)
    assert used.status_code == 403
    assert await PasswordReset.exists(used_at=None)


async def test_too_many_tries_say_how_long_to_wait(visitor: httpx.AsyncClient) -> None:
    fields = await form_of(visitor, routes.RESET)
    for _ in range(11):
        answer = await visitor.post(routes.RESET, data=fields | {"email": OWNER})
    assert answer.status_code == 429
    assert "Try again in 60 minutes." in answer.text
    assert int(answer.headers["retry-after"]) == 3600


async def test_without_a_mail_server_the_page_says_whom_to_ask(
    visitor: httpx.AsyncClient, configure
) -> None:
    fields = await form_of(visitor, routes.RESET)
    configure(smtp_host="")
    page = await visitor.get(routes.RESET)
    assert "Ask the owner for a new password" in page.text
    assert "<form" not in page.text
    answer = await visitor.post(routes.RESET, data=fields | {"email": OWNER})
    assert answer.status_code == 409
    assert not await Message.exists()


async def test_the_link_is_in_no_log_and_in_no_index(
    visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await sent(visitor, routes.RESET, email=OWNER)
    path = await link()
    page = await visitor.get(path)
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["x-robots-tag"] == "noindex"
    await visitor.put(path)
    await visitor.get(routes.RESET_LINK.format(token="short-junk"))
    told = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)
    ours = [line for line in told.splitlines() if not line.startswith("httpx")]
    assert path.rpartition("/")[2] not in "\n".join(ours)
    assert (
        path_kinds.without_secrets(routes.RESET_LINK.format(token="short-junk"))
        == routes.RESET_LINK
    )
