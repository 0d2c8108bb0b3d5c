"""Who may open which path: O owner, A admin, S sales, E evaluator of its workspace.

To everybody else of a workspace's path there is nothing; the owner belongs to every workspace.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services import backup_folder, backup_writing, links
from services.backup_manifest import Made
from services.backup_writing import Wanted
from services.links import Purpose
from services.settings import get_settings
from tests.conftest import POSTGRES
from tests.matrix.world import World
from ui import routes

EVERYBODY, CYBERPASS, EDSPACE, ADMINS, OWNER = "OASE", "OAE", "OAS", "OA", "O"


@dataclass(frozen=True, slots=True)
class PageRow:
    """`title` is how the tab of the browser begins where the page was opened."""

    may: str
    title: str


PAGES: dict[str, PageRow] = {
    routes.HOME: PageRow(EVERYBODY, "Home"),
    routes.WORKSPACE: PageRow(EVERYBODY, "Services"),
    routes.NOTIFICATIONS: PageRow(EVERYBODY, "Notifications"),
    routes.ACCOUNT: PageRow(EVERYBODY, "Account"),
    routes.EDSPACE: PageRow(EDSPACE, "Dashboard"),
    routes.PRODUCTS: PageRow(EDSPACE, "Products"),
    routes.ACCESS_CODES: PageRow(EDSPACE, "Access Codes"),
    routes.BATCH: PageRow(EDSPACE, "Batch"),
    routes.CUSTOMERS: PageRow(EDSPACE, "Customers"),
    routes.MESSAGES: PageRow(EDSPACE, "Messages"),  # a sales person sees only their own there
    routes.CYBERPASS: PageRow(CYBERPASS, "Dashboard"),
    routes.EVALUATIONS: PageRow(CYBERPASS, "Evaluations"),
    routes.EVALUATION: PageRow(CYBERPASS, "Doorbell X2"),
    routes.PURCHASE_CODES: PageRow(ADMINS, "Purchase Codes"),
    routes.PURCHASE_BATCH: PageRow(ADMINS, "Batch"),
    routes.AGREEMENTS: PageRow(ADMINS, "Agreements"),
    routes.MEMBERS: PageRow(ADMINS, "Members"),
    routes.AUDIT: PageRow(ADMINS, "Audit Log"),
    routes.REFUSALS: PageRow(ADMINS, "Refusals"),
    routes.SETTINGS: PageRow(ADMINS, "Settings"),
    routes.INSTANCE_WORKSPACES: PageRow(OWNER, "Workspaces"),
    routes.USERS: PageRow(OWNER, "Users"),
    routes.SCHEMES: PageRow(OWNER, "Schemes"),
    routes.INSTANCE_AGREEMENTS: PageRow(OWNER, "Agreements"),
    routes.INSTANCE_AUDIT: PageRow(OWNER, "Audit Log"),
    routes.INSTANCE_MESSAGES: PageRow(OWNER, "Messages"),
    routes.HEALTH: PageRow(OWNER, "Health"),
    routes.BACKUPS: PageRow(OWNER, "Backups"),
}
DOWNLOADS: dict[str, str] = {
    routes.BATCH_CSV: EDSPACE,
    routes.BATCH_XLSX: EDSPACE,
    routes.SET_CSV: EDSPACE,
    routes.ENTITLEMENTS_CSV: EDSPACE,
    routes.ENTITLEMENTS_XLSX: EDSPACE,
    routes.MESSAGE_PREVIEW: ADMINS,  # of a message of Ada's; Sam has one of his own below
    routes.EVIDENCE: CYBERPASS,
    routes.PURCHASE_BATCH_CSV: ADMINS,
    routes.PURCHASE_BATCH_XLSX: ADMINS,
    routes.AUDIT_CSV: ADMINS,
    routes.AUDIT_XLSX: ADMINS,
    routes.AUDIT_FILE: "A",  # of Ada's: a file belongs to who asked for it
    routes.INSTANCE_MESSAGE_PREVIEW: OWNER,
    routes.INSTANCE_AUDIT_CSV: OWNER,
    routes.INSTANCE_AUDIT_XLSX: OWNER,
    routes.INSTANCE_AUDIT_FILE: OWNER,
    routes.HEADS: OWNER,
    routes.BACKUP_FILE: "" if POSTGRES else OWNER,
}
OWN_DOWNLOADS: dict[str, tuple[Callable[[World], int], str]] = {
    routes.MESSAGE_PREVIEW: (lambda world: world.sams_personal.id, EDSPACE),
}
"""What else is behind a path, and who may have that."""

PUBLIC: dict[str, tuple[int, int]] = {
    routes.LOGIN: (200, 303),
    routes.LOGOUT: (405, 405),
    routes.CONFIRM: (303, 303),
    routes.PASSKEY_OPTIONS: (405, 405),
    routes.PASSKEY_SIGN_IN: (405, 405),
    routes.CONFIRM_OPTIONS: (405, 405),
    routes.CONFIRM_PASSKEY: (405, 405),
    routes.SECOND_FACTOR: (303, 303),
    routes.SETUP: (404, 404),
    routes.REDEEM: (200, 200),
    routes.HEALTHZ: (200, 200),
    routes.READYZ: (200, 200),
    routes.ACTIVATION: (200, 200),
    routes.INVITATION: (200, 200),
    routes.RESET: (200, 200),
    routes.RESET_LINK: (200, 200),
    routes.CERTIFICATES: (200, 200),
    routes.CERTIFICATE: (404, 404),
}
"""What a GET answers to a stranger, and to anybody who is signed in."""


def path_of(route: str, world: World) -> str:
    """The path of the row in Northwind that the data is about."""
    values = {"slug": world.cast.northwind.slug, "number": "2222-2222-2222-2222"}
    values["evaluation_id"] = str(world.awaits.evaluation_id)
    values["evidence_id"] = str(world.file.id)
    bought = route in (
        routes.PURCHASE_BATCH,
        routes.PURCHASE_BATCH_CSV,
        routes.PURCHASE_BATCH_XLSX,
    )
    values["batch_id"] = str((world.bought if bought else world.batch).batch.id)
    installation = route.startswith("/instance/")
    values["message_id"] = str((world.account_message if installation else world.personal).id)
    values["export_id"] = str((world.owners_export if installation else world.adas_export).id)
    values["token"] = _token(route, world)
    values["name"] = _backup() if route == routes.BACKUP_FILE else ""
    return route.format(**values)


def _backup() -> str:
    folder = backup_folder.place(get_settings())
    if POSTGRES:
        return "20260101T000000Z"
    if found := backup_folder.every(folder):
        return found[0].name
    return backup_writing.write(get_settings(), Wanted(folder=folder, made=Made.COMMAND)).name


def _token(route: str, world: World) -> str:
    made = {
        routes.SET_CSV: (Purpose.DOWNLOAD, world.announced.id),
        routes.ACTIVATION: (Purpose.ACTIVATE, world.batch.codes[0].id),
        routes.INVITATION: (Purpose.INVITE, world.invitation.id),
        routes.RESET_LINK: (Purpose.RESET, world.reset.id),
    }
    return links.make(*made[route]) if route in made else ""
