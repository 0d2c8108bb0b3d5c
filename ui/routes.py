"""Every path of the application; no other file writes one."""

import re
from urllib.parse import quote, urlencode

from nicegui import __version__

HOME = "/"
LOGIN = "/login"
LOGOUT = "/logout"
SECOND_FACTOR = "/login/second-factor"
PASSKEY_SIGN_IN = "/login/passkey"
PASSKEY_OPTIONS = "/login/passkey/options"
CONFIRM = "/confirm"
CONFIRM_PASSKEY = "/confirm/passkey"
CONFIRM_OPTIONS = "/confirm/passkey/options"
SETUP = "/setup"
REDEEM = "/redeem"
HEALTHZ = "/healthz"
READYZ = "/readyz"
STATIC = "/static"
FAVICON = "/favicon.ico"
PASSKEY_SCRIPT = "passkeys.js"

ACTIVATION = "/a/{token}"
INVITATION = "/i/{token}"
RESET = "/reset"
RESET_LINK = "/reset/{token}"
CERTIFICATES = "/certificates"
CERTIFICATE = "/certificates/{number}"
WORKSPACE = "/w/{slug}"
EDSPACE = "/w/{slug}/edspace"
PRODUCTS = "/w/{slug}/edspace/products"
ACCESS_CODES = "/w/{slug}/edspace/access-codes"
BATCH = "/w/{slug}/edspace/access-codes/{batch_id}"
CUSTOMERS = "/w/{slug}/edspace/customers"
CYBERPASS = "/w/{slug}/cyberpass"
EVALUATIONS = "/w/{slug}/cyberpass/evaluations"
EVALUATION = "/w/{slug}/cyberpass/evaluations/{evaluation_id}"
PURCHASE_CODES = "/w/{slug}/cyberpass/purchase-codes"
PURCHASE_BATCH = "/w/{slug}/cyberpass/purchase-codes/{batch_id}"
AGREEMENTS = "/w/{slug}/cyberpass/agreements"
MEMBERS = "/w/{slug}/members"
MESSAGES = "/w/{slug}/messages"
AUDIT = "/w/{slug}/audit"
REFUSALS = "/w/{slug}/refusals"
SETTINGS = "/w/{slug}/settings"
NOTIFICATIONS = "/notifications"
ACCOUNT = "/account"
INSTANCE_WORKSPACES = "/instance/workspaces"
USERS = "/instance/users"
SCHEMES = "/instance/schemes"
INSTANCE_AGREEMENTS = "/instance/agreements"
INSTANCE_AUDIT = "/instance/audit"
INSTANCE_MESSAGES = "/instance/messages"
HEALTH = "/instance/health"
BACKUPS = "/instance/backups"
BATCH_CSV = "/w/{slug}/download/batches/{batch_id}.csv"
BATCH_XLSX = "/w/{slug}/download/batches/{batch_id}.xlsx"
SET_CSV = "/w/{slug}/download/sets/{token}"
MESSAGE_PREVIEW = "/w/{slug}/download/messages/{message_id}"
INSTANCE_MESSAGE_PREVIEW = "/instance/download/messages/{message_id}"
ENTITLEMENTS_CSV = "/w/{slug}/download/entitlements.csv"
ENTITLEMENTS_XLSX = "/w/{slug}/download/entitlements.xlsx"
PURCHASE_BATCH_CSV = "/w/{slug}/download/purchase-codes/{batch_id}.csv"
PURCHASE_BATCH_XLSX = "/w/{slug}/download/purchase-codes/{batch_id}.xlsx"
EVIDENCE = "/w/{slug}/download/evidence/{evidence_id}"
AUDIT_CSV = "/w/{slug}/download/audit.csv"
AUDIT_XLSX = "/w/{slug}/download/audit.xlsx"
AUDIT_FILE = "/w/{slug}/download/audit-exports/{export_id}"
INSTANCE_AUDIT_CSV = "/instance/download/audit.csv"
INSTANCE_AUDIT_XLSX = "/instance/download/audit.xlsx"
INSTANCE_AUDIT_FILE = "/instance/download/audit-exports/{export_id}"
HEADS = "/instance/download/heads.jsonl"
BACKUP_FILE = "/instance/download/backups/{name}"

