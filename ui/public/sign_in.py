"""Sign in and sign out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import known_browsers, second_step, sessions, setup
from services.demo.sample import PASSWORD
from services.demo.story import ADMIN, EVALUATOR, OWNER, SALES
from services.errors import DomainError
from services.sessions import SecondFactorDue
from services.settings import Settings, get_settings
from ui import path_kinds, routes, targets
from ui.door import cookies, errors, forms, peers, session
from ui.public import answers, half_way, pages, passkey_button

PAGE = answers.Page("login.html", "Sign in", ("email",))
SIGNED_OUT = "You are signed out."
RESET_DONE = "Your password is changed. Sign in with the new one."
DEMO_ACCOUNTS = (
    ("Owner", OWNER, PASSWORD),
    ("Workspace Admin", ADMIN, PASSWORD),
    ("Sales", SALES, PASSWORD),
    ("Evaluator", EVALUATOR, PASSWORD),
)


async def show(request: Request) -> Response:
    target = request.query_params.get("next", "")
    if session.actor_of(request):
        return _arrived(request, targets.after_sign_in(target))
    if elsewhere := wrong_address(request):
        return elsewhere
    if await setup.is_open():
        return RedirectResponse(routes.setup(), 303)
    response = answers.show(request, PAGE, notice=_notice(request), **_context(request, target))
    for kind in (cookies.SESSION, cookies.HALF_WAY):  # of a session that has ended, or never began
        if cookies.read(request, kind, get_settings()):
            cookies.drop(response, kind, get_settings())
    return response


async def submit(request: Request) -> Response:
    settings, typed = get_settings(), await forms.read(request)
    if elsewhere := wrong_address(request):
        return elsewhere
    context = _context(request, typed.get("next", ""))
    if not forms.is_genuine(request, typed, settings):
        return answers.stale(request, PAGE, typed, **context)
    try:
        token = await sessions.sign_in(_attempt(request, typed))
    except SecondFactorDue as due:
        return half_way.redirect(request, due.half, typed.get("next", ""))
    except DomainError as error:
        return answers.refused(request, PAGE, typed, error, **context)
    return await enter(request, token, targets.after_sign_in(typed.get("next", "")), settings)


async def enter(request: Request, token: str, target: str, settings: Settings) -> Response:
    """On to that page, with the new session."""
    return await hand_over(request, RedirectResponse(lands(target), 303), token, settings)


def lands(target: str) -> str:
    """A file needs a page around it: a browser that saves one stays where it was."""
    return routes.login(target) if path_kinds.is_file(target) else target


async def hand_over(
    request: Request, response: Response, token: str, settings: Settings
) -> Response:
    """The answer with the new session in it; the one that this browser had before ends."""
    if before := session.token_of(request):
        await sessions.sign_out(before)
    cookies.put(response, cookies.SESSION, token, settings, lasts=settings.session_absolute)
    if actor := await sessions.find(token):
        know(request, response, actor.email, settings)
    return response


def know(request: Request, response: Response, email: str, settings: Settings) -> None:
    """From now on this browser has tries of its own, whatever strangers guess."""
    kept = known_browsers.remember(cookies.read(request, cookies.KNOWN, settings), email)
    cookies.put(response, cookies.KNOWN, kept, settings, lasts=known_browsers.LASTS)


def _arrived(request: Request, target: str) -> Response:
    if not path_kinds.is_file(target):
        return RedirectResponse(target, 303)
    response = pages.render(request, "download.html", "Signed in", file_url=target)
    response.headers["refresh"] = f"0; url={target}"
    return response


async def leave(request: Request) -> Response:
    settings, typed = get_settings(), await forms.read(request)
    if session.actor_of(request):
        if not forms.is_sign_out(request, typed, settings):
            return errors.page(request, 403, forms.STALE)
        await sessions.sign_out(session.token_of(request))
    response = RedirectResponse(targets.after_sign_out(typed.get("next", "")), 303)
    cookies.drop(response, cookies.SESSION, settings)
    return response


def wrong_address(request: Request, path: str = routes.LOGIN) -> Response | None:
    """Over plain http a browser would drop the cookie of an https installation."""
    settings = get_settings()
    if not settings.is_https or request.scope["scheme"] == "https":
        return None
    right_url = settings.base_url + path
    return pages.render(request, "wrong_address.html", "Another address", right_url=right_url)


def _notice(request: Request) -> str | None:
    if "reset" in request.query_params:
        return RESET_DONE
    if "late" in request.query_params:
        return second_step.OVER
    return SIGNED_OUT if "signed_out" in request.query_params else None


def _attempt(request: Request, typed: dict[str, str]) -> sessions.SignIn:
    return sessions.SignIn(
        email=typed.get("email", ""),
        password=typed.get("password", ""),
        address=peers.address(request.scope),
        browser=request.headers.get("user-agent", ""),
        known=cookies.read(request, cookies.KNOWN, get_settings()),
    )


def _context(request: Request, target: str) -> dict[str, Any]:
    accounts = DEMO_ACCOUNTS if get_settings().demo else ()
    return {
        "next": target if targets.is_local(target) else "",
        "demo_accounts": accounts,
        "reset_url": routes.RESET,
        "passkey": passkey_button.for_sign_in(request),
    }
