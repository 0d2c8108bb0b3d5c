"""The bell on every tab of a person, its panel, and the page with all notifications."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from nicegui import ui
from nicegui.testing import User

from models import Membership, Notification
from models.enums import AuditAction, Resource
from services import audit, notices, notifications
from services.actor import Actor
from tests.cast import Cast, Issued, issue
from tests.ui.screens.visit import (
    House,
    buttons,
    control,
    emit,
    press,
    rows,
    sees,
    shown,
    until,
    words,
)
from ui import notices as said
from ui import routes


async def ready(actor: Actor, *issued: Issued, times: int = 1) -> None:
    """As if these batches had been made in the background, and that was told."""
    entries = [
        audit.entry(AuditAction.COMPLETE, Resource.BATCH, each.batch.id, by=actor)
        for each in issued
        for _ in range(times)
    ]
    await audit.record_all(entries)
    await notices.tell()


def bell(user: User) -> ui.button:
    [found] = [each for each in shown(user, ui.button) if "bell" in each.classes]
    return found


def counted(user: User) -> str:
    """What stands at the bell; nothing where nothing is unread."""
    badges = [each for each in shown(user) if "bell-count" in each.classes]
    return "".join(each.text for each in badges)


def named(user: User) -> str:
    return bell(user).props["aria-label"]


def panel(user: User) -> ui.menu:
    [found] = [each for each in bell(user).descendants() if isinstance(each, ui.menu)]
    return found


async def open_panel(user: User) -> ui.menu:
    await press(user, named(user))
    assert panel(user).value
    return panel(user)


def inside(element: ui.element, look: str) -> list[Any]:
    return [each for each in element.descendants() if look in each.classes]


def titles(user: User) -> list[str]:
    entries = inside(panel(user), "entry")
    return [each.text for entry in entries for each in entry.descendants() if each.tag == "b"]


def path(user: User) -> str:
    with user:
        return ui.context.client.sub_pages_router.current_path


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    return await issue(cast.sam, cast.month, 5)


async def test_without_anything_unread_the_bell_shows_no_number(house: House) -> None:
    user = await house.visit(house.cast.sam)
    assert (counted(user), named(user)) == ("", "Notifications")
    assert not button_in_panel(user, "Mark all read").enabled
    await open_panel(user)
    await sees(user, "Nothing yet", said.NOTHING)


def button_in_panel(user: User, name: str) -> ui.button:
    return next(
        each
        for each in panel(user).descendants()
        if isinstance(each, ui.button)
        and name in [getattr(e, "text", "") for e in each.descendants()]
    )


async def test_the_number_moves_on_every_tab_of_that_person_and_on_no_other(
    house: House, issued: Issued
) -> None:
    here = await house.visit(house.cast.sam)
    there = await house.visit(house.cast.sam, routes.products("northwind"))
    other = await house.visit(house.cast.ada, routes.access_codes("northwind"))
    await ready(house.cast.sam, issued)
    await until(lambda: (counted(here), counted(there)) == ("1", "1"))
    assert named(there) == "Notifications, 1 unread"
    assert "1 unread notification" in words(there)
    await ready(house.cast.sam, issued)
    await until(lambda: (counted(here), counted(there)) == ("2", "2"))
    assert (counted(other), named(other)) == ("", "Notifications")


async def test_a_tab_that_opens_later_counts_what_is_there(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued, times=100)
    user = await house.visit(house.cast.sam)
    assert (counted(user), named(user)) == ("99+", "Notifications, 100 unread")


async def test_the_panel_tells_what_is_ready(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued)
    user = await house.visit(house.cast.sam)
    await open_panel(user)
    assert titles(user) == ["5 access codes are ready"]
    assert "Welding basics, Month · " in words(user)
    [when] = [each for each in panel(user).descendants() if each.tag == "time"]
    assert when.text == "just now"
    assert when.props["title"].endswith("(Europe/Berlin)")
    assert bell(user).props["aria-expanded"] == "true"


async def test_view_results_leads_to_the_batch_and_marks_it_read(
    house: House, issued: Issued
) -> None:
    await ready(house.cast.sam, issued, times=2)
    user = await house.visit(house.cast.sam)
    there = await house.visit(house.cast.sam)
    await open_panel(user)
    await press(user, "View Results")
    await sees(user, "Revoke unused")
    assert path(user) == routes.batch("northwind", issued.batch.id)
    assert not panel(user).value
    await until(lambda: (counted(user), counted(there)) == ("1", "1"))
    assert await notifications.unread(house.cast.sam) == 1


async def test_one_is_marked_in_one_tab_and_read_in_the_other(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued, times=2)
    here, there = [await house.visit(house.cast.sam) for _ in range(2)]
    for user in (here, there):
        await open_panel(user)
    await press(here, "Mark as read: 5 access codes are ready")
    await until(lambda: (counted(here), counted(there)) == ("1", "1"))
    await until(lambda: len(inside(panel(there), "entry-unread")) == 1)
    assert len(inside(panel(there), "entry")) == 2
    assert panel(here).value and path(here) == routes.HOME


async def test_all_are_marked_but_what_came_while_one_looked_elsewhere(
    house: House, issued: Issued
) -> None:
    await ready(house.cast.sam, issued, times=12)
    here, there = [await house.visit(house.cast.sam) for _ in range(2)]
    await open_panel(here)
    await press(here, "Mark all read")
    await until(lambda: (counted(here), counted(there)) == ("", ""))
    await until(lambda: not inside(panel(here), "entry-unread"))
    assert not button_in_panel(here, "Mark all read").enabled
    assert await Notification.filter(read_at=None).count() == 0


async def test_what_comes_while_the_panel_is_open_appears_in_it(
    house: House, issued: Issued
) -> None:
    user = await house.visit(house.cast.sam)
    await open_panel(user)
    assert titles(user) == []
    await ready(house.cast.sam, issued)
    await until(lambda: titles(user) == ["5 access codes are ready"])


async def test_who_lost_the_workspace_gets_no_details_and_no_button(
    house: House, issued: Issued
) -> None:
    await ready(house.cast.sam, issued)
    await Membership.filter(user_id=house.cast.sam.user_id).delete()
    user = await house.visit(house.cast.sam)
    await open_panel(user)
    assert titles(user) == ["Codes are ready"]
    assert "View Results" not in buttons(user)
    assert "Welding" not in words(user)


async def test_the_name_of_a_product_stays_text(house: House) -> None:
    cast = house.cast
    await type(cast.welding).filter(id=cast.welding.id).update(name="<b>{{ 7 * 7 }}</b>")
    await ready(cast.sam, await issue(cast.sam, cast.month, 1))
    user = await house.visit(cast.sam)
    await open_panel(user)
    assert titles(user) == ["1 access code is ready"]
    assert "<b>{{ 7 * 7 }}</b>, Month · " in words(user)


async def test_the_panel_leads_to_the_page_with_all(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued, times=30)
    user = await house.visit(house.cast.sam)
    await open_panel(user)
    assert len(titles(user)) == 8
    await press(user, "All notifications")
    await sees(user, "30 unread of 30", "1–25 of 30")
    await press(user, "Next page")
    await sees(user, "26–30 of 30")
    assert len(rows(user)) == 5


async def test_the_page_without_any_says_what_will_come(house: House) -> None:
    user = await house.visit(house.cast.eve, routes.NOTIFICATIONS)
    await sees(user, "Nothing yet", said.NOTHING)


async def test_the_page_marks_one_and_moves_the_bell(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued, times=2)
    user = await house.visit(house.cast.sam, routes.NOTIFICATIONS)
    await sees(user, "2 unread of 2")
    first, second = rows(user)
    assert (first["what"], first["about"], first["workspace"], first["action"]) == (
        "5 access codes are ready",
        "Welding basics, Month",
        "Northwind Academy",
        "View Results",
    )
    await emit(user, "mark", first["id"])
    await until(lambda: [row["unread"] for row in rows(user)] == [False, True])
    await until(lambda: counted(user) == "1")
    with user:
        control(user, "All notifications").set_value("unread")
    await until(lambda: [row["id"] for row in rows(user)] == [second["id"]])


async def test_the_page_marks_all_and_the_unread_are_none(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued, times=2)
    user = await house.visit(house.cast.sam, routes.NOTIFICATIONS)
    await until(lambda: rows(user))
    with user:
        control(user, "All notifications").set_value("unread")
    await sees(user, "2 unread")
    await press(user, "Mark all read")
    await sees(user, "Nothing unread", "You have read everything.")


async def test_the_page_changes_while_one_looks(house: House, issued: Issued) -> None:
    user = await house.visit(house.cast.sam, routes.NOTIFICATIONS)
    await sees(user, "Nothing yet")
    await ready(house.cast.ada, issued)
    await ready(house.cast.sam, issued)
    await until(lambda: [row["what"] for row in rows(user)] == ["5 access codes are ready"])


async def test_the_page_leads_to_the_batch(house: House, issued: Issued) -> None:
    await ready(house.cast.sam, issued)
    user = await house.visit(house.cast.sam, routes.NOTIFICATIONS)
    await until(lambda: rows(user))
    await emit(user, "follow", rows(user)[0]["id"])
    await sees(user, "Revoke unused")
    await until(lambda: counted(user) == "")


@pytest.mark.parametrize("event", ["mark", "follow"])
async def test_a_forged_number_marks_nothing_of_others(
    house: House, issued: Issued, event: str
) -> None:
    await ready(house.cast.sam, issued)
    theirs = await Notification.get()
    await ready(house.cast.mallory, issued)
    user = await house.visit(house.cast.mallory, routes.NOTIFICATIONS)
    await until(lambda: rows(user))
    for number in (theirs.id, 0, -1, 2**70, "1", None):
        await emit(user, event, number)
    assert path(user) == routes.NOTIFICATIONS
    assert await notifications.unread(house.cast.sam) == 1


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86399, "23 h ago"),
        (86400, "09 Mar"),
        (86400 * 100, "30 Nov 2025"),
    ],
)
def test_how_long_ago_is_said_shortly(
    clock: time_machine.Traveller, seconds: int, told: str
) -> None:
    at = datetime(2026, 3, 10, 12, tzinfo=UTC) - timedelta(seconds=seconds)
    assert said.ago(at, "Europe/Berlin") == told


def test_every_kind_has_its_words() -> None:
    assert set(said.TABLE) == {notice.kind for notice in notices.TABLE.values()}
