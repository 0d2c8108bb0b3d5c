"""Confirm that it is you: asked above what is open; what was asked for then goes on by itself."""

from datetime import timedelta
from typing import Any

import pytest
from nicegui import background_tasks, ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from models import AuditEntry, Batch, GrowingWait, Membership, Session
from models.enums import AuditAction, Role
from services import confirming
from services.zones import now
from tests.cast import PASSWORD, issue
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
    control,
    emit,
    enter,
    error_at,
    forge,
    press,
    rows,
    sees,
    shown,
    until,
)
from ui import routes

TITLE = "Confirm that it is you"


async def confirms() -> int:
    return await AuditEntry.filter(action=AuditAction.CONFIRM).count()


async def grown_old() -> None:
    """Everybody's sign-in is long ago."""
    await Session.all().update(confirmed_at=now() - timedelta(hours=1))


def begin(user: User, element: ui.element, event: str = "click", argument: Any = None) -> None:
    """Click without waiting for the end: it waits for an answer."""
    at = UserInteraction(user, {element}, None)
    at.click() if event == "click" else at.trigger(event, argument)


def is_asked(user: User) -> bool:
    """A browser deletes a dialog that has closed; here it stays."""
    with user:
        dialogs = [e for e in user.current_layout.descendants() if isinstance(e, ui.dialog)]
    return any(
        dialog.value and TITLE in [getattr(e, "text", "") for e in dialog.descendants()]
        for dialog in dialogs
    )


async def asked(user: User, name: str) -> None:
    begin(user, button(user, name))
    await until(lambda: is_asked(user))


async def confirm(user: User, password: str = PASSWORD) -> None:
    enter(user, "Your password", password)
    begin(user, button(user, "Confirm"))


async def filled(house: House, quantity: str) -> User:
    user = await house.visit(house.cast.sam, routes.access_codes("northwind"))
    await sees(user, "No access codes yet")
    await grown_old()
    await press(user, "Add access code")
    enter(user, "Product", house.cast.welding.id)
    enter(user, "Plan", house.cast.month.id)
    enter(user, "Number of codes", quantity)
    return user


async def test_generate_asks_above_its_dialog_and_goes_on_by_itself(house: House) -> None:
    user = await filled(house, "12")
    await asked(user, "Generate")
    await sees(user, "More than 10 codes within an hour need your confirmation.")
    assert not await Batch.all().exists()
    await confirm(user)
    await sees(user, "12 access codes were generated successfully.")
    assert await Batch.all().count() == await confirms() == 1
    assert not is_asked(user)


async def test_a_wrong_password_is_told_at_its_field_and_what_was_typed_stays(
    house: House,
) -> None:
    user = await filled(house, "12")
    await asked(user, "Generate")
    await confirm(user, "wrong wooden spoons")
    await until(lambda: error_at(user, "Your password"))
    assert error_at(user, "Your password") == confirming.WRONG
    for _ in range(5):
        await press(user, "Confirm")
    assert error_at(user, "Your password") == "Too many tries. Try again in 30 seconds."
    await press(user, "Cancel")
    await until(lambda: not is_asked(user))
    assert control(user, "Number of codes").value == "12"
    assert not await Batch.all().exists()
    await GrowingWait.all().delete()
    await asked(user, "Generate")
    await confirm(user)
    await sees(user, "12 access codes were generated successfully.")


async def test_ten_codes_are_made_and_shown_without_a_question(house: House) -> None:
    user = await filled(house, "10")
    await press(user, "Generate")
    await sees(user, "10 access codes were generated successfully.")
    assert await confirms() == 0


async def test_codes_stay_masked_where_nobody_confirms(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month, 12)
    user = await house.visit(house.cast.sam, routes.batch("northwind", made.batch.id))
    await until(lambda: rows(user))
    await grown_old()
    await asked(user, "Show codes")
    await press(user, "Cancel")
    await until(lambda: "Show codes" in buttons(user))
    assert not any(text in str(rows(user)) for text in made.texts)
    await asked(user, "Show codes")
    await confirm(user)
    await until(lambda: [row["code"] for row in rows(user)] == made.texts)
    assert "Hide codes" in buttons(user)


async def test_the_eleventh_single_copy_is_asked_for_and_then_copied(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month, 11)
    user = await house.visit(house.cast.sam, routes.batch("northwind", made.batch.id))
    await until(lambda: rows(user))
    await grown_old()
    for code in made.codes[:10]:
        await emit(user, "copy", code.id)
    assert len(house.copied) == 10
    [table] = [e for e in shown(user) if isinstance(e, ui.table)]
    begin(user, table, "copy", made.codes[10].id)
    await until(lambda: is_asked(user))
    await confirm(user)
    await until(lambda: len(house.copied) == 11)
    assert made.texts[10] in house.copied[10]


async def test_a_file_is_asked_for_before_the_browser_asks_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[str] = []
    made = await issue(house.cast.sam, house.cast.month, 12)
    user = await house.visit(house.cast.sam, routes.batch("northwind", made.batch.id))
    await until(lambda: rows(user))
    await grown_old()
    monkeypatch.setattr(ui.download, "from_url", saved.append)
    [link] = [e for e in shown(user) if "download" in e.props]
    begin(user, link, "click.prevent")
    await until(lambda: is_asked(user))
    assert saved == []
    await confirm(user)
    await until(lambda: saved == [routes.batch_csv("northwind", made.batch.id)])


async def test_a_member_is_removed_after_the_question_and_not_before(house: House) -> None:
    ada, sam = house.cast.ada, house.cast.sam
    user = await house.visit(ada, routes.members("northwind"))
    await until(lambda: rows(user))
    await grown_old()
    await emit(user, "remove", sam.user_id)
    await asked(user, "Remove")
    await sees(user, "This needs your confirmation.")
    seats = Membership.filter(workspace_id=house.cast.northwind.id, role=Role.SALES)
    assert await seats.exists()
    await confirm(user)
    await until(lambda: sam.email not in str(rows(user)))
    assert not await seats.exists()


async def test_a_tab_that_goes_away_leaves_nothing_waiting(house: House) -> None:
    user = await filled(house, "12")
    before = set(background_tasks.running_tasks)
    await asked(user, "Generate")
    waiting = background_tasks.running_tasks - before
    assert waiting
    with user:
        client = ui.context.client
    client.delete()
    await until(lambda: all(task.done() for task in waiting))
    assert not await Batch.all().exists()


async def test_what_a_browser_forges_confirms_nothing(house: House) -> None:
    user = await filled(house, "12")
    await asked(user, "Generate")
    field = control(user, "Your password")
    for junk in (None, 7, ["a"], {"a": 1}, True):
        await forge(user, field, "update:model-value", junk)
        await press(user, "Confirm")
    assert await confirms() == 0
    assert not await Batch.all().exists()
