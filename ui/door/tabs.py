"""Open tabs end with their session: the browser goes to the sign-in page, the tab is deleted."""

import asyncio
import contextlib
from collections.abc import Collection

from nicegui import Client, background_tasks, core

from services.actor import Actor
from services.signals import Changed, Topic
from ui import routes
from ui.door import sockets


def on_changed(changed: Changed) -> None:
    if changed.topic is Topic.SESSIONS:
        background_tasks.create(close_sessions(changed.ids), name="close ended tabs")


async def close_sessions(session_ids: Collection[int]) -> None:
    """Close every open tab of these sessions; a tab that is gone already is no matter."""
    ended = [client for client in Client.instances.values() if session_of(client) in session_ids]
    connected = [sid for client in ended for sid in sockets.sockets_of(client)]
    for client in ended:
        # Before anything is awaited: from here on no event of this tab finds anything to act on.
        client.delete()
    await asyncio.gather(*(_disconnect(sid) for sid in connected))


def is_of_another(path: str, actor: Actor) -> bool:
    """Whether a path leads into a tab that was built for another session."""
    client = Client.instances.get(routes.tab_in(path))
    return client is not None and session_of(client) != actor.session_id


def session_of(client: Client) -> int | None:
    actor = getattr(client.request.state, "actor", None)
    return actor.session_id if actor else None


async def _disconnect(sid: str) -> None:
    # The socket may close by itself in between.
    with contextlib.suppress(KeyError, ValueError):
        connection = core.sio.manager.eio_sid_from_sid(sid, "/")
        await core.sio.emit(
            "open", {"path": routes.login(signed_out=True), "new_tab": False}, to=sid
        )
        await core.sio.disconnect(sid)
        await core.sio.eio.disconnect(connection)
