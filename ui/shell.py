"""The frame around every page: side pane and header. Built once for each tab."""

from nicegui import ui

from services import evaluation_list
from services.actor import Actor
from services.permissions import Permission, can
from services.settings import get_settings
from services.signals import Topic
from ui import actions, bell, live, pane, person_menu, place, routes, theme, theme_menu
from ui.components.buttons import icon_button
from ui.components.text import text
from ui.factor_notice import FactorNotice
from ui.place import Place

SERVICES = {"edspace": "Edspace", "cyberpass": "CyberPass"}
SECTIONS = {
    "products": ("Products", routes.products),
    "access-codes": ("Access Codes", routes.access_codes),
    "customers": ("Customers", routes.customers),
    "evaluations": ("Evaluations", routes.evaluations),
    "purchase-codes": ("Purchase Codes", routes.purchase_codes),
    "agreements": ("Agreements", routes.agreements),
    "members": ("Members", routes.members),
    "messages": ("Messages", routes.messages),
    "audit": ("Audit Log", routes.audit),
    "refusals": ("Refusals", routes.refusals),
    "settings": ("Settings", routes.settings),
}
OUTSIDE = {
    routes.HOME: "Home",
    routes.NOTIFICATIONS: "Notifications",
    routes.ACCOUNT: "Account",
    **{path: name for name, _, path in pane.INSTALLATION},
}
MISSING = "Page not found"
# To whoever may not open them these have no name either
OF_OWNERS = {path for _, _, path in pane.INSTALLATION}
OF_ADMINS = {name for _, name, _ in (*pane.OF_CYBERPASS, *pane.ADMINISTRATION)} - {"messages"}


async def shell() -> ui.element:
    """Returns the place for the page."""
    actor = await actions.actor()
    router = ui.context.client.sub_pages_router
    dark = ui.dark_mode(theme.DARK[actor.theme])
    recent = pane.Recent()

    @ui.refreshable
    async def side() -> None:
        await pane.build(place.of(router.current_path), recent)

    @ui.refreshable
    async def trail() -> None:
        await _crumbs(place.of(router.current_path))

    async def changed(_: tuple[int, ...] = ()) -> None:
        # awaited, else they go on in a tab that is closed meanwhile
        await side.refresh()
        await trail.refresh()

    # Quasar's own <main> holds side pane and header too; the place for the page is ours
    for page in ui.context.client.page_container:
        page.props("role=presentation")
    text("a", "Skip to the content", "skip").props("href=#content data-skip")
    with ui.element("div").classes("shell"):
        with ui.element("nav").classes("pane").props("aria-label=Main") as frame:
            await side()
        ui.element("div").classes("veil").props("data-pane=close")
        with ui.element("div"):
            with ui.element("header").classes("header"):
                icon_button("menu", "Menu").classes("menu").props("data-pane=toggle")
                with ui.element("nav").classes("crumbs").props("aria-label=Breadcrumb"):
                    await trail()
                ui.element("span").classes("spacer")
                _demo_sign()
                theme_menu.ThemeMenu(actor, dark)
                await bell.build(actor)
                person_menu.PersonMenu(actor)
            FactorNotice(actor, changed)
            content = ui.element("main").classes("content").props("tabindex=-1")

    def moved(_: str) -> None:
        side.refresh()
        trail.refresh()

    router.on_path_changed(moved)
    live.on(frame, None, Topic.WORKSPACES, changed)
    live.on(frame, None, Topic.PRODUCTS, changed)
    return content


def _demo_sign() -> None:
    if get_settings().demo:
        text("span", "DEMO", "demo")


async def _crumbs(where: Place) -> None:
    steps = await _steps(where)
    for number, (label, path) in enumerate(steps):
        if number:
            text("span", "/").props("aria-hidden=true")
        if number == len(steps) - 1:
            text("span", label, "here").props("aria-current=page")
        else:
            ui.link(label, path)


async def _steps(where: Place) -> list[tuple[str, str]]:
    if where.slug is None:
        return await _outside()
    actor = await pane.entered(where)
    if actor is None:
        return [("Home", routes.HOME), (MISSING, "")]
    steps = [(actor.workspace_name or "", routes.workspace(where.slug))]
    if where.service:
        start = routes.edspace if where.service == "edspace" else routes.cyberpass
        steps.append((SERVICES[where.service], start(where.slug)))
        if where.section is None:
            steps.append(("Dashboard", ""))
    if where.section in OF_ADMINS and not can(actor, Permission.ADMINISTER_WORKSPACE):
        return [*steps, (MISSING, "")]
    if where.section:
        name, path_of = SECTIONS.get(where.section, ("Page", routes.workspace))
        steps.append((name, path_of(where.slug)))
    if where.row:
        steps.append((await _row(actor, where.section, int(where.row)), ""))
    return steps


async def _outside() -> list[tuple[str, str]]:
    here = ui.context.client.sub_pages_router.current_path
    if here == routes.HOME:
        return [("Home", routes.HOME)]
    name = OUTSIDE.get(here, MISSING)
    if here in OF_OWNERS and not can(await actions.actor(), Permission.RUN_INSTALLATION):
        name = MISSING
    return [("Home", routes.HOME), (name, here)]


async def _row(actor: Actor, section: str | None, row: int) -> str:
    if section == "evaluations" and can(actor, Permission.USE_CYBERPASS):
        return await evaluation_list.product(actor, row) or "Page not found"
    return f"Batch {row}"
