"""The one bridge from what services announce to pages that are open."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from nicegui import Client, Event, app, background_tasks
from nicegui.element import Element

from services import signals
from services.errors import NotFound
from services.signals import Changed, Topic

PAUSE = 0.4  # at most about two and a half updates a second on each page

_changed: Event[[Changed]] = Event()
_under_way: dict[asyncio.Task[None], Client] = {}
_end: list[Callable[[], None]] = []


def start() -> None:
    stop()
    app.on_delete(_gone)
    _end.append(signals.subscribe(_changed.emit))


def stop() -> None:
    while _end:
        _end.pop()()
    _changed.callbacks.clear()
    for task in list(_under_way):  # the database is closed next
        task.cancel()


def _gone(client: Client) -> None:
    # what is under way for a closed tab would find nothing to change
    for task in [task for task, of in _under_way.items() if of is client]:
        task.cancel()


@dataclass
class _Listener:
    """Collects the ids that changed and hands them over together, one run at a time.

    Where a topic names no ids, it hands over none.
    """

    owner: Element
    handler: Callable[[tuple[int, ...]], Awaitable[None]]
    ids: dict[int, None] = field(default_factory=dict)
    busy: bool = False
    is_due: bool = False

    def heard(self, ids: tuple[int, ...]) -> None:
        self.ids |= dict.fromkeys(ids)
        self.is_due = True
        if not self.busy:
            self.busy = True
            task = background_tasks.create(self._drain(), name="live update")
            _under_way[task] = self.owner.client
            task.add_done_callback(_under_way.pop)

    async def _drain(self) -> None:
        try:
            while self.is_due and not self.owner.is_deleted:
                ids, self.ids, self.is_due = tuple(self.ids), {}, False
                with self.owner:
                    await self._tell(ids)
                await asyncio.sleep(PAUSE)
        finally:
            self.busy = False

    async def _tell(self, ids: tuple[int, ...]) -> None:
        # whoever may not see it any more is not told
        with suppress(NotFound):
            await self.handler(ids)


def on(
    owner: Element,
    workspace_id: int | None,
    topic: Topic,
    handler: Callable[[tuple[int, ...]], Awaitable[None]],
) -> None:
    """Call `handler` with the ids of rows that changed, as long as `owner` is on screen.

    Without a workspace it hears of all of them.
    """
    listener = _Listener(owner, handler)

    def hear(changed: Changed) -> None:
        if owner.is_deleted:
            _changed.unsubscribe(hear)
        elif changed.topic is topic and workspace_id in (None, changed.workspace_id):
            listener.heard(changed.ids)

    _changed.subscribe(hear, expect_args=True)
