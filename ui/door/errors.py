"""What a visitor sees when something is refused or breaks: a sentence and a reference."""

import logging
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import errors, request_id
from ui import path_kinds, routes
from ui.door.body_limit import BodyTooLarge
from ui.public import pages

log = logging.getLogger("tallystick.door")
VISITOR_LEFT = "No response returned."  # Starlette's words when a browser goes before the answer

STATUS_OF: dict[type[errors.DomainError], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.ConfirmationDue: 403,
    errors.FactorDue: 403,
    errors.Gone: 410,
    errors.Limited: 429,
    errors.Invalid: 422,
}


def page(request: Request, status: int, sentence: str = "") -> Response:
    """The error page; its reference is the id of the request, in the log too."""
    return _page(request, status, sentence, exception=None)


def broken(request: Request, exception: Exception) -> Response:
    """The page for a fault of ours; the log has the traceback, the page nothing of it."""
    request.state.is_logged = True
    left = isinstance(exception, RuntimeError) and str(exception) == VISITOR_LEFT
    return _page(request, 500, "", exception=None if left else exception)


def of_domain(request: Request, exception: Exception) -> Response:
    """A page or file that needs a confirmation leads to where it is given, and back."""
    refusal = cast(errors.DomainError, exception)
    if isinstance(refusal, errors.ConfirmationDue) and request.method == "GET":
        return RedirectResponse(routes.confirm(path_kinds.wanted(request.scope)), 303)
    return page(request, STATUS_OF.get(type(refusal), 409), refusal.message)


def of_http(request: Request, exception: Exception) -> Response:
    refusal = cast(HTTPException, exception)
    response = page(request, refusal.status_code)
    response.headers.update(refusal.headers or {})
    return response


def _page(request: Request, status: int, sentence: str, *, exception: Exception | None) -> Response:
    reference = request_id.reference()
    level = logging.ERROR if exception else logging.INFO
    asked = f"{request.method} {path_kinds.without_secrets(request.scope['path'])}"
    log.log(level, "%d for %r (reference %s)", status, asked, reference, exc_info=exception)
    return pages.error(request, status, sentence=sentence, reference=reference)


def caught(app: ASGIApp) -> ASGIApp:
    """Answers whatever escapes the application, as long as nothing was answered yet."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        # A state of its own: the server hands the state of its lifespan to every request.
        scope["state"] = {**scope.get("state", {})}
        sent: list[str] = []
        last: list[Message] = []

        async def watched(message: Message) -> None:
            # A middleware ends a stream properly even when it broke. Half a file must not pass
            # for a whole one: its end is held until the application returned in peace.
            ends = message["type"] == "http.response.body" and not message.get("more_body")
            if ends and len(sent) > 1:
                last.append(message)
            else:
                sent.append(message["type"])
                await send(message)

        try:
            await app(scope, receive, watched)
            for message in last:
                await send(message)
        except ClientDisconnect:
            return
        except Exception as exception:  # noqa: BLE001 - this is where everything ends
            await _answer(exception, bool(sent), scope, receive, send)

    return call


async def _answer(
    exception: Exception, started: bool, scope: Scope, receive: Receive, send: Send
) -> None:
    if scope["type"] == "websocket":
        log.error("A socket failed", exc_info=exception)
        await send({"type": "websocket.close", "code": 1011})
    elif isinstance(exception, BodyTooLarge) and not started:
        await page(Request(scope), 413)(scope, receive, send)
    elif not started:
        await broken(Request(scope), exception)(scope, receive, send)
    elif not scope["state"].get("is_logged"):
        log.error("The answer to %s broke off", scope["method"], exc_info=exception)
