"""One sentence above every page, for who must set up a second factor first."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.actor import Actor
from services.signals import Topic
from ui import actions, live, routes
from ui.components.text import text

SENTENCE = (
    "This installation requires a second factor of you. Until you set one up, nothing else opens."
)


class FactorNotice:
    def __init__(self, actor: Actor, changed: Callable[[], Awaitable[None]]) -> None:
        self.user_id, self.is_due, self.changed = actor.user_id, actor.factor_due, changed
        with ui.element("div").classes("note factor-due").props("role=status") as self.root:
            text("span", SENTENCE)
            ui.link("Set up on your account page", routes.ACCOUNT)
        self.root.set_visibility(self.is_due)
        for topic in (Topic.ACCOUNTS, Topic.MEMBERS):
            live.on(self.root, None, topic, self.heard)

    async def heard(self, user_ids: tuple[int, ...]) -> None:
        if self.user_id not in user_ids:
            return
        is_due = (await actions.actor()).factor_due
        if is_due != self.is_due:
            self.is_due = is_due
            self.root.set_visibility(is_due)
            await self.changed()
