"""The second page of signing in: a code of the app, or a recovery code."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import second_step
from services.errors import DomainError, Gone
from services.half_way import HalfWay
from services.second_step import Asked, SecondStep
from services.settings import get_settings
from ui import routes, targets
from ui.door import cookies, forms, peers, session
from ui.public import answers, half_way, passkey_button, sign_in

PAGE = answers.Page("second_factor.html", "Second factor", ())
LABELS = {
    (True, True): "Code from your app, or a recovery code",
    (True, False): "Code from your app",
    (False, True): "A recovery code",
}


async def show(request: Request) -> Response:
    target = request.query_params.get("next", "")
    if session.actor_of(request):
        return RedirectResponse(routes.login(_kept(target)), 303)
    half = half_way.read(request)
    asked = await second_step.asked(half) if half else None
    if asked is None:
        return _anew(target)
    return answers.show(request, PAGE, **_context(request, asked, target))


async def submit(request: Request) -> Response:
    settings, typed = get_settings(), await forms.read(request)
    half, target = half_way.read(request), typed.get("next", "")
    asked = await second_step.asked(half) if half else None
    if half is None or asked is None:
        return _anew(target, late=True)
    context = _context(request, asked, target)
    if not forms.is_genuine(request, typed, settings):
        return answers.stale(request, PAGE, typed, **context)
    try:
        token = await second_step.finish(_step(request, half, typed))
    except Gone:
        return _anew(target, late=True)
    except DomainError as error:
        return answers.refused(request, PAGE, typed, error, **context)
    response = await sign_in.enter(request, token, targets.after_sign_in(target), settings)
    cookies.drop(response, cookies.HALF_WAY, settings)
    return response


def _step(request: Request, half: HalfWay, typed: dict[str, str]) -> SecondStep:
    return SecondStep(
        half=half,
        code=typed.get("code", ""),
        address=peers.address(request.scope),
        browser=request.headers.get("user-agent", ""),
    )


def _anew(target: str, *, late: bool = False) -> Response:
    return RedirectResponse(routes.login(_kept(target), late=late), 303)


def _kept(target: str) -> str:
    return target if targets.is_local(target) else ""


def _context(request: Request, asked: Asked, target: str) -> dict[str, Any]:
    have = asked.factors
    return {
        "email": asked.email,
        "label": LABELS.get((have.totp, have.recovery > 0), ""),
        "passkey": passkey_button.for_sign_in(request) if have.passkeys else None,
        "has_passkey": have.passkeys > 0,
        "next": _kept(target),
        "login_url": routes.login(_kept(target)),
    }
