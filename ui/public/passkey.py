"""Signing in and confirming with a passkey: what the script of the plain pages asks and sends."""

from collections.abc import Awaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services import passkey_sign_in, passkeys
from services.actor import Actor
from services.errors import DomainError, Limited, NotFound
from services.passkey_sign_in import PasskeySignIn
from services.settings import get_settings
from ui import targets
from ui.door import cookies, errors, forms, peers, session
from ui.public import confirm as confirm_page
from ui.public import sign_in

SIGNED_OUT = "You are signed out. Sign in again."


async def begin(request: Request) -> Response:
    """What the browser is to ask of any passkey that it has."""
    if stale := _stale(request, await forms.read(request)):
        return stale
    return await _told(passkey_sign_in.begin(peers.address(request.scope)))


async def finish(request: Request) -> Response:
    """A session of whom the passkey says, and where the browser goes."""
    settings, typed = get_settings(), await forms.read(request)
    if stale := _stale(request, typed):
        return stale
    attempt = PasskeySignIn(
        answer=typed.get("answer", ""),
        address=peers.address(request.scope),
        browser=request.headers.get("user-agent", ""),
    )
    try:
        token = await passkey_sign_in.finish(attempt)
    except DomainError as error:
        return _refused(error)
    target = sign_in.lands(targets.after_sign_in(typed.get("next", "")))
    response = await sign_in.hand_over(request, JSONResponse({"to": target}), token, settings)
    cookies.drop(response, cookies.HALF_WAY, settings)  # who came from the password is in
    return response


async def begin_confirming(request: Request) -> Response:
    """What the browser is to ask of a passkey of whoever is signed in."""
    if stale := _stale(request, await forms.read(request)):
        return stale
    return await _told(_begin_confirming(session.actor_of(request)))


async def _begin_confirming(actor: Actor | None) -> dict[str, Any]:
    return await passkeys.begin_confirming(_somebody(actor))


async def finish_confirming(request: Request) -> Response:
    typed = await forms.read(request)
    if stale := _stale(request, typed):
        return stale
    return await _told(_confirm(session.actor_of(request), typed))


async def _confirm(actor: Actor | None, typed: dict[str, str]) -> dict[str, Any]:
    await passkeys.confirm(_somebody(actor), typed.get("answer", ""))
    return {"to": confirm_page.lands(targets.after_sign_in(typed.get("next", "")))}


def _somebody(actor: Actor | None) -> Actor:
    if actor is None:
        raise NotFound(SIGNED_OUT)
    return actor


def _stale(request: Request, typed: dict[str, str]) -> Response | None:
    if forms.is_genuine(request, typed, get_settings()):
        return None
    return JSONResponse({"message": forms.STALE}, 403)


async def _told(asked: Awaitable[dict[str, Any]]) -> Response:
    try:
        return JSONResponse(await asked)
    except DomainError as error:
        return _refused(error)


def _refused(error: DomainError) -> Response:
    wait = {"retry-after": str(60 * error.minutes)} if isinstance(error, Limited) else {}
    status = errors.STATUS_OF.get(type(error), 409)
    return JSONResponse({"message": error.message}, status, wait)
