"""Tells open tabs that their session is about to end, and closes them when it has."""

from datetime import timedelta

from nicegui import Client, ui

from services import sessions
from ui.door import session, tabs

EVERY = timedelta(seconds=20)
WARNING = timedelta(minutes=2)
SENTENCE = "You will be signed out in two minutes."


_warned: set[str] = set()


async def watch() -> timedelta:
    """Look once; returns when to again. An open socket keeps no session alive; a click does."""
    seen = await look(_warned)
    _warned.clear()
    _warned.update(seen)
    return EVERY


async def look(warned: set[str]) -> set[str]:
    """One look at every open tab; returns the ids of those that were warned."""
    open_tabs = {client: tabs.session_of(client) for client in list(Client.instances.values())}
    left = await sessions.time_left({each for each in open_tabs.values() if each})
    await tabs.close_sessions([each for each, time in left.items() if time <= timedelta()])
    ending = {each for each, time in left.items() if timedelta() < time <= WARNING}
    near = {client.id: client for client, each in open_tabs.items() if each in ending}
    for client_id, client in near.items():
        if client_id not in warned and not client.is_deleted:
            with client:
                _warn(client)
    return set(near)


def _warn(client: Client) -> None:
    token = session.token_of(client.request)

    async def stay() -> None:
        await sessions.touch(token)

    ui.notification(SENTENCE, timeout=None, close_button="Stay signed in", on_dismiss=stay)
