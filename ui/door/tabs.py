"""Open tabs end with their session; where somebody's rights change, their tabs are built anew."""

import asyncio
import contextlib
from collections.abc import Callable, Collection

from nicegui import Client, background_tasks, core

from services import sessions, signals
from services.actor import Actor
from services.errors import NotFound
from services.signals import Changed, Topic
from ui import client_paths, routes, targets
from ui.door import session, sockets

_end: list[Callable[[], None]] = []


def start() -> None:
    stop()
    _end.append(signals.subscribe(on_changed))


def stop() -> None:
    while _end:
        _end.pop()()


def on_changed(changed: Changed) -> None:
    if changed.topic is Topic.SESSIONS:
        background_tasks.create(close_sessions(changed.ids), name="close ended tabs")
    if changed.topic is Topic.MEMBERS:
        background_tasks.create(reopen(changed.ids), name="reopen tabs")


async def close_sessions(session_ids: Collection[int]) -> None:
    """Close every open tab of these sessions; a tab that is gone already is no matter."""
    ended = [client for client in Client.instances.values() if session_of(client) in session_ids]
    await _close({client: routes.login(signed_out=True) for client in ended})


def built_for(client: Client, actor: Actor) -> None:
    """Remember whom this tab shows a page to, in which workspace and role."""
    client.request.state.built_for = actor


async def reopen(user_ids: Collection[int]) -> None:
    """Load tabs of these people again: the list of workspaces, and pages of other rights."""
    stale: dict[Client, str] = {}
    today: dict[tuple[str, str | None], Actor | None] = {}  # asked once for all tabs of a session
    for client in list(Client.instances.values()):
        shown: Actor | None = getattr(client.request.state, "built_for", None)
        if not shown or shown.user_id not in user_ids:
            continue
        where = (session.token_of(client.request), shown.workspace_slug)
        if where not in today:
            today[where] = await _today(*where)
        if _is_stale(client, today[where], shown):
            stale[client] = _path_of(client)
    await _close(stale)


async def _today(token: str, slug: str | None) -> Actor | None:
    """Who that session is by now, in that workspace; nobody where they are no member any more."""
    try:
        return await sessions.enter(token, slug) if slug else await sessions.find(token)
    except NotFound:
        return None


def _is_stale(client: Client, today: Actor | None, shown: Actor) -> bool:
    if today is None or _path_of(client) == routes.HOME:
        return True
    if (today.is_owner, today.role) != (shown.is_owner, shown.role):
        return True
    # a second factor is set up on the account page, which shows by itself what came of it
    return today.factor_due != shown.factor_due and _path_of(client) != routes.ACCOUNT


def _path_of(client: Client) -> str:
    path = client.sub_pages_router.current_path
    return path if targets.is_local(path) else routes.HOME


async def _close(tabs: dict[Client, str]) -> None:
    """Each with the path that its browser goes to."""
    connected = [(sid, path) for tab, path in tabs.items() for sid in sockets.sockets_of(tab)]
    for client in tabs:
        # Before anything is awaited: from here on no event of this tab finds anything to act on.
        if not client.is_deleted:
            client.delete()
            sockets.forget(client)
    await asyncio.gather(*(_disconnect(sid, path) for sid, path in connected))


def is_of_another(path: str, actor: Actor) -> bool:
    """Whether a path leads into a tab that was built for another session."""
    client = Client.instances.get(client_paths.tab_in(path))
    return client is not None and session_of(client) != actor.session_id


def session_of(client: Client) -> int | None:
    actor = getattr(client.request.state, "actor", None)
    return actor.session_id if actor else None


async def _disconnect(sid: str, path: str) -> None:
    # The socket may close by itself in between.
    with contextlib.suppress(KeyError, ValueError):
        connection = core.sio.manager.eio_sid_from_sid(sid, "/")
        await core.sio.emit("open", {"path": path, "new_tab": False}, to=sid)
        await core.sio.disconnect(sid)
        await core.sio.eio.disconnect(connection)