SUB_PAGES = (
    HOME,
    WORKSPACE,
    EDSPACE,
    PRODUCTS,
    ACCESS_CODES,
    BATCH,
    CUSTOMERS,
    CYBERPASS,
    EVALUATIONS,
    EVALUATION,
    PURCHASE_CODES,
    PURCHASE_BATCH,
    AGREEMENTS,
    MEMBERS,
    MESSAGES,
    AUDIT,
    REFUSALS,
    SETTINGS,
    NOTIFICATIONS,
    ACCOUNT,
    INSTANCE_WORKSPACES,
    USERS,
    SCHEMES,
    INSTANCE_AGREEMENTS,
    INSTANCE_AUDIT,
    INSTANCE_MESSAGES,
    HEALTH,
    BACKUPS,
)
DOWNLOADS = (
    BATCH_CSV,
    BATCH_XLSX,
    SET_CSV,
    MESSAGE_PREVIEW,
    INSTANCE_MESSAGE_PREVIEW,
    ENTITLEMENTS_CSV,
    ENTITLEMENTS_XLSX,
    EVIDENCE,
    PURCHASE_BATCH_CSV,
    PURCHASE_BATCH_XLSX,
    AUDIT_CSV,
    AUDIT_XLSX,
    AUDIT_FILE,
    INSTANCE_AUDIT_CSV,
    INSTANCE_AUDIT_XLSX,
    INSTANCE_AUDIT_FILE,
    HEADS,
    BACKUP_FILE,
)
PUBLIC = (
    LOGIN,
    LOGOUT,
    PASSKEY_SIGN_IN,
    PASSKEY_OPTIONS,
    CONFIRM_PASSKEY,
    CONFIRM_OPTIONS,
    CONFIRM,
    SECOND_FACTOR,
    SETUP,
    REDEEM,
    HEALTHZ,
    READYZ,
    ACTIVATION,
    INVITATION,
    RESET,
    RESET_LINK,
    CERTIFICATES,
    CERTIFICATE,
)

SOCKET = "/_nicegui_ws/"
UPLOAD = "/upload/"
CLIENT_ROUTES = ("/_nicegui/client/", f"/_nicegui/{__version__}/dynamic_resources/")
ASSETS = (
    f"{STATIC}/",
    *(f"/_nicegui/{__version__}/{kind}/" for kind in ("static", "libraries", "components")),
    *(f"/_nicegui/{__version__}/{kind}/" for kind in ("resources", "esm")),
)

PARAMETERS = {
    "slug": r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
    "batch_id": r"[1-9][0-9]{0,17}",
    "message_id": r"[1-9][0-9]{0,17}",
    "evaluation_id": r"[1-9][0-9]{0,17}",
    "evidence_id": r"[1-9][0-9]{0,17}",
    "export_id": r"[1-9][0-9]{0,17}",
    "name": r"[0-9TZ-]{1,24}",
    "number": r"[0-9A-Za-z-]{1,40}",
    "token": r"[^/]{1,200}",
}


# Where in the application a path is: workspace, service, section, row.
PLACE = re.compile(
    r"/w/(?P<slug>[^/?]+)"
    r"(?:/(?P<service>edspace|cyberpass))?(?:/(?P<section>[a-z-]+)(?:/(?P<row>\d+))?)?/?(?:[?#].*)?"
)


def login(
    next_path: str = "", *, signed_out: bool = False, reset: bool = False, late: bool = False
) -> str:
    query = _next(next_path)
    query |= {"late": "1"} if late else {}
    query |= {"signed_out": "1"} if signed_out else {}
    query |= {"reset": "1"} if reset else {}
    return f"{LOGIN}?{urlencode(query)}" if query else LOGIN


def confirm(next_path: str) -> str:
    return f"{CONFIRM}?{urlencode({'next': next_path})}"


def second_factor(next_path: str = "") -> str:
    query = _next(next_path)
    return f"{SECOND_FACTOR}?{urlencode(query)}" if query else SECOND_FACTOR


def _next(path: str) -> dict[str, str]:
    return {"next": path} if path and path != HOME else {}


def setup(token: str = "") -> str:
    return f"{SETUP}?{urlencode({'token': token})}" if token else SETUP


def activation(token: str) -> str:
    return ACTIVATION.format(token=quote(token, safe=""))


def invitation(token: str) -> str:
    return INVITATION.format(token=quote(token, safe=""))


def certificate(number: str) -> str:
    return CERTIFICATE.format(number=quote(number, safe=""))


