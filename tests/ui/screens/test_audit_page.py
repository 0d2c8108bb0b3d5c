"""The Audit Log on screen: whose it is, its filters, its pages, and what comes in live."""

import csv
import io
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from models import AuditExport
from models.enums import AuditAction, Resource
from services import audit, audit_exports, audit_files, background, notices
from services.actor import Actor
from services.database import unit_of_work
from services.sheets import CSV
from services.workbooks import XLSX
from tests.cast import Cast, entries, issue
from tests.ui.screens.test_downloads import browser
from tests.ui.screens.visit import (
    House,
    buttons,
    emit,
    pick,
    press,
    rows,
    sees,
    shown,
    until,
    words,
)
from ui import routes

PAGE = routes.audit("northwind")


@unit_of_work
async def put(cast: Cast, number: int, by: Actor | None = None, **more: Any) -> None:
    for each in range(number):
        await audit.record(AuditAction.SHOW, Resource.CODE, each + 1, by=by or cast.ada, **more)


async def opened(house: House, who: str, page: str = PAGE) -> User:
    user = await house.visit(getattr(house.cast, who), page)
    await until(lambda: rows(user))
    return user


def field(user: User, label: str) -> Any:
    """A filter by its placeholder, its hidden label or its name."""
    for each in shown(user):
        if label in (each.props.get("placeholder"), each.props.get("aria-label")):
            return each
    labels = [e.props["for"] for e in shown(user) if e.tag == "label" and e.text == label]
    [found] = [e for e in shown(user) if e.tag != "label" and e.props.get("for") == labels[-1]]
    return found


def choose(user: User, label: str, value: object) -> None:
    with user:
        field(user, label).set_value(value)


async def test_a_row_says_who_did_what_and_the_view_all_of_it(house: House) -> None:
    issued = await issue(house.cast.ada, house.cast.month, 12, note="For <b>Grace</b>")
    user = await opened(house, "ada")
    [row] = rows(user)
    assert (row["user"], row["email"]) == ("Ada Admin", "ada@example.org")
    assert (row["action"], row["resource"], row["tone"]) == ("CREATE", "BATCH", "ready")
    assert (row["target"], row["told"]) == (f"Batch {issued.batch.id}", "12 codes asked for")
    await emit(user, "view", row["id"])
    await sees(user, "CREATE BATCH", "Ada Admin <ada@example.org>", "As it is stored")
    assert '"codes":12' in words(user)
    secrets = (*issued.texts, *issued.bodies, *issued.tokens)
    assert not any(secret in str(rows(user)) + words(user) for secret in secrets)
    await emit(user, "view", 10**9)  # forged


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("sam", PAGE),
        ("eve", routes.audit("acme")),
        ("mallory", PAGE),
        ("ada", routes.INSTANCE_AUDIT),
        ("sam", routes.INSTANCE_AUDIT),
    ],
)
async def test_for_others_there_is_no_such_page(house: House, who: str, page: str) -> None:
    user = await house.visit(getattr(house.cast, who), page)
    await sees(user, "Page not found")


async def test_an_admin_sees_the_workspace_and_the_owner_everything(house: House) -> None:
    await put(house.cast, 2)
    await put(house.cast, 1, by=house.cast.mallory)
    ada = await opened(house, "ada")
    assert [row["workspace"] for row in rows(ada)] == ["Northwind Academy"] * 2
    assert "Elsewhere" not in str(rows(ada)) + words(ada)
    olga = await opened(house, "olga", routes.INSTANCE_AUDIT)
    assert {row["workspace"] for row in rows(olga)} == {"Northwind Academy", "Elsewhere", ""}
    choose(olga, "All workspaces", house.cast.elsewhere.id)
    await until(lambda: [row["workspace"] for row in rows(olga)] == ["Elsewhere"])


async def test_filters_narrow_it_and_odd_signs_are_literal(house: House) -> None:
    await put(house.cast, 1, note='100% "sure"')
    await put(house.cast, 1, note="100 of them")
    await put(house.cast, 1, by=house.cast.sam)
    user = await opened(house, "ada")
    choose(user, "User, number or detail", '100% "sure"')
    await until(lambda: len(rows(user)) == 1)
    assert "100%" in rows(user)[0]["told"]
    await press(user, "Clear")
    await until(lambda: len(rows(user)) == 3)
    choose(user, "All users", house.cast.sam.person_id)
    await until(lambda: [row["user"] for row in rows(user)] == ["Sam Sales"])
    choose(user, "All actions", "CREATE")
    await sees(user, "No entry matches")
    choose(user, "Number of the target", "ninety")
    await sees(user, "Nothing can match that", "Enter a number, such as 97.")
    await press(user, "Clear")
    await until(lambda: len(rows(user)) == 3)
    assert "Clear" not in buttons(user)


async def test_days_are_chosen_in_words_or_by_the_calendar(house: House) -> None:
    await put(house.cast, 1)
    user = await opened(house, "ada")
    choose(user, "All time", "today")
    await sees(user, "1 entry")
    choose(user, "All time", "chosen")
    await until(lambda: [e for e in shown(user) if e.props.get("aria-label") == "From"])
    choose(user, "From", "2020-01-02")
    choose(user, "Until", "2020-01-01")
    await sees(user, "The last day is before the first.")
    choose(user, "Until", "2020-01-03")
    await sees(user, "No entry matches")


