"""T13: fifty open tabs when their person signs out, is disabled, or has another role."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import pytest
from nicegui import Client, ui
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from models import Product
from models.enums import Role
from services import members, products, sessions, users
from services.errors import DomainError
from services.sessions import SignIn
from tests.cast import PASSWORD
from tests.trust.figures import held
from tests.trust.web.wire import (
    emit,
    joined,
    kept_alive,
    listening,
    opened_tab,
    socket,
    until,
)
from tests.ui.screens.visit import House
from ui import routes
from ui.door import socket_limit

pytestmark = pytest.mark.whole
TABS = 50
SOON = 1.0


@pytest.fixture
async def origin(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(socket_limit, "SOCKETS_PER_SESSION", TABS + 10)
    monkeypatch.setattr(socket_limit, "SOCKETS_PER_ADDRESS", TABS + 10)
    async with listening() as at:
        yield at


async def _sign_out(house: House, token: str) -> None:
    await sessions.sign_out(token)


async def _disable(house: House, token: str) -> None:
    await users.disable(house.cast.olga, house.cast.ada.user_id)


async def _take_role(house: House, token: str) -> None:
    await members.change_role(house.cast.olga, house.cast.ada.user_id, Role.EVALUATOR)


async def _remove(house: House, token: str) -> None:
    await members.remove(house.cast.olga, house.cast.ada.user_id)


ENDS: dict[str, Callable[[House, str], Awaitable[None]]] = {
    "sign-out": _sign_out,
    "disabled": _disable,
    "another role": _take_role,
    "no member any more": _remove,
}


@pytest.mark.parametrize("end", ENDS)
async def test_nothing_comes_of_tabs_that_ought_to_be_gone(
    house: House, origin: str, end: str
) -> None:
    ada = house.cast.ada
    await members.change_role(house.cast.olga, house.cast.sam.user_id, Role.ADMIN)  # a second one
    token = await sessions.sign_in(SignIn(email=ada.email, password=PASSWORD, address="::1"))
    async with AsyncExitStack() as stack:
        tabs = [await _opened(stack, origin, token) for _ in range(TABS)]
        await until(lambda: all(map(_knows_its_person, tabs)), within=60)
        await emit(tabs[0].line, "event", tabs[0].press)
        await asyncio.wait_for(_made_something(), 10)
        await ENDS[end](house, token)
        began = time.monotonic()
        sent = await _press_all(tabs)
        await asyncio.wait({tab.kept for tab in tabs}, timeout=30)
        gone = time.monotonic() - began
        sent += await _press_all(tabs)
        left = [tab for tab in tabs if tab.client_id in Client.instances or not tab.kept.done()]
    made = await Product.filter(name__startswith="Made by").count()
    held(
        test="T13",
        figure=f"{TABS} tabs after {end}: {made - 1} effects of {sent} events, all but "
        f"{len(left)} gone in {gone:.2f} s",
        target=f"0 effects, at most {SOON:.0f} s",
        holds=made == 1 and not left and gone <= SOON,
    )


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A socket of a tab, the frame that presses its button, and what reads on until it ends."""

    client_id: str
    line: ClientConnection
    press: dict[str, object]
    kept: asyncio.Task[None]


async def _opened(stack: AsyncExitStack, origin: str, token: str) -> OpenTab:
    client_id = await opened_tab(origin, token, routes.products("northwind"))
    line = await stack.enter_async_context(socket(origin, client_id, token=token))
    assert await joined(line)
    press = _pressing(client_id, token)
    return OpenTab(client_id, line, press, asyncio.create_task(kept_alive(line)))


def _pressing(client_id: str, token: str) -> dict[str, object]:
    """Puts a button on that tab, whose command asks afresh who presses; the frame that does."""

    async def press() -> None:
        with suppress(DomainError):
            await products.create(await sessions.enter(token, "northwind"), f"Made by {client_id}")

    client = Client.instances[client_id]
    with client:
        button = ui.button(on_click=press)
    [listener] = button._event_listeners.values()
    return {"client_id": client_id, "id": button.id, "listener_id": listener.id, "args": []}


def _knows_its_person(tab: OpenTab) -> bool:
    return hasattr(Client.instances[tab.client_id].request.state, "built_for")


async def _made_something() -> None:
    while not await Product.exists(name__startswith="Made by"):  # noqa: ASYNC110 - a row
        await asyncio.sleep(0.05)


async def _press_all(tabs: list[OpenTab]) -> int:
    """How many of the events could still be sent."""
    return sum([await _sent(tab) for tab in tabs])


async def _sent(tab: OpenTab) -> bool:
    try:
        await emit(tab.line, "event", tab.press)
    except ConnectionClosed:
        return False
    return True
