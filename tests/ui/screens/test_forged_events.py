"""What a browser can send to the tables of a page instead of what its cells send."""

from typing import Any

import pytest
from nicegui import ui

from tests.cast import every_row
from tests.certification import certification, granted, paid, purchased
from tests.evaluating import begin
from tests.ui.screens.visit import House, forge, shown, until
from ui import routes
from ui.components.entry import Line

SCREENS = {
    "purchase codes": ("ada_at_acme", routes.purchase_codes("acme")),
    "evaluations": ("eve", routes.evaluations("acme")),
    "agreements": ("ada_at_acme", routes.agreements("acme")),
    "members": ("ada_at_acme", routes.members("acme")),
    "messages": ("ada_at_acme", routes.messages("acme")),
    "audit log": ("ada_at_acme", routes.audit("acme")),
    "refusals": ("ada_at_acme", routes.refusals("acme")),
    "all agreements": ("olga", routes.INSTANCE_AGREEMENTS),
    "users": ("olga", routes.USERS),
    "the installation's log": ("olga", routes.INSTANCE_AUDIT),
    "the installation's messages": ("olga", routes.INSTANCE_MESSAGES),
    "workspaces": ("olga", routes.INSTANCE_WORKSPACES),
}
OF_NICEGUI = {"selection", "update:pagination", "update:fullscreen"}
NO_IDS: tuple[Any, ...] = (-1, 0, 10**9, 2**63, 2**70, 1.5, "1", "'; --", "", None, [], [1], {})
NO_ORDERS: tuple[Any, ...] = (
    {"pagination": None},
    {"pagination": "x"},
    {"pagination": {"sortBy": ["x"], "descending": 7}},
    {"pagination": {"sortBy": "id; drop", "page": -3, "rowsPerPage": 10**9}},
)


@pytest.mark.parametrize("screen", SCREENS)
async def test_nothing_comes_of_what_no_cell_sends(house: House, screen: str) -> None:
    cast, made = house.cast, await certification()
    await granted(cast.acme, made.lab)
    issued = await purchased(cast.ada_at_acme, cast.acme, made.lab, 3)
    await begin(cast.eve, made)
    await paid(issued.codes[0], cast.eve)
    who, path = SCREENS[screen]
    user = await house.visit(getattr(cast, who), path)
    await until(lambda: [e for e in user.current_layout.descendants() if isinstance(e, ui.table)])
    before = await every_row()
    for table in [e for e in user.current_layout.descendants() if isinstance(e, ui.table)]:
        events = {each.type for each in table._event_listeners.values()} - OF_NICEGUI
        for event in sorted(events):
            for junk in (*NO_IDS, *NO_ORDERS):
                await forge(user, table, event, junk)
    after = await every_row()
    assert {name for name in before if before[name] != after[name]} <= {"Session"}


NO_TEXT: tuple[Any, ...] = (7, 1.5, True, None, ["a"], {"a": 1})
WITH_FIELDS = {
    **SCREENS,
    "settings": ("ada_at_acme", routes.settings("acme")),
    "account": ("ada", routes.ACCOUNT),
    "access codes": ("sam", routes.access_codes("northwind")),
    "customers": ("sam", routes.customers("northwind")),
}


@pytest.mark.parametrize("screen", WITH_FIELDS)
async def test_what_is_no_text_is_taken_for_nothing(house: House, screen: str) -> None:
    who, path = WITH_FIELDS[screen]
    user = await house.visit(getattr(house.cast, who), path)
    await until(lambda: shown(user, Line))
    for field in shown(user, Line):
        assert field.props.get("outlined"), "a field of its own looks like every other field"
        for junk in NO_TEXT:
            await forge(user, field, "update:value", junk)
            assert field.value == ""