async def test_an_entry_leads_to_others_like_it(house: House) -> None:
    await put(house.cast, 2)
    await put(house.cast, 2, by=house.cast.sam)
    user = await opened(house, "ada")
    await emit(user, "view", rows(user)[0]["id"])
    await press(user, "Only this user")
    await until(lambda: [row["user"] for row in rows(user)] == ["Sam Sales"] * 2)
    await emit(user, "view", rows(user)[0]["id"])
    await press(user, "Only this target")
    await until(lambda: len(rows(user)) == 1)
    assert rows(user)[0]["resource"] == "CODE"


async def test_pages_follow_each_other_by_key(house: House) -> None:
    await put(house.cast, 120)
    user = await opened(house, "ada")
    first = [row["id"] for row in rows(user)]
    await press(user, "Older")
    await press(user, "Older")
    await until(lambda: len(rows(user)) == 20)
    await sees(user, "Page 3")
    await put(house.cast, 3)
    await press(user, "Newer")
    await press(user, "Newer")
    await until(lambda: [row["id"] for row in rows(user)] == first)
    await press(user, "Newer")
    await until(lambda: [row["id"] for row in rows(user)][3:] == first[:47])
    assert not shown_button(user, "Newer").enabled


def shown_button(user: User, name: str) -> ui.button:
    found = [e for e in shown(user, ui.button) if name in [getattr(i, "text", "") for i in e]]
    return found[-1]


async def test_what_happens_comes_in_at_the_top_or_is_counted(house: House) -> None:
    await put(house.cast, 1)
    top, narrowed = await opened(house, "ada"), await opened(house, "ada")
    choose(narrowed, "All actions", "COPY")
    await sees(narrowed, "No entry matches")
    choose(narrowed, "All actions", "SHOW")
    await until(lambda: len(rows(narrowed)) == 1)
    await put(house.cast, 2)
    await until(lambda: len(rows(top)) == 3)
    await sees(narrowed, "2 new")
    assert len(rows(narrowed)) == 1
    await press(narrowed, "2 new")
    await until(lambda: len(rows(narrowed)) == 3)
    assert field(narrowed, "All actions").value == "SHOW"  # the filter stays
    await put(house.cast, 1, by=house.cast.mallory)
    await issue(house.cast.ada, house.cast.month)
    await until(lambda: len(rows(top)) == 4)
    assert "new" not in [each.split()[-1] for each in buttons(narrowed) if each]


async def test_a_small_log_is_saved_at_once_with_its_filters(house: House) -> None:
    await put(house.cast, 3, note='say "50%" & more')
    await put(house.cast, 1)
    asked = {"search": '"50%" & more', "action": "SHOW"}
    async with browser(house.cast.ada) as ada, browser(house.cast.olga) as olga:
        answer = await ada.get(routes.audit_export("northwind", "csv", asked))
        assert (answer.status_code, answer.headers["content-type"]) == (200, CSV)
        text = answer.content.decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(text, newline="")))) == 3
        sheet = await ada.get(routes.audit_export("northwind", "xlsx", asked))
        assert sheet.headers["content-type"] == XLSX
        assert (await olga.get(routes.audit_export(None, "csv", {}))).status_code == 200
        wrong = await ada.get(routes.audit_export("northwind", "csv", {"user": "1 OR 1=1"}))
        assert wrong.status_code == 422
        assert "Enter a number" in wrong.text
    first, *_ = await entries(AuditAction.EXPORT)
    assert first.detail["filter"] == {"action": "SHOW", "search": True}
    assert len(await entries(AuditAction.EXPORT)) == 3


@pytest.mark.parametrize(
    ("who", "slug"),
    [("sam", "northwind"), ("eve", "acme"), ("mallory", "northwind"), ("ada", None), ("sam", None)],
)
async def test_a_log_of_others_is_no_file(house: House, who: str, slug: str | None) -> None:
    await put(house.cast, 9)
    async with browser(getattr(house.cast, who)) as visitor:
        for form in ("csv", "xlsx"):
            answer = await visitor.get(routes.audit_export(slug, form, {}))
            assert answer.status_code == 404
        assert (await visitor.get(routes.audit_file(slug, 1))).status_code == 404
    assert await entries(AuditAction.EXPORT) == []


async def test_a_large_log_is_made_in_the_background_and_fetched_from_the_bell(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_files, "AT_ONCE", 5)
    background._stop.clear()
    await put(house.cast, 9)
    user = await opened(house, "ada")
    await pick(user, "Download CSV")
    await sees(user, "The file is being made")
    await audit_exports.work()
    await notices.tell()
    bell = await house.visit(house.cast.ada, routes.NOTIFICATIONS)
    await until(lambda: rows(bell))
    [told] = rows(bell)
    assert (told["what"], told["action"]) == ("Your file of the audit log is ready", "Download")
    assert told["reason"] == "9 entries as CSV."
    export = await AuditExport.get()
    await emit(bell, "follow", told["id"])
    await until(lambda: rows(bell)[0]["unread"] is False)
    async with browser(house.cast.ada) as ada, browser(house.cast.olga) as olga:
        path = routes.audit_file("northwind", export.id)
        assert (await ada.get(path)).status_code == 200
        assert (await olga.get(path)).status_code == 404
