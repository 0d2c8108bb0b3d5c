"""T14: a real server, real sockets, and somebody who forges frames."""

import asyncio
import json
from dataclasses import replace

import pytest
from nicegui import Client, core, nicegui

from models import User
from services import sessions
from services.signals import Changed, Topic
from tests.trust.web.wire import (
    button_of,
    emit,
    joined,
    opened_tab,
    received,
    refusal,
    socket,
    until,
    until_answered,
)
from tests.ui.door.site import owner_token
from ui import routes
from ui.door import socket_limit, sockets, tabs

pytestmark = pytest.mark.usefixtures("site")


async def test_the_own_tab_connects_and_its_events_are_heard(origin: str) -> None:
    token, pressed = await owner_token(), list[str]()
    client_id = await opened_tab(origin, token)
    async with socket(origin, client_id, token=token) as tab:
        assert await joined(tab)
        await emit(tab, "event", button_of(client_id, pressed))
        await until_answered(tab)
    assert pressed == ["pressed"]


async def test_a_tab_that_lost_its_line_comes_back_to_itself(origin: str) -> None:
    token, pressed = await owner_token(), list[str]()
    client_id = await opened_tab(origin, token)
    for times in range(1, 4):
        async with socket(origin, client_id, token=token, tab_id="mine") as tab:
            assert await joined(tab)
            await emit(tab, "event", button_of(client_id, pressed))
            await until_answered(tab)
        assert len(pressed) == times


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
    monkeypatch.setattr(socket_limit, "SOCKETS_PER_SESSION", 2)
    token = await owner_token()
    tabs_ = [await opened_tab(origin, token) for _ in range(3)]
    async with socket(origin, tabs_[0], token=token), socket(origin, tabs_[1], token=token):
        assert await refusal(origin, tabs_[2], token=token) == 403
    await until(lambda: not socket_limit._sockets)


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
