"""Tells open tabs that their session is about to end, and closes them when it has."""

import asyncio
import logging
from datetime import timedelta

from nicegui import Client, ui

from services import sessions
from ui.door import tabs

log = logging.getLogger("tallystick.door")

EVERY = timedelta(seconds=20)
WARNING = timedelta(minutes=2)
SENTENCE = "You will be signed out in two minutes. Click anywhere in the application to stay."


async def watch() -> None:
    """For as long as the process lives. An open socket keeps no session alive; a click does."""
    warned: set[str] = set()
    while True:
        await asyncio.sleep(EVERY.total_seconds())
        try:
            warned = await look(warned)
        except Exception:
            log.exception("Open tabs could not be checked; they are checked again soon.")


async def look(warned: set[str]) -> set[str]:
    """One look at every open tab; returns the ids of those that were warned."""
    open_tabs = {client: tabs.session_of(client) for client in Client.instances.values()}
    left = await sessions.time_left({session for session in open_tabs.values() if session})
    await tabs.close_sessions([session for session, time in left.items() if time <= timedelta()])
    ending = {session for session, time in left.items() if timedelta() < time <= WARNING}
    near = {client.id: client for client, session in open_tabs.items() if session in ending}
    for client_id, client in near.items():
        if client_id not in warned and not client.is_deleted:
            with client:
                ui.notify(SENTENCE, timeout=0, close_button="Stay")
    return set(near)
