"""The side pane: workspace and service switcher, and the sections a person may open."""

from collections.abc import Callable
from dataclasses import dataclass, field

from nicegui import ui

from services import evaluation_list, product_list, workspaces
from services.actor import Actor
from services.errors import NotFound
from services.permissions import Permission, can
from services.signals import Topic
from services.workspaces import Membered
from ui import actions, live, routes, wording
from ui.components.icon import icon
from ui.components.text import text
from ui.place import Place

INSTALLATION = (
    ("Workspaces", "layers", routes.INSTANCE_WORKSPACES),
    ("Users", "users", routes.USERS),
    ("Schemes", "clipboard-check", routes.SCHEMES),
    ("Agreements", "file-text", routes.INSTANCE_AGREEMENTS),
    ("Audit Log", "scroll-text", routes.INSTANCE_AUDIT),
    ("Messages", "mail", routes.INSTANCE_MESSAGES),
    ("Health", "activity", routes.HEALTH),
    ("Backups", "database", routes.BACKUPS),
)
ADMINISTRATION = (
    ("Members", "members", routes.members),
    ("Messages", "messages", routes.messages),
    ("Audit Log", "audit", routes.audit),
    ("Refusals", "refusals", routes.refusals),
    ("Settings", "settings", routes.settings),
)
OF_CYBERPASS = (
    ("Purchase Codes", "purchase-codes", routes.purchase_codes),
    ("Agreements", "agreements", routes.agreements),
)


@dataclass
class Recent:
    """What this tab's pane remembers: which service was used last, whether the group is open."""

    services: dict[str, str] = field(default_factory=dict[str, str])
    is_open: bool = False

    def service(self, actor: Actor, where: Place) -> str | None:
        """Pages of the workspace stand beside those of the service that one came from."""
        slug = where.slug or ""
        if where.service:
            self.services[slug] = where.service
        if where.service or where.section is None:
            return where.service
        usual = "edspace" if can(actor, Permission.USE_EDSPACE) else "cyberpass"
        return self.services.get(slug, usual)


async def entered(where: Place) -> Actor | None:
    """The person in the workspace of that place; nobody where they may not enter it."""
    if where.slug is None:
        return None
    try:
        return await actions.actor(where.slug)
    except NotFound:
        return None


async def build(where: Place, recent: Recent) -> None:
    with ui.link(target=routes.HOME).classes("brand"):
        ui.element("span").classes("mark").props("aria-hidden=true")
        text("span", "Tallystick")
    try:
        person = await actions.actor()
    except NotFound:
        return  # signed out a moment ago; the tab is about to close
    actor = await entered(where)
    _switcher(actor, await workspaces.of(person))
    if actor is None or where.slug is None:
        _home(person, ui.context.client.sub_pages_router.current_path)
        return
    service = recent.service(actor, where)
    _services(actor, where.slug, service)
    if service == "edspace" and can(actor, Permission.USE_EDSPACE):
        await _edspace(actor, where.slug, where)
    if service == "cyberpass" and can(actor, Permission.USE_CYBERPASS):
        await _cyberpass(actor, where.slug, where)
    if service and can(actor, Permission.ADMINISTER_WORKSPACE):
        of_service = OF_CYBERPASS if service == "cyberpass" else ()
        _administration(where.slug, where.section, (*of_service, *ADMINISTRATION), recent)


def tile(name: str, number: int) -> None:
    text("span", wording.initials(name), f"tile tile-{number % 5}").props("aria-hidden=true")


def _switcher(actor: Actor | None, every: list[Membered]) -> None:
    name = actor.workspace_name if actor and actor.workspace_name else "All workspaces"
    switcher = ui.button(color=None).classes("switcher")
    switcher.props["aria-label"] = f"Workspace: {name}. Switch"
    with switcher:
        if actor:
            tile(name, actor.workspace)
        with ui.element("span").classes("names"):
            text("span", name)
            text("small", "Workspace" if actor else wording.count(len(every), "workspace"))
        icon("chevrons-up-down")
        with ui.menu().props("fit"):
            for workspace in every:
                _workspace_item(workspace, is_here=bool(actor and actor.workspace == workspace.id))
            ui.element("hr")
            ui.menu_item("All workspaces", lambda: ui.navigate.to(routes.HOME))


