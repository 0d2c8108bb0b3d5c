"""Decides what reaches NiceGUI: without a session nothing that would build a client does."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.budgets import network
from services.settings import Settings
from services.sheets import BYTES, CSV
from services.workbooks import XLSX
from ui import client_paths, path_kinds, routes
from ui.door import errors, forms, hosts, peers, rights, session, socket_limit, tabs

NAVIGATION = ("GET", "HEAD")


def guarded(app: ASGIApp, settings: Settings) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _socket(app, settings, scope, receive, send)
        else:
            answer = await _answer(scope, settings)
            await (answer or app)(scope, receive, send)

    return call


async def _answer(scope: Scope, settings: Settings) -> Response | None:
    """The guard's own answer, or None where the application may answer."""
    path, request = scope["path"], Request(scope)
    if not scope["query_string"].isascii():
        return errors.page(request, 400)
    if path.startswith(routes.SOCKET):
        return errors.page(request, 400, "Live updates need a WebSocket connection.")
    if client_paths.is_asset(path):
        return _as_get(scope)
    actor = await session.recognise(scope, settings)
    if path_kinds.is_public(path):
        return _as_get(scope)
    if path_kinds.is_application_path(path):
        return await _application(request) if actor else _signed_out(request)
    if path.startswith(routes.CLIENT_ROUTES) and actor and not tabs.is_of_another(path, actor):
        return _client_route(request, settings)
    return errors.page(request, 404)


def _as_get(scope: Scope) -> None:
    # Routes answer GET; the door takes the body off again.
    if scope["method"] == "HEAD":
        scope["method"] = "GET"


def _signed_out(request: Request) -> Response:
    if request.method not in NAVIGATION:
        return errors.page(request, 404)
    return RedirectResponse(routes.login(path_kinds.wanted(request.scope)), 303)


async def _application(request: Request) -> Response | None:
    if request.method not in NAVIGATION:
        refusal = errors.page(request, 405)
        refusal.headers["allow"] = ", ".join(NAVIGATION)
        return refusal
    if not await rights.may_open(request.scope["path"], session.token_of(request)):
        return errors.page(request, 404)
    if request.method == "HEAD":
        return Response(media_type=_kind(request.scope["path"]))
    await session.keep_alive(request.scope)
    return None


def _kind(path: str) -> str:
    if path_kinds.is_workbook(path):
        return XLSX
    if path_kinds.is_evidence(path):
        return BYTES
    return CSV if path_kinds.is_download(path) else "text/html"


def _client_route(request: Request, settings: Settings) -> Response | None:
    reading = request.method in NAVIGATION
    return None if reading or forms.is_from_here(request, settings) else errors.page(request, 403)


async def _socket(
    app: ASGIApp, settings: Settings, scope: Scope, receive: Receive, send: Send
) -> None:
    """Costs a stranger nothing: refused before anything is accepted or allocated."""
    actor = await session.recognise(scope, settings) if _may_ask(scope, settings) else None
    try:
        if actor is None:
            raise socket_limit.TooManySockets
        with socket_limit.socket_of(actor.session_id, network(peers.address(scope))):
            await app(scope, receive, send)
    except socket_limit.TooManySockets:
        await send({"type": "websocket.close", "code": 1008})


def _may_ask(scope: Scope, settings: Settings) -> bool:
    origin = Headers(scope=scope).get("origin", "")
    transport = parse_qs(scope["query_string"].decode("latin-1")).get("transport")
    return (
        scope["path"].startswith(routes.SOCKET)
        and transport == ["websocket"]
        and hosts.is_own_origin(scope, origin, settings.base_url)
    )
