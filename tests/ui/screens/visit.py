"""People at the screens, simulated: the whole application behind its door, without a browser."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from nicegui import app, background_tasks, ui
from nicegui.functions.download import download
from nicegui.functions.navigate import Navigate
from nicegui.functions.notify import notify
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals
from nicegui.testing.user_interaction import UserInteraction

from services import sessions
from services.actor import Actor
from services.settings import get_settings
from tests.cast import PASSWORD, Cast
from ui import downloads, live, routes, theme
from ui.app import root
from ui.door import tabs
from ui.door.install import install
from ui.public.register import register

ORIGIN = "http://127.0.0.1:8080"
MOMENTS = 150  # in which something may happen; a live update waits for its turn


@dataclass
class House:
    """The running application, its cast, and the browsers that are open."""

    cast: Cast
    stack: AsyncExitStack
    copied: list[str] = field(default_factory=list)

    async def visit(self, actor: Actor, path: str = routes.HOME) -> User:
        """That person's tab, signed in, at that path."""
        attempt = sessions.SignIn(email=actor.email, password=PASSWORD, address="192.0.2.9")
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)
        client.cookies.set("tallystick", await sessions.sign_in(attempt))
        user = User(await self.stack.enter_async_context(client))
        user.javascript_rules[_call("isAtTop")] = lambda _: True
        user.javascript_rules[_call("copy")] = self._copy
        await user.open(path)
        return user

    def _copy(self, asked: re.Match[str]) -> bool:
        self.copied.append(asked[1])
        return True


def _call(name: str) -> re.Pattern[str]:
    return re.compile(rf".*tallystick\.{name}\((.*)\)", re.DOTALL)


@asynccontextmanager
async def opened(cast: Cast) -> AsyncIterator[House]:
    """The application on the database that the test has connected."""
    with nicegui_reset_globals():
        os.environ["NICEGUI_USER_SIMULATION"] = "true"
        try:
            register(app)
            downloads.register(app)
            theme.install()
            install(app, get_settings(), {})
            ui.run(root, show_welcome_message=False, tailwind=False)
            live.start()
            tabs.start()
            async with app.router.lifespan_context(app), AsyncExitStack() as stack:
                yield House(cast, stack)
        finally:
            live.stop()
            tabs.stop()
            os.environ.pop("NICEGUI_USER_SIMULATION", None)
            ui.navigate, ui.notify, ui.download = Navigate(), notify, download


async def until(condition: Callable[[], object]) -> None:
    """Wait for what is to become true within a few seconds."""
    async with asyncio.timeout(MOMENTS / 10):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


def shown(user: User, kind: type[ui.element] = ui.element) -> list[Any]:
    """What is on that person's screen, of one kind."""
    with user:
        return [
            element
            for element in user.current_layout.descendants()
            if isinstance(element, kind) and _is_visible(element)
        ]


def _is_visible(element: ui.element) -> bool:
    return element.visible and all(above.visible for above in element.ancestors())


def words(user: User) -> str:
    """Everything that stands on the screen outside of tables."""
    return "\n".join(str(getattr(element, "text", "")) for element in shown(user))


async def sees(user: User, *sentences: str) -> None:
    for sentence in sentences:
        await user.should_see(sentence, retries=MOMENTS)


def control(user: User, label: str) -> Any:
    """The control that belongs to a label; in the newest dialog where there are several."""
    of = [e.props["for"] for e in shown(user) if e.tag == "label" and e.text == label]
    [found] = [e for e in shown(user) if e.tag != "label" and e.props.get("for") == of[-1]]
    return found


def enter(user: User, label: str, value: object) -> None:
    with user:
        control(user, label).set_value(value)


def error_at(user: User, label: str) -> str:
    """The sentence below a field, where it is one about an error."""
    box = control(user, label).parent_slot.parent
    found = [e.text for e in box.descendants() if "error" in e.classes and e.visible]
    return "".join(found)


def button(user: User, name: str) -> ui.button:
    """The newest button of that text or accessible name."""
    return [each for each in shown(user, ui.button) if name in _names(each)][-1]


def buttons(user: User) -> list[str]:
    return [name for each in shown(user, ui.button) for name in _names(each)]


def _names(each: ui.button) -> list[str]:
    return [name for name in (each.props.get("aria-label"), each.text, *_texts(each)) if name]


def _texts(element: ui.element) -> list[str]:
    return [getattr(inside, "text", "") for inside in element.descendants()]


async def press(user: User, name: str) -> None:
    """Click the newest button of that name and wait until everything it started is done."""
    await _do(user, button(user, name), lambda at: at.click())


async def pick(user: User, entry: str, *, nth: int = 0) -> None:
    """Click such an entry of a menu, the first one there is; a person would open it before."""
    with user:
        items = [e for e in user.current_layout.descendants() if isinstance(e, ui.menu_item)]
    found = [item for item in items if entry in _texts(item)]
    await _do(user, found[nth], lambda at: at.click())


async def emit(user: User, event: str, argument: object) -> None:
    """What a cell of the table sends when it is clicked, or what somebody forges."""
    await _do(user, table(user), lambda at: at.trigger(event, argument))


async def forge(user: User, element: ui.element, event: str, argument: object) -> None:
    """What somebody's own program sends to an element of the page."""
    await _do(user, element, lambda at: at.trigger(event, argument))


async def _do(user: User, element: ui.element, act: Callable[[UserInteraction[Any]], Any]) -> None:
    before = set(background_tasks.running_tasks)
    act(UserInteraction(user, {element}, None))
    if started := background_tasks.running_tasks - before:
        await asyncio.wait(started, timeout=MOMENTS / 10)


def table(user: User) -> ui.table:
    """The only table on the screen, or the first."""
    found, *_ = [e for e in user.current_layout.descendants() if isinstance(e, ui.table)]
    return found


def rows(user: User) -> list[dict[str, Any]]:
    """The rows of the table as they are in the browser, every key of them."""
    tables = [e for e in user.current_layout.descendants() if isinstance(e, ui.table)]
    return [row for found in tables for row in found.rows]
