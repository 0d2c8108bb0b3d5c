"""Who must have a second factor: a line above the users, and the owner's choice."""

from nicegui import ui

from models.enums import Demand
from services import factor_demand
from services.actor import Actor
from services.factor_demand import DemandView
from services.signals import Topic
from ui import actions, live, routes, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.icon import icon
from ui.components.text import text

TOLD = {
    Demand.NOBODY: "No second factor is required.",
    Demand.ADMINS: "Admins and owners must have a second factor.",
}
OTHER = {Demand.NOBODY: Demand.ADMINS, Demand.ADMINS: Demand.NOBODY}
ACTION = {Demand.ADMINS: "Require of admins and owners", Demand.NOBODY: "Require of nobody"}
OWN_FIRST = (
    "You have none yourself yet. Set yours up first, or nothing but your account would open for "
    "you."
)


class FactorDemandStrip:
    async def build(self) -> None:
        with ui.element("div").classes("card seals") as root:
            icon("shield")
            self.told = text("p", "").props("role=status")
            with ui.element("div").classes("actions"):
                self.action = ui.element("span")
        await self.refresh()
        for topic in (Topic.ACCOUNTS, Topic.MEMBERS):
            live.on(root, None, topic, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.refresh()

    async def refresh(self) -> None:
        shown = await factor_demand.read(await actions.actor())
        self.told.text = f"{TOLD[shown.demand]} {_standing(shown)}"
        other = OTHER[shown.demand]
        with self.action.clear():
            button(ACTION[other], lambda: self.ask(other, shown)).classes("btn-small")

    def ask(self, other: Demand, shown: DemandView) -> None:
        async def choose(go: ui.button) -> None:
            await actions.run(lambda actor: _choose(actor, other), button=go)

        if other is Demand.NOBODY:
            confirm(
                "Require a second factor of nobody?",
                ["Whoever removes theirs may then sign in with a password alone."],
                "Require of nobody",
                choose,
            )
        elif shown.has_own:
            title = "Require a second factor of admins and owners?"
            confirm(title, _on(shown), "Require it", choose, look="primary")
        else:
            _own_first()


def _own_first() -> None:
    dialog = Dialog("Set up your own second factor first")
    with dialog.body:
        text("p", OWN_FIRST)
    with dialog.foot:
        button("Cancel", dialog.close, look="quiet")
        way = button("Go to your account", lambda: ui.navigate.to(routes.ACCOUNT), look="primary")
        way.props("autofocus")


async def _choose(actor: Actor, demand: Demand) -> None:
    await factor_demand.choose(actor, demand)


def _standing(shown: DemandView) -> str:
    admins = wording.count(shown.concerned, "admin or owner", "admins and owners")
    if not shown.without:
        return f"{admins}, and each has one." if shown.concerned > 1 else f"{admins}, with one."
    return f"{shown.without} of {admins} {'has' if shown.without == 1 else 'have'} none yet."


def _on(shown: DemandView) -> list[str]:
    told = ["Admins of any workspace and owners then need one. Everybody else may have one."]
    if shown.without:
        who = (
            "1 of them has none yet. That person"
            if shown.without == 1
            else (f"{shown.without} of them have none yet. They")
        )
        told.append(f"{who} can sign in, and then do nothing else than set one up, at once.")
    return told
