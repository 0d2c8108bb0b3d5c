"""Confirm that it is you: before a file that many codes are in, for whoever opens its link."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import confirming, step_up
from services.actor import Actor
from services.errors import DomainError
from services.settings import get_settings
from ui import path_kinds, routes, targets, wording
from ui.door import forms, session
from ui.public import answers, pages, passkey_button

PAGE = answers.Page("confirm.html", "Confirm that it is you", ())


async def show(request: Request) -> Response:
    target = targets.after_sign_in(request.query_params.get("next", ""))
    actor = session.actor_of(request)
    if actor is None:
        return RedirectResponse(routes.login(target), 303)
    if await step_up.is_confirmed(actor.session_id):
        return _arrived(request, target)
    return answers.show(request, PAGE, **await _context(request, actor, target))


async def submit(request: Request) -> Response:
    typed = await forms.read(request)
    target = targets.after_sign_in(typed.get("next", ""))
    actor = session.actor_of(request)
    if actor is None:
        return RedirectResponse(routes.login(target), 303)
    context = await _context(request, actor, target)
    if not forms.is_genuine(request, typed, get_settings()):
        return answers.stale(request, PAGE, typed, **context)
    try:
        await confirming.confirm(actor, typed.get("proof", ""))
    except DomainError as error:
        return answers.refused(request, PAGE, typed, error, **context)
    return RedirectResponse(lands(target), 303)


def lands(target: str) -> str:
    """A file needs a page around it: a browser that saves one stays where it was."""
    return routes.confirm(target) if path_kinds.is_file(target) else target


def _arrived(request: Request, target: str) -> Response:
    if not path_kinds.is_file(target):
        return RedirectResponse(target, 303)
    response = pages.render(
        request, "download.html", "Confirmed", file_url=target, heading="Confirmed"
    )
    response.headers["refresh"] = f"0; url={target}"
    return response


async def _context(request: Request, actor: Actor, target: str) -> dict[str, Any]:
    has = await confirming.asks(actor)
    before = "Before the file is saved." if path_kinds.is_file(target) else "Before you go on."
    return {
        "next": target,
        "email": actor.email,
        "has": has,
        "passkey": passkey_button.for_confirming(request) if has.passkeys else None,
        "lead": f"{before} {wording.confirmation_lasts()}",
    }
