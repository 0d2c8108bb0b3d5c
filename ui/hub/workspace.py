"""A workspace: the services a person may use there, with what counts in each."""

from nicegui import ui

from models.enums import CodeKind
from services import dashboards
from services.actor import Actor
from services.permissions import Permission, can
from services.signals import Topic
from ui import actions, live, routes
from ui.components.icon import icon
from ui.components.page_head import page_head
from ui.components.text import text
from ui.pages import page_title, view

Few = list[tuple[str, int]]
TOPICS = (Topic.BATCHES, Topic.AGREEMENTS, Topic.EVALUATIONS)


@view()
async def page(actor: Actor) -> None:
    page_title("Services", actor)
    page_head(actor.workspace_name or "", "Choose a service.")
    cards: list[ServiceCard] = []
    with ui.element("div").classes("cards") as place:
        if can(actor, Permission.USE_EDSPACE):
            about = "Products and access codes"
            cards.append(ServiceCard("Edspace", about, "ticket", routes.edspace(actor.slug)))
        if can(actor, Permission.USE_CYBERPASS):
            about, path = "Purchase codes and evaluations", routes.cyberpass(actor.slug)
            cards.append(ServiceCard("CyberPass", about, "clipboard-check", path))

    async def show() -> None:
        fresh = await actions.actor(actor.slug)
        for card in cards:
            card.show(await NUMBERS[card.name](fresh))

    async def changed(_: tuple[int, ...]) -> None:
        await show()

    await show()
    for topic in TOPICS:
        live.on(place, actor.workspace_id, topic, changed)


class ServiceCard:
    def __init__(self, name: str, about: str, glyph: str, path: str) -> None:
        self.name = name
        with ui.link(target=path).classes("card link-card service-card"):
            with ui.element("span").classes("glyph"):
                icon(glyph)
            with ui.element("div").classes("about"):
                text("b", name)
                text("span", about)
                self._few = ui.element("div").classes("few")

    def show(self, few: Few) -> None:
        with self._few.clear():
            for label, number in few:
                with ui.element("span"):
                    text("b", f"{number:,}")
                    text("span", label)


async def _edspace(actor: Actor) -> Few:
    found = await dashboards.codes(actor, CodeKind.ACCESS)
    return [
        ("ready", found.ready),
        ("activated", found.activated),
        ("expiring in 30 days", found.expiring),
    ]


async def _cyberpass(actor: Actor) -> Few:
    found = await dashboards.evaluations(actor)
    few = [("open", found.open), ("awaiting a code", found.awaiting_code)]
    if can(actor, Permission.READ_AGREEMENTS):
        few.append(("codes left", (await dashboards.left(actor)).left))
    return few


NUMBERS = {"Edspace": _edspace, "CyberPass": _cyberpass}
