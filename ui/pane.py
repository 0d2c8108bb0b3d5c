"""The side pane: workspace and service switcher, and the sections a person may open."""

from nicegui import ui

from services import catalog, workspaces
from services.actor import Actor
from services.errors import NotFound
from services.permissions import Permission, can
from services.workspaces import Membered
from ui import actions, routes, wording
from ui.components.icon import icon
from ui.components.text import text
from ui.place import Place


async def entered(where: Place) -> Actor | None:
    """The person in the workspace of that place; nobody where they may not enter it."""
    if where.slug is None:
        return None
    try:
        return await actions.actor(where.slug)
    except NotFound:
        return None


async def build(where: Place) -> None:
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
    service = where.service or _service_of(actor, where.section)
    _services(actor, where.slug, service)
    if service == "edspace" and can(actor, Permission.USE_EDSPACE):
        await _edspace(actor, where.slug, where.section)
    if service and can(actor, Permission.ADMINISTER_WORKSPACE):
        _administration(where.slug, where.section)


def _service_of(actor: Actor, section: str | None) -> str | None:
    """Pages of the workspace stand beside a service's own; which one, follows from who looks."""
    if section is None:
        return None
    return "edspace" if can(actor, Permission.USE_EDSPACE) else "cyberpass"


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
            _item("Health", "activity", routes.HEALTH, path == routes.HEALTH)


def _services(actor: Actor, slug: str, service: str | None) -> None:
    with ui.element("div").classes("services"):
        if can(actor, Permission.USE_EDSPACE):
            _current(ui.link("Edspace", routes.access_codes(slug)), service == "edspace")
        if can(actor, Permission.USE_CYBERPASS):
            _current(ui.link("CyberPass", routes.cyberpass(slug)), service == "cyberpass")


async def _edspace(actor: Actor, slug: str, section: str | None) -> None:
    products = await catalog.count_products(actor)
    with ui.element("div").classes("nav"):
        text("span", "Catalog", "heading")
        _item("Products", "package", routes.products(slug), section == "products", products)
        text("span", "Sales", "heading")
        _item("Access Codes", "ticket", routes.access_codes(slug), section == "access-codes")
        _item("Customers", "users", routes.customers(slug), section == "customers")
        if not can(actor, Permission.ADMINISTER_WORKSPACE):
            _item("Messages", "mail", routes.messages(slug), section == "messages")


def _administration(slug: str, section: str | None) -> None:
    with ui.element("details").classes("nav nav-group").props("open"):
        with ui.element("summary"):
            icon("shield")
            text("span", "Administration")
            icon("chevron-down")
        _current(ui.link("Messages", routes.messages(slug)), section == "messages")


def _item(label: str, glyph: str, path: str, is_here: bool, count: int | None = None) -> None:
    with _current(ui.link(target=path), is_here):
        icon(glyph)
        text("span", label)
        if count is not None:
            text("span", f"{count:,}", "count")


def _current(link: ui.link, is_here: bool) -> ui.link:
    return link.props("aria-current=page") if is_here else link
