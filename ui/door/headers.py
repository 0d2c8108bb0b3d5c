"""Security headers of every answer, as strict as each kind of page can carry."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import client_paths, path_kinds, routes

PUBLIC = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The pages that offer a passkey run one script of ours, which asks at these paths of ours.
PASSKEYS = PUBLIC + "; script-src {script}; connect-src {paths}"
# NiceGUI compiles its templates in the browser and inlines its scripts: without these two
# exceptions its pages are dead. What stands between user data and a script are the AST tests.
APPLICATION = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ASSET = "default-src 'none'; frame-ancestors 'none'"
# A mail as it would arrive, in a frame of our page: it runs nothing, loads nothing, leads nowhere.
PREVIEW = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "sandbox; frame-ancestors 'self'"
)
DOWNLOAD = "default-src 'none'; sandbox; frame-ancestors 'none'"

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
A_YEAR = "max-age=31536000"
MARK_OF_NICEGUI = "x-nicegui-content"
KEPT = (200, 206, 304)


def with_headers(app: ASGIApp, *, https: bool, passkeys_at: str = "") -> ASGIApp:
    """`passkeys_at` is the one origin where passkeys are offered."""
    with_passkeys = _passkeys(passkeys_at) if passkeys_at else PUBLIC

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        async def decorated(message: Message) -> None:
            if message["type"] == "http.response.start":
                _decorate(message, scope["path"], https=https, with_passkeys=with_passkeys)
            await send(message)

        await app(scope, receive, decorated)

    return call


def _decorate(message: Message, path: str, *, https: bool, with_passkeys: str) -> None:
    headers = MutableHeaders(raw=list(message.setdefault("headers", [])))
    headers.update(ALWAYS)
    headers["content-security-policy"] = _policy(headers, path)
    if path_kinds.takes_passkeys(path):
        headers["content-security-policy"] = with_passkeys
    if path_kinds.is_preview(path) and message["status"] == 200:
        headers["content-security-policy"] = PREVIEW
        headers["x-frame-options"] = "SAMEORIGIN"
    if not (client_paths.is_asset(path) and message["status"] in KEPT):
        headers["cache-control"] = "no-store"
    if https:
        headers["strict-transport-security"] = A_YEAR
    if path_kinds.is_secret(path):
        headers["x-robots-tag"] = "noindex"
    del headers["server"]
    message["headers"] = headers.raw


def _policy(headers: MutableHeaders, path: str) -> str:
    if MARK_OF_NICEGUI in headers:
        return APPLICATION
    if client_paths.is_asset(path):
        return ASSET
    is_page = headers.get("content-type", "").startswith("text/html")
    return PUBLIC if is_page or not path_kinds.is_download(path) else DOWNLOAD


def _passkeys(origin: str) -> str:
    """The exact addresses: a policy cannot name a path without the host before it."""
    asked = (
        routes.PASSKEY_OPTIONS,
        routes.PASSKEY_SIGN_IN,
        routes.CONFIRM_OPTIONS,
        routes.CONFIRM_PASSKEY,
    )
    paths = " ".join(origin + path for path in asked)
    return PASSKEYS.format(script=origin + routes.static(routes.PASSKEY_SCRIPT), paths=paths)
