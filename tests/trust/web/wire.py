"""A real server before the site, and sockets whose frames anybody can forge."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
import uvicorn
from nicegui import Client, app, ui
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from ui.door.install import SERVER_OPTIONS

WAIT = 3


@asynccontextmanager
async def listening() -> AsyncIterator[str]:
    """The site of this process on a port of its own: its origin."""
    options = {**SERVER_OPTIONS, "lifespan": "off", "ws": "wsproto", "log_level": "warning"}
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, **options))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0)


async def opened_tab(origin: str, token: str) -> str:
    """Load the page with that session and return the id of its client."""
    async with httpx.AsyncClient(base_url=origin, cookies={"tallystick": token}) as browser:
        page = await browser.get("/")
    found = re.search(r"'client_id': '([0-9a-f-]+)'", page.text)
    assert found
    return found[1]


@asynccontextmanager
async def socket(
    origin: str,
    client_id: str,
    *,
    token: str = "",
    sent_origin: str | None = "own",
    transport: str = "websocket",
    tab_id: str = "",
) -> AsyncIterator[ClientConnection]:
    tab = {"client_id": client_id, "tab_id": tab_id or str(uuid4()), "document_id": str(uuid4())}
    query = {"EIO": "4", "transport": transport, "implicit_handshake": "true", **tab}
    address = f"{origin.replace('http', 'ws')}/_nicegui_ws/socket.io/?{urlencode(query)}"
    headers = {"Cookie": f"tallystick={token}"} if token else {}
    if sent_origin:
        headers["Origin"] = origin if sent_origin == "own" else sent_origin
    async with connect(address, additional_headers=headers, proxy=None) as connection:
        assert (await received(connection)).startswith("0")
        await connection.send("40")
        yield connection


async def received(connection: ClientConnection) -> str:
    return str(await asyncio.wait_for(connection.recv(), WAIT))


async def joined(connection: ClientConnection) -> bool:
    return (await received(connection)).startswith("40")


async def emit(connection: ClientConnection, name: str, frame: Any) -> None:
    await connection.send(f"42{json.dumps([name, frame])}")


async def until_answered(connection: ClientConnection) -> None:
    """Everything sent before has been handled when the server answers a frame sent after it."""
    await connection.send("421" + json.dumps(["handshake", {}]))
    while not (await received(connection)).startswith("431"):
        pass


async def refusal(origin: str, client_id: str, **how: Any) -> int:
    with pytest.raises(InvalidStatus) as refused:
        async with socket(origin, client_id, **how):
            pass
    return refused.value.response.status_code


def button_of(client_id: str, pressed: list[str]) -> dict[str, Any]:
    """Put a button on that tab; returns the frame that presses it."""
    client = Client.instances[client_id]
    with client:
        button = ui.button(on_click=lambda: pressed.append("pressed"))
    [listener] = button._event_listeners.values()
    return {"client_id": client_id, "id": button.id, "listener_id": listener.id, "args": []}
