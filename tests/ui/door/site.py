"""A whole site in the test's process: a database, the door, the public pages and a root page."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from nicegui import app, ui
from nicegui.testing.general import nicegui_reset_globals

from services import (
    key_tie,
    keys,
    lanes,
    password_resets,
    redeem_limits,
    sessions,
    setup,
    setup_token,
    sign_in_limits,
)
from services.settings import get_settings
from ui import routes
from ui.door import tabs
from ui.door.install import install
from ui.public.register import register

ORIGIN = "http://127.0.0.1:8080"
STRANGER = "203.0.113.5"
PASSWORD = "nine wooden spoons"


def root() -> None:
    ui.label("A page of the application")


@asynccontextmanager
async def opened(monkeypatch: pytest.MonkeyPatch, **environment: str) -> AsyncIterator[None]:
    """The site with these settings, on the database that the test has connected."""
    for name, value in environment.items():
        monkeypatch.setenv(f"TALLYSTICK_{name.upper()}", value)
    get_settings.cache_clear()
    sign_in_limits.by_address.cache_clear()
    redeem_limits.by_address.cache_clear()
    lanes.forget()
    password_resets.by_address.cache_clear()
    if not await key_tie.known():
        await key_tie.tie(keys.ring().check_value)
    async with _served():
        yield


@asynccontextmanager
async def _served() -> AsyncIterator[None]:
    with nicegui_reset_globals():
        os.environ["NICEGUI_USER_SIMULATION"] = "true"
        try:
            install(app, get_settings(), {})
            register(app)
            ui.run(root, show_welcome_message=False)
            tabs.start()
            async with app.router.lifespan_context(app):
                yield
        finally:
            tabs.stop()
            os.environ.pop("NICEGUI_USER_SIMULATION", None)


def browser(address: str = STRANGER, origin: str = ORIGIN) -> httpx.AsyncClient:
    """Sends its origin with every form, as browsers do; follows nothing."""
    transport = httpx.ASGITransport(app, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=origin, headers={"origin": origin})


async def owner_token(email: str = "ada@example.org") -> str:
    """A session of an owner; the first call makes the owner."""
    if await setup.is_open():
        token = await setup_token.issue()
        owner = setup.NewOwner(
            token=token, name="Ada", email=email, password=PASSWORD, address=STRANGER
        )
        return await setup.create_owner(owner)
    attempt = sessions.SignIn(email=email, password=PASSWORD, address=STRANGER)
    return await sessions.sign_in(attempt)


async def signed_in() -> httpx.AsyncClient:
    client = browser()
    client.cookies.set("tallystick", await owner_token())
    return client


async def form_of(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Open a page as a person would and return its hidden fields."""
    return hidden_fields((await client.get(path)).text)


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return dict(reversed(found))


async def sent(client: httpx.AsyncClient, path: str, **typed: str) -> httpx.Response:
    return await client.post(path, data=await form_of(client, path) | typed)


async def sign_in(client: httpx.AsyncClient, **typed: str) -> httpx.Response:
    entered = {"email": "ada@example.org", "password": PASSWORD} | typed
    return await sent(client, routes.LOGIN, **entered)
