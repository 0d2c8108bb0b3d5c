"""Files behind the door: who gets which, what a link without a session does, and what HEAD does."""

import csv
import html
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from nicegui import Client, app

from models import Message
from models.enums import AuditAction, MessageKind
from services import links, outbox, sessions, zones
from services.actor import Actor
from services.database import unit_of_work
from services.links import Purpose
from services.outbox import Draft
from services.sheets import CSV
from services.workbooks import XLSX
from tests.cast import PASSWORD, Issued, entries, every_row, issue, redeem
from tests.ui.door.site import hidden_fields
from tests.ui.screens.visit import ORIGIN, House
from tests.workbook import cells
from ui import routes


@unit_of_work
async def linked(issued: Issued) -> str:
    """The path in the mail that announced the batch."""
    where = {"workspace_id": issued.batch.workspace_id, "batch_id": issued.batch.id}
    draft = Draft(kind=MessageKind.DOWNLOAD, recipient="buyer@example.org", **where)
    [message] = await outbox.put([draft])
    return routes.set_csv("northwind", links.make(Purpose.DOWNLOAD, message))


@asynccontextmanager
async def browser(actor: Actor | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    origin = {"origin": ORIGIN}
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=origin) as client:
        if actor:
            attempt = sessions.SignIn(email=actor.email, password=PASSWORD, address="192.0.2.9")
            client.cookies.set("tallystick", await sessions.sign_in(attempt))
        yield client


def every_path(issued: Issued, link: str) -> dict[str, str]:
    batch_id = issued.batch.id
    return {
        routes.batch_csv("northwind", batch_id): CSV,
        routes.batch_xlsx("northwind", batch_id): XLSX,
        link: CSV,
        routes.entitlements_csv("northwind", "2020-01-01"): CSV,
        routes.entitlements_xlsx("northwind", until="2999-12-31"): XLSX,
    }


async def test_each_file_comes_as_what_it_is_with_a_name_and_is_recorded(house: House) -> None:
    issued = await issue(house.cast.ada, house.cast.month)
    await redeem(issued.texts[0])
    paths = every_path(issued, await linked(issued))
    async with browser(house.cast.sam) as sam:
        for path, kind in paths.items():
            answer = await sam.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind), path
            ending = "xlsx" if kind == XLSX else "csv"
            assert answer.headers["content-disposition"].startswith("attachment; filename=")
            assert answer.headers["content-disposition"].endswith(f'.{ending}"')
            assert answer.headers["cache-control"] == "no-store"
            assert "sandbox" in answer.headers["content-security-policy"]
            assert await rows_of(answer, kind)
    assert len(await entries(AuditAction.EXPORT)) == len(paths)


async def rows_of(answer: httpx.Response, kind: str) -> list[list[str]]:
    if kind == XLSX:
        return cells(answer.content)[1:]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))[1:]


async def test_head_says_the_kind_and_does_nothing_a_thousand_times(house: House) -> None:
    issued = await issue(house.cast.ada, house.cast.month)
    paths = every_path(issued, await linked(issued))
    async with browser(house.cast.sam) as sam:
        before = await every_row()
        Client.instances.clear()
        for _ in range(1000 // len(paths)):
            for path, kind in paths.items():
                answer = await sam.head(path)
                assert (answer.status_code, answer.content) == (200, b"")
                assert answer.headers["content-type"] == kind
    assert (await every_row(), Client.instances) == (before, {})


async def test_signed_out_a_link_of_a_mail_changes_nothing_a_thousand_times(house: House) -> None:
    link = await linked(await issue(house.cast.ada, house.cast.month))
    before = await every_row()
    Client.instances.clear()
    async with browser() as stranger:
        for number in range(1000):
            answer = await stranger.request(("GET", "HEAD")[number % 2], link)
            assert answer.status_code == 303
            assert httpx.URL(answer.headers["location"]).params["next"] == link
    assert (await every_row(), Client.instances) == (before, {})


@pytest.mark.parametrize("query", ["", "?from=2026-01-01&until=2026-01-31"])
async def test_signed_out_a_file_is_come_back_to_after_the_sign_in(
    house: House, query: str
) -> None:
    link = await linked(await issue(house.cast.ada, house.cast.month))
    path = routes.entitlements_csv("northwind") + query if query else link
    async with browser() as person:
        page = await person.get((await person.get(path)).headers["location"])
        form = hidden_fields(html.unescape(page.text))
        entered = {"email": house.cast.sam.email, "password": PASSWORD}
        answer = await person.post(routes.LOGIN, data=form | entered)
        assert answer.status_code == 303
        arrived = await person.get(answer.headers["location"])
        assert "You are signed in" in arrived.text
        assert arrived.headers["refresh"] == f"0; url={path}"
        assert html.escape(path) in arrived.text
        assert (await person.get(path)).headers["content-type"] == CSV


async def test_an_expired_link_says_so_and_where_the_batch_is(house: House) -> None:
    issued = await issue(house.cast.ada, house.cast.month)
    link = await linked(issued)
    await Message.all().update(created_at=zones.now() - links.DOWNLOAD_LASTS)
    async with browser(house.cast.sam) as sam, browser(house.cast.mallory) as mallory:
        answer = await sam.get(link)
        assert answer.status_code == 410
        assert "This link has expired." in answer.text
        assert f"open batch {issued.batch.id} in Tallystick" in answer.text
        assert (await mallory.get(link)).status_code == 404
        fresh = zones.now() - links.DOWNLOAD_LASTS + timedelta(hours=1)
        await Message.all().update(created_at=fresh)
        assert (await sam.get(link)).status_code == 200


@pytest.mark.parametrize("who", ["mallory", "eve", "ada_at_acme"])
async def test_a_file_of_others_does_not_exist(house: House, who: str) -> None:
    foreign = await issue(house.cast.mallory, house.cast.foreign_plan)
    issued = await issue(house.cast.ada, house.cast.month)
    link = await linked(issued)
    slug = "northwind" if who != "ada_at_acme" else "acme"
    async with browser(getattr(house.cast, who)) as visitor:
        for path in every_path(issued, link):
            wanted = path.replace("northwind", slug)
            if who == "ada_at_acme" and "entitlements" in path:
                continue  # her own workspace's, and empty
            assert (await visitor.get(wanted)).status_code == 404, wanted
    async with browser(house.cast.ada) as ada:
        wrong = (
            routes.batch_xlsx("northwind", foreign.batch.id),
            routes.set_csv("northwind", "x" * 35),
            routes.set_csv("northwind", issued.tokens[0]),
        )
        for path in wrong:
            assert (await ada.get(path)).status_code == 404, path
    assert await entries(AuditAction.EXPORT) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2026-02-30", "Enter a day of the calendar"),
        ("until=yesterday", "Enter a day of the calendar"),
        ("from=2026-02-02&until=2026-02-01", "The last day is before the first."),
        ("from=%00", "Enter a day of the calendar"),
    ],
)
async def test_days_that_are_none_are_answered_with_a_sentence(
    house: House, query: str, sentence: str
) -> None:
    async with browser(house.cast.sam) as sam:
        for path in (routes.ENTITLEMENTS_CSV, routes.ENTITLEMENTS_XLSX):
            answer = await sam.get(f"{path.format(slug='northwind')}?{query}")
            assert answer.status_code == 422
            assert sentence in answer.text
    assert await entries(AuditAction.EXPORT) == []
