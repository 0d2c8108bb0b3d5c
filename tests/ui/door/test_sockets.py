"""A real server, real sockets, and somebody who forges frames."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
import uvicorn
from nicegui import Client, app, core, nicegui, ui
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from models import User
from services import sessions
from services.signals import Changed, Topic
from tests.ui.door.site import owner_token
from ui import routes
from ui.door import limits, sockets, tabs
from ui.door.install import SERVER_OPTIONS

pytestmark = pytest.mark.usefixtures("site")
WAIT = 3


@pytest.fixture
async def origin(site: None) -> AsyncIterator[str]:
    """A real server in front of the site: its origin."""
    options = {**SERVER_OPTIONS, "lifespan": "off", "ws": "wsproto", "log_level": "warning"}
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, **options))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
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
) -> AsyncIterator[ClientConnection]:
    tab = {"client_id": client_id, "tab_id": str(uuid4()), "document_id": str(uuid4())}
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


async def test_the_own_tab_connects_and_its_events_are_heard(origin: str) -> None:
    token, pressed = await owner_token(), list[str]()
    client_id = await opened_tab(origin, token)
    async with socket(origin, client_id, token=token) as tab:
        assert await joined(tab)
        await emit(tab, "event", button_of(client_id, pressed))
        await until_answered(tab)
    assert pressed == ["pressed"]


async def test_strangers_never_get_a_socket(origin: str) -> None:
    token = await owner_token()
    client_id = await opened_tab(origin, token)
    assert await refusal(origin, client_id) == 403
    assert await refusal(origin, client_id, token="x" * 43) == 403
    assert await refusal(origin, client_id, token=token, sent_origin=None) == 403
    assert await refusal(origin, client_id, token=token, sent_origin="https://evil.example") == 403
    assert await refusal(origin, client_id, token=token, sent_origin="null") == 403
    assert await refusal(origin, client_id, token=token, transport="polling") == 403


async def test_another_session_cannot_join_a_tab(origin: str) -> None:
    client_id = await opened_tab(origin, await owner_token())
    async with socket(origin, client_id, token=await owner_token()) as other:
        answer = await received(other)
    assert answer.startswith("44")
    assert sockets.RELOAD in answer


async def test_a_forged_event_of_another_session_does_nothing(
    origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    mine, theirs, pressed = await owner_token(), await owner_token(), list[str]()
    victim, own = await opened_tab(origin, mine), await opened_tab(origin, theirs)
    async with socket(origin, victim, token=mine), socket(origin, own, token=theirs) as attacker:
        assert await joined(attacker)
        await emit(attacker, "event", button_of(victim, pressed))
        for name in ("event", "javascript_response", "ack", "log", "handshake"):
            frames = ({"client_id": victim}, {"client_id": own}, {"client_id": [1]}, "junk", None)
            for frame in frames:
                await emit(attacker, name, frame)
        await until_answered(attacker)
    assert pressed == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_browsers_log_line_cannot_forge_others(
    origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = await owner_token()
    client_id = await opened_tab(origin, token)
    async with socket(origin, client_id, token=token) as tab:
        assert await joined(tab)
        frame = {
            "client_id": client_id,
            "level": "warning",
            "message": "a\nERROR forged" + "x" * 9999,
        }
        await emit(tab, "log", frame)
        await until_answered(tab)
    [line] = [record.getMessage() for record in caplog.records if "forged" in record.getMessage()]
    assert "\n" not in line
    assert len(line) < 600


async def test_sockets_of_a_session_are_counted(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_SESSION", 2)
    token = await owner_token()
    tabs_ = [await opened_tab(origin, token) for _ in range(3)]
    async with socket(origin, tabs_[0], token=token), socket(origin, tabs_[1], token=token):
        assert await refusal(origin, tabs_[2], token=token) == 403
    await until(lambda: not limits._sockets)


async def test_signing_out_closes_the_tabs_of_that_session_only(origin: str) -> None:
    leaving, staying = await owner_token(), await owner_token()
    ended, kept = await opened_tab(origin, leaving), await opened_tab(origin, staying)
    async with (
        socket(origin, ended, token=leaving) as tab,
        socket(origin, kept, token=staying) as other,
    ):
        assert await joined(tab)
        assert await joined(other)
        await sessions.sign_out(leaving)
        async with asyncio.timeout(1):
            while '"open"' not in (frame := await received(tab)):
                pass
            assert "/login" in frame
            await until(lambda: ended not in Client.instances)
            # what the tab was being told when it ended may still come out before the end
            while (frame := await received(tab)).startswith('42["update"'):
                pass
            assert [frame, await received(tab)] == ["41", "1"]
        assert kept in Client.instances
        assert await refusal(origin, ended, token=leaving) == 403


async def test_tabs_of_somebody_whose_rights_changed_load_again_and_keep_the_session(
    origin: str,
) -> None:
    token = await owner_token()
    stale, fresh = await opened_tab(origin, token), await opened_tab(origin, token)
    actor = await sessions.find(token)
    assert actor
    changed = Changed(None, Topic.MEMBERS, (actor.user_id,))
    async with socket(origin, stale, token=token) as tab, socket(origin, fresh, token=token):
        assert await joined(tab)
        for client_id in (stale, fresh):
            tabs.built_for(Client.instances[client_id], actor)
            Client.instances[client_id].sub_pages_router.current_path = routes.HEALTH
        await tabs.reopen(changed.ids)
        assert stale in Client.instances, "nothing changed for this person"
        await User.filter(id=actor.user_id).update(is_owner=False)
        tabs.built_for(Client.instances[fresh], replace(actor, is_owner=False))
        tabs.on_changed(changed)
        async with asyncio.timeout(1):
            while '"open"' not in (frame := await received(tab)):
                pass
        assert json.loads(frame.removeprefix("42")) == [
            "open",
            {"path": routes.HEALTH, "new_tab": False},
        ]
        await until(lambda: stale not in Client.instances)
        assert fresh in Client.instances
    assert await sessions.find(token)


async def test_closing_a_tab_twice_is_harmless(origin: str) -> None:
    token = await owner_token()
    client_id = await opened_tab(origin, token)
    actor = await sessions.find(token)
    assert actor
    await asyncio.gather(*(tabs.close_sessions((actor.session_id,)) for _ in range(3)))
    assert client_id not in Client.instances


def test_the_internals_of_nicegui_are_where_the_door_expects_them() -> None:
    for name, handler in sockets.FRAMES.items():
        assert handler is getattr(nicegui, f"_on_{name}")
    known = {"connect", "disconnect", "handshake", *sockets.FRAMES}
    assert set(core.sio.handlers["/"]) == known, "NiceGUI takes frames that nobody guards"
    guarded = {name: handler.__module__ for name, handler in core.sio.handlers["/"].items()}
    assert {name for name, module in guarded.items() if module == "ui.door.sockets"} == known - {
        "disconnect"
    }
    assert list(core.sio.handlers) == ["/"]
    assert not core.sio.namespace_handlers
    assert "_socket_to_document_id" in Client.__init__.__code__.co_names
