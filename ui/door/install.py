"""Puts the door in front of NiceGUI: one call, before the server starts."""

# pyright: reportPrivateUsage=false
from typing import Any

from fastapi import Response
from nicegui import App, core
from nicegui.page import page
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import relying_party
from services.errors import DomainError
from services.settings import Settings
from ui import path_kinds
from ui.door import (
    body_limit,
    errors,
    guard,
    headers,
    hosts,
    peers,
    request_ids,
    rights,
    sockets,
)
from ui.door.connections import PatientHttp
from ui.door.session import actor_of

# For ui.run: the door reads what proxies say itself, and access logs would hold activation links.
SERVER_OPTIONS: dict[str, Any] = {
    "proxy_headers": False,
    "server_header": False,
    "access_log": False,
    "log_config": None,  # its records go where all others go, past the same redaction
    "ws_max_size": 1024 * 1024,
    "ws_per_message_deflate": False,  # a small frame that unpacks to a big one is measured too late
    "http": PatientHttp,
    "h11_max_incomplete_event_size": 64 * 1024,
    "limit_concurrency": 1000,
}
# Seconds that a page may take: as long as a write waits for a database that another process locks.
PAGE_WITHIN = 15.0


def install(app: App, settings: Settings, needs: rights.Needs) -> None:
    """Everything the server gets passes the door first; a second call replaces the first.

    `needs` says what it takes to see each page.
    """
    rights.use(needs)
    app.build_middleware_stack = lambda: door(type(app).build_middleware_stack(app), settings)
    app.middleware_stack = None
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(HTTPException, errors.of_http)
    app.add_exception_handler(DomainError, errors.of_domain)
    app.add_exception_handler(Exception, errors.broken)
    sockets.guard_sockets(settings)


def door(inner: ASGIApp, settings: Settings) -> ASGIApp:
    app = body_limit.with_body_limit(inner)
    app = guard.guarded(app, settings)
    app = hosts.only_allowed(app, settings.hosts)
    app = errors.caught(app)
    app = _without_body_for_head(app)
    party = relying_party.here()
    app = headers.with_headers(
        app, https=settings.is_https, passkeys_at=party.origin if party else ""
    )
    app = peers.with_real_peer(app, settings.trusted_proxies)
    app = request_ids.with_request_ids(app)
    return _past_lifespan(app, inner)


def _past_lifespan(app: ASGIApp, inner: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await (inner if scope["type"] == "lifespan" else app)(scope, receive, send)

    return call


def _without_body_for_head(app: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        async def bare(message: Message) -> None:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body else message)

        await app(scope, receive, bare if scope.get("method") == "HEAD" else send)

    return call


async def _not_found(request: Request, _: Exception) -> Response:
    """NiceGUI answers unknown paths with its root page: only known ones may get that far."""
    path = request.scope["path"]
    is_page = path_kinds.is_application_path(path) and not path_kinds.is_download(path)
    if is_page and actor_of(request) and request.method == "GET":
        return await _serve_root(request)
    return errors.page(request, 404)


async def _serve_root(request: Request) -> Response:
    """As NiceGUI answers an unknown path, but with more patience than its 3 seconds."""
    assert core.root, "ui.run set it before the first request"
    built = page("", response_timeout=PAGE_WITHIN)._wrap(core.root)  # noqa: SLF001 - no route
    return await built(request=request)
