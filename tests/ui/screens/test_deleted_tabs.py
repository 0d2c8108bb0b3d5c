"""A tab that the door closed while its browser was away is deleted once."""

import asyncio

import pytest
from nicegui import Client

from models import Session
from services import sessions
from tests.ui.screens.visit import House
from ui import routes
from ui.door import tabs


async def test_a_tab_whose_socket_was_lost_is_closed_without_an_error(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    user = await house.visit(house.cast.ada, routes.ACCOUNT)
    client = user.client
    assert client
    monkeypatch.setattr(client.page, "resolve_reconnect_timeout", lambda: 1.0)
    client._socket_to_document_id["socket"] = "document"
    client._num_connections["document"] = 1
    client.handle_disconnect("socket")
    [waiting] = client._delete_tasks.values()
    session_id = tabs.session_of(client)
    assert session_id and await Session.exists(id=session_id)
    await sessions.end([session_id])
    await tabs.close_sessions([session_id])
    assert client.id not in Client.instances
    await asyncio.sleep(1.1)
    assert waiting.cancelled()
    assert not [each for each in caplog.records if "KeyError" in (each.exc_text or "")]


async def test_a_tab_whose_socket_was_lost_goes_by_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await house.visit(house.cast.ada, routes.ACCOUNT)
    client = user.client
    assert client
    monkeypatch.setattr(client.page, "resolve_reconnect_timeout", lambda: 0.01)
    client._socket_to_document_id["socket"] = "document"
    client._num_connections["document"] = 1
    client.handle_disconnect("socket")
    await asyncio.sleep(0.1)
    assert client.id not in Client.instances
