"""The page that asks who it is, before a file whose link was opened; it needs no script."""

from datetime import timedelta

import httpx
import pytest

from models import Session
from models.enums import AuditAction
from services.zones import now
from tests.cast import PASSWORD, Cast, Issued, entries, issue
from tests.ui.door.site import hidden_fields
from tests.ui.screens.test_downloads import browser, linked
from tests.ui.screens.visit import House
from ui import routes
from ui.door import forms
from ui.public import confirm


async def issued(cast: Cast, codes: int = 12) -> Issued:
    return await issue(cast.sam, cast.month, codes)


async def grown_old() -> None:
    await Session.all().update(confirmed_at=now() - timedelta(hours=1))


def csv_of(made: Issued) -> str:
    return routes.batch_csv("northwind", made.batch.id)


async def typed_in(sam: httpx.AsyncClient, path: str, password: str = PASSWORD) -> httpx.Response:
    fields = hidden_fields((await sam.get(path)).text)
    return await sam.post(routes.CONFIRM, data=fields | {"proof": password})


async def test_a_file_of_many_codes_leads_to_the_question_and_from_there_to_the_file(
    house: House,
) -> None:
    made = await issued(house.cast)
    for path in (
        csv_of(made),
        routes.batch_xlsx("northwind", made.batch.id),
        await linked(made),
    ):
        async with browser(house.cast.sam) as sam:
            await grown_old()
            asked = await sam.get(path)
            assert (asked.status_code, asked.headers["location"]) == (303, routes.confirm(path))
            assert made.texts[0] not in asked.text
            answer = await typed_in(sam, asked.headers["location"])
            assert (answer.status_code, answer.headers["location"]) == (303, routes.confirm(path))
            page = await sam.get(answer.headers["location"])
            assert page.headers["refresh"] == f"0; url={path}"
            assert f'href="{path}"' in page.text
            file = await sam.get(path)
            assert file.headers["content-disposition"].startswith("attachment")
    assert len(await entries(AuditAction.CONFIRM)) == len(await entries(AuditAction.EXPORT)) == 3


async def test_a_wrong_password_is_told_by_the_field_and_never_shown(house: House) -> None:
    made = await issued(house.cast)
    async with browser(house.cast.sam) as sam:
        await grown_old()
        wrong = await typed_in(sam, routes.confirm(csv_of(made)), "wrong wooden spoons")
        assert wrong.status_code == 422
        assert "This is not your password." in wrong.text
        assert "wooden" not in wrong.text
        assert hidden_fields(wrong.text)["next"] == csv_of(made)
        for _ in range(4):
            await typed_in(sam, routes.CONFIRM, "wrong wooden spoons")
        limited = await typed_in(sam, routes.CONFIRM)
        assert limited.status_code == 429
        assert int(limited.headers["retry-after"]) in range(20, 31)
        assert (await sam.get(csv_of(made))).status_code == 303


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/logout", "/nope", ""],
)
async def test_it_leads_to_our_own_pages_only(house: House, target: str) -> None:
    async with browser(house.cast.sam) as sam:
        await grown_old()
        page = await sam.get(routes.confirm(target))
        assert hidden_fields(page.text)["next"] == routes.HOME
        fields = hidden_fields(page.text) | {"next": target, "proof": PASSWORD}
        answer = await sam.post(routes.CONFIRM, data=fields)
        assert (answer.status_code, answer.headers["location"]) == (303, routes.HOME)


async def test_who_is_confirmed_goes_straight_on(house: House) -> None:
    async with browser(house.cast.sam) as sam:
        target = routes.access_codes("northwind")
        answer = await sam.get(routes.confirm(target))
        assert (answer.status_code, answer.headers["location"]) == (303, target)


async def test_a_stranger_signs_in_which_is_a_confirmation(house: House) -> None:
    made = await issued(house.cast)
    async with browser() as stranger:
        for answer in (
            await stranger.get(routes.confirm(csv_of(made))),
            await stranger.head(routes.confirm(csv_of(made))),
            await stranger.post(routes.CONFIRM, data={"next": csv_of(made), "proof": PASSWORD}),
        ):
            assert answer.status_code == 303
            assert answer.headers["location"] == routes.login(csv_of(made))


async def test_a_form_from_elsewhere_confirms_nothing(house: House) -> None:
    async with browser(house.cast.sam) as sam:
        await grown_old()
        fields = hidden_fields((await sam.get(routes.CONFIRM)).text) | {"proof": PASSWORD}
        evil = {"origin": "https://evil.example"}
        for sent, headers in ((fields, evil), (fields | {"csrf": "x"}, {}), ({"proof": "x"}, {})):
            answer = await sam.post(routes.CONFIRM, data=sent, headers=headers)
            assert answer.status_code == 403
            assert forms.STALE in answer.text
    assert await entries(AuditAction.CONFIRM) == []


async def test_it_runs_no_script_and_is_kept_nowhere(house: House) -> None:
    async with browser(house.cast.sam) as sam:
        await grown_old()
        page = await sam.get(routes.CONFIRM)
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert confirm.PAGE.title in page.text
        head = await sam.head(routes.CONFIRM)
        assert (head.status_code, head.content) == (200, b"")


async def test_few_codes_are_saved_without_a_question(house: House) -> None:
    made = await issued(house.cast, 10)
    async with browser(house.cast.sam) as sam:
        await grown_old()
        assert (await sam.get(csv_of(made))).status_code == 200
        assert (await sam.get(csv_of(made))).status_code == 303
