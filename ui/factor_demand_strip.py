"""Whom a second factor is demanded of: a line above the users, and the owner's choice."""

from nicegui import ui

from models.enums import Demand
from services import factor_demand
from services.actor import Actor
from services.factor_demand import DemandView
from services.signals import Topic
from ui import actions, live, wording
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.icon import icon
from ui.components.text import text

WHOM = {Demand.NOBODY: "nobody", Demand.ADMINS: "admins and the owner"}
OTHER = {Demand.NOBODY: Demand.ADMINS, Demand.ADMINS: Demand.NOBODY}
ACTION = {Demand.ADMINS: "Demand of admins and the owner", Demand.NOBODY: "Demand of nobody"}


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
        self.told.text = f"Second factor demanded of {WHOM[shown.demand]}. {_standing(shown)}"
        other = OTHER[shown.demand]
        with self.action.clear():
            button(ACTION[other], lambda: self.ask(other, shown)).classes("btn-small")

    def ask(self, other: Demand, shown: DemandView) -> None:
        async def choose(go: ui.button) -> None:
            await actions.run(lambda actor: _choose(actor, other), button=go)

        is_on = other is Demand.ADMINS
        confirm(
            f"Demand a second factor of {WHOM[other]}?",
            _on(shown) if is_on else ["Everybody may then sign in with a password alone again."],
            "Demand it" if is_on else "Demand it of nobody",
            choose,
            look="primary" if is_on else "danger",
        )


async def _choose(actor: Actor, demand: Demand) -> None:
    await factor_demand.choose(actor, demand)


def _standing(shown: DemandView) -> str:
    admins = wording.count(shown.concerned, "admin or owner", "admins and owners")
    if not shown.without:
        return f"{admins}, and each has one." if shown.concerned > 1 else f"{admins}, with one."
    return f"{shown.without} of {admins} {'has' if shown.without == 1 else 'have'} none yet."


def _on(shown: DemandView) -> list[str]:
    told = ["Admins of any workspace and owners then need one; everybody else may have one."]
    if shown.without:
        who = (
            "1 of them has none yet. That person"
            if shown.without == 1
            else (f"{shown.without} of them have none yet. They")
        )
        told.append(f"{who} can sign in, and then do nothing else than set one up, at once.")
    return told