def _workspace_item(workspace: Membered, *, is_here: bool) -> None:
    path = routes.workspace(workspace.slug)
    with ui.menu_item(on_click=lambda: ui.navigate.to(path)).props("active" if is_here else ""):
        tile(workspace.name, workspace.id)
        text("span", workspace.name)


def _home(actor: Actor, path: str) -> None:
    with ui.element("div").classes("nav"):
        _item("Home", "layout-dashboard", routes.HOME, path == routes.HOME)
        if can(actor, Permission.RUN_INSTALLATION):
            text("span", "Installation", "heading")
            for label, glyph, target in INSTALLATION:
                _item(label, glyph, target, path == target)


def _services(actor: Actor, slug: str, service: str | None) -> None:
    with ui.element("div").classes("services"):
        if can(actor, Permission.USE_EDSPACE):
            _current(ui.link("Edspace", routes.edspace(slug)), service == "edspace")
        if can(actor, Permission.USE_CYBERPASS):
            _current(ui.link("CyberPass", routes.cyberpass(slug)), service == "cyberpass")


async def _edspace(actor: Actor, slug: str, where: Place) -> None:
    products, section = await product_list.count(actor), where.section
    with ui.element("div").classes("nav"):
        is_dashboard = where.service is not None and section is None
        _item("Dashboard", "layout-dashboard", routes.edspace(slug), is_dashboard)
        text("span", "Catalog", "heading")
        _item("Products", "package", routes.products(slug), section == "products", products)
        text("span", "Sales", "heading")
        _item("Access Codes", "ticket", routes.access_codes(slug), section == "access-codes")
        _item("Customers", "users", routes.customers(slug), section == "customers")
        if not can(actor, Permission.ADMINISTER_WORKSPACE):
            _item("Messages", "mail", routes.messages(slug), section == "messages")


async def _cyberpass(actor: Actor, slug: str, where: Place) -> None:
    section = where.section
    with ui.element("div").classes("nav"):
        is_dashboard = where.service is not None and section is None
        _item("Dashboard", "layout-dashboard", routes.cyberpass(slug), is_dashboard)
        here = section == "evaluations"
        with _item("Evaluations", "clipboard-check", routes.evaluations(slug), here):
            number = text("span", "", "count")

    async def count(_: tuple[int, ...] = ()) -> None:
        opened = await evaluation_list.count_open(await actions.actor(slug))
        if not number.is_deleted:
            number.text = f"{opened:,}"

    await count()
    live.on(number, actor.workspace, Topic.EVALUATIONS, count)


def _administration(
    slug: str,
    section: str | None,
    links: tuple[tuple[str, str, Callable[[str], str]], ...],
    recent: Recent,
) -> None:
    is_here = any(section == name for _, name, _ in links)
    with ui.element("details").classes("nav nav-group") as group:
        if is_here or recent.is_open:
            group.props("open")
        group.on(
            "toggle",
            lambda event: setattr(recent, "is_open", bool(event.args)),
            js_handler="(event) => emit(event.target.open)",
        )
        with ui.element("summary"):
            icon("shield")
            text("span", "Administration")
            icon("chevron-down")
        for label, name, path_of in links:
            _current(ui.link(label, path_of(slug)), section == name)


def _item(label: str, glyph: str, path: str, is_here: bool, count: int | None = None) -> ui.link:
    with _current(ui.link(target=path), is_here) as link:
        icon(glyph)
        text("span", label)
        if count is not None:
            text("span", f"{count:,}", "count")
    return link


def _current(link: ui.link, is_here: bool) -> ui.link:
    return link.props("aria-current=page") if is_here else link
