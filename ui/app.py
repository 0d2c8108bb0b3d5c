"""The single-page application: its root, the table of its pages, and what runs beside it."""

from functools import partial

from nicegui import app, ui

from services import (
    agreement_ends,
    audit_exports,
    background,
    batch_jobs,
    database,
    health_watch,
    housekeeping,
    installation,
    mailing,
    nightly_backups,
    notices,
    resealing,
    sealing,
    throttling,
    workbooks,
)
from services.permissions import Permission
from services.settings import Settings
from services.signals import Topic
from ui import downloads, garbage, live, routes, theme
from ui.administration import (
    audit,
    backups,
    health,
    instance_agreements,
    instance_audit,
    instance_messages,
    instance_workspaces,
    members,
    messages,
    refusals,
    schemes,
    users,
)
from ui.administration import settings as workspace_settings
from ui.cyberpass import agreements, evaluation, evaluations, purchase_batch, purchase_codes
from ui.cyberpass import dashboard as cyberpass_dashboard
from ui.door import expiry, tabs
from ui.door.install import SERVER_OPTIONS, install
from ui.edspace import access_codes, batch, customers, dashboard, products
from ui.hub import account, home, notifications, workspace
from ui.mails.compose import compose
from ui.pages import Pages
from ui.public.register import STATIC_FILES, register
from ui.shell import shell

PAGES = {
    routes.HOME: home.page,
    routes.WORKSPACE: workspace.page,
    routes.EDSPACE: dashboard.page,
    routes.PRODUCTS: products.page,
    routes.ACCESS_CODES: access_codes.page,
    routes.BATCH: batch.page,
    routes.CUSTOMERS: customers.page,
    routes.CYBERPASS: cyberpass_dashboard.page,
    routes.EVALUATIONS: evaluations.page,
    routes.EVALUATION: evaluation.page,
    routes.PURCHASE_CODES: purchase_codes.page,
    routes.PURCHASE_BATCH: purchase_batch.page,
    routes.AGREEMENTS: agreements.page,
    routes.MEMBERS: members.page,
    routes.MESSAGES: messages.page,
    routes.AUDIT: audit.page,
    routes.REFUSALS: refusals.page,
    routes.SETTINGS: workspace_settings.page,
    routes.NOTIFICATIONS: notifications.page,
    routes.ACCOUNT: account.page,
    routes.INSTANCE_WORKSPACES: instance_workspaces.page,
    routes.USERS: users.page,
    routes.SCHEMES: schemes.page,
    routes.INSTANCE_AGREEMENTS: instance_agreements.page,
    routes.INSTANCE_AUDIT: instance_audit.page,
    routes.INSTANCE_MESSAGES: instance_messages.page,
    routes.HEALTH: health.page,
    routes.BACKUPS: backups.page,
}


async def root() -> None:
    with await shell():
        Pages(PAGES)


def needs() -> dict[str, Permission | None]:
    """What it takes to see each page, as its builder says."""
    return {path: getattr(page, "permission", None) for path, page in PAGES.items()}


def build(settings: Settings) -> None:
    """Register everything on NiceGUI's application; each call on a fresh one."""

    async def start() -> None:
        await database.connect(settings)
        await installation.open_key(settings)
        await batch_jobs.free()
        await audit_exports.free()
        workbooks.clear_workshops(settings.data_dir)
        live.start()
        tabs.start()
        background.start("Making batches", batch_jobs.work, Topic.JOBS, word="batches")
        background.start("Making files of the log", audit_exports.work, Topic.EXPORTS, word="files")
        background.start(
            "Sending mail", partial(mailing.drain, compose), Topic.MESSAGES, word="mail"
        )
        background.start("Telling people", notices.tell, Topic.HISTORY, word="notifications")
        background.start("Watching the ends of agreements", agreement_ends.look, word="agreements")
        background.start("Sealing the log", sealing.work, Topic.AUDIT, word="seals")
        background.start("Counting refused tries", throttling.keep, word="tries")
        background.start("Sealing codes anew", resealing.work, word="keys")
        background.start("Backing up", nightly_backups.work, word="backups")
        background.start("Housekeeping", housekeeping.work)
        background.start("Closing tabs of sessions that end", expiry.watch, word="sessions")
        background.start("Watching over health", health_watch.work, word="health")

    async def stop() -> None:
        live.stop()
        tabs.stop()
        await background.stop()
        try:
            await throttling.keep()
            await sealing.finish()
        finally:
            await database.disconnect()

    app.on_startup(start)
    app.on_shutdown(stop)
    register(app)
    downloads.register(app)
    theme.install()
    install(app, settings, needs())


def serve(settings: Settings, *, show: str | None = None) -> None:
    """Build and run until stopped; `show` is the page to open in a browser."""
    build(settings)
    garbage.spare()
    ui.run(
        root,
        host=settings.host,
        port=settings.port,
        title="Tallystick",
        favicon=STATIC_FILES / "favicon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        binding_refresh_interval=None,
        reconnect_timeout=20,
        message_history_length=200,
        reload=False,
        show=show or False,
        show_welcome_message=False,
        **SERVER_OPTIONS,
    )