def workspace(slug: str) -> str:
    return WORKSPACE.format(slug=slug)


def edspace(slug: str) -> str:
    return EDSPACE.format(slug=slug)


def products(slug: str) -> str:
    return PRODUCTS.format(slug=slug)


def access_codes(slug: str) -> str:
    return ACCESS_CODES.format(slug=slug)


def batch(slug: str, batch_id: int) -> str:
    return BATCH.format(slug=slug, batch_id=batch_id)


def batch_csv(slug: str, batch_id: int) -> str:
    return BATCH_CSV.format(slug=slug, batch_id=batch_id)


def batch_xlsx(slug: str, batch_id: int) -> str:
    return BATCH_XLSX.format(slug=slug, batch_id=batch_id)


def set_csv(slug: str, token: str) -> str:
    return SET_CSV.format(slug=slug, token=token)


def customers(slug: str) -> str:
    return CUSTOMERS.format(slug=slug)


def messages(slug: str) -> str:
    return MESSAGES.format(slug=slug)


def message_preview(slug: str, message_id: int, shown: str = "") -> str:
    """`shown` is what makes it a preview in full."""
    path = MESSAGE_PREVIEW.format(slug=slug, message_id=message_id)
    return f"{path}?{urlencode({'shown': shown})}" if shown else path


def instance_message_preview(message_id: int) -> str:
    return INSTANCE_MESSAGE_PREVIEW.format(message_id=message_id)


def entitlements_csv(slug: str, since: str = "", until: str = "") -> str:
    return ENTITLEMENTS_CSV.format(slug=slug) + _period(since, until)


def entitlements_xlsx(slug: str, since: str = "", until: str = "") -> str:
    return ENTITLEMENTS_XLSX.format(slug=slug) + _period(since, until)


def _period(since: str, until: str) -> str:
    days = {name: day for name, day in (("from", since), ("until", until)) if day}
    return f"?{urlencode(days)}" if days else ""


def cyberpass(slug: str) -> str:
    return CYBERPASS.format(slug=slug)


def evaluations(slug: str) -> str:
    return EVALUATIONS.format(slug=slug)


def evaluation(slug: str, evaluation_id: int) -> str:
    return EVALUATION.format(slug=slug, evaluation_id=evaluation_id)


def evidence(slug: str, evidence_id: int) -> str:
    return EVIDENCE.format(slug=slug, evidence_id=evidence_id)


def purchase_codes(slug: str) -> str:
    return PURCHASE_CODES.format(slug=slug)


def purchase_batch(slug: str, batch_id: int) -> str:
    return PURCHASE_BATCH.format(slug=slug, batch_id=batch_id)


def purchase_batch_csv(slug: str, batch_id: int) -> str:
    return PURCHASE_BATCH_CSV.format(slug=slug, batch_id=batch_id)


def purchase_batch_xlsx(slug: str, batch_id: int) -> str:
    return PURCHASE_BATCH_XLSX.format(slug=slug, batch_id=batch_id)


def agreements(slug: str) -> str:
    return AGREEMENTS.format(slug=slug)


def members(slug: str) -> str:
    return MEMBERS.format(slug=slug)


def audit(slug: str) -> str:
    return AUDIT.format(slug=slug)


def audit_export(slug: str | None, form: str, asked: dict[str, str]) -> str:
    """The log as a file, csv or xlsx; without a slug the installation's."""
    of_installation = INSTANCE_AUDIT_XLSX if form == "xlsx" else INSTANCE_AUDIT_CSV
    of_workspace = AUDIT_XLSX if form == "xlsx" else AUDIT_CSV
    path = of_workspace.format(slug=slug) if slug else of_installation
    return f"{path}?{urlencode(asked)}" if asked else path


def audit_file(slug: str | None, export_id: int) -> str:
    """A file of the log that was made in the background."""
    path = AUDIT_FILE if slug else INSTANCE_AUDIT_FILE
    return path.format(slug=slug, export_id=export_id)


def backup_file(name: str) -> str:
    return BACKUP_FILE.format(name=quote(name, safe=""))


def refusals(slug: str) -> str:
    return REFUSALS.format(slug=slug)


def settings(slug: str) -> str:
    return SETTINGS.format(slug=slug)


def static(name: str) -> str:
    return f"{STATIC}/{name}"
