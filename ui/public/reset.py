"""A forgotten password: the form that asks for a link, and the page behind that link."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import password_resets
from services.errors import DomainError, Gone
from services.password_resets import ResetPage
from services.settings import get_settings
from ui import routes
from ui.door import forms, peers
from ui.public import answers, pages, sign_in

ASK = answers.Page("reset.html", "Reset your password", ("email",))
USE = answers.Page("reset_password.html", "Choose a new password", ())


async def show(request: Request) -> Response:
    if elsewhere := sign_in.wrong_address(request):
        return elsewhere
    if not password_resets.is_possible():
        return pages.render(request, "reset_held.html", ASK.title, **_ways())
    return answers.show(request, ASK, **_ways())


async def ask(request: Request) -> Response:
    typed = await forms.read(request)
    if not forms.is_genuine(request, typed, get_settings()):
        return answers.stale(request, ASK, typed, **_ways())
    try:
        await password_resets.ask(typed.get("email", ""), address=peers.address(request.scope))
    except DomainError as error:
        return answers.refused(request, ASK, typed, error, **_ways())
    return pages.render(request, "reset_sent.html", "Look into your mail", **_ways())


async def open_link(request: Request) -> Response:
    page = await password_resets.open_link(request.path_params["token"])
    if page is None:
        return _over(request)
    return answers.show(request, USE, **_about(page))


async def use(request: Request) -> Response:
    token, typed = request.path_params["token"], await forms.read(request)
    page = await password_resets.open_link(token)
    if page is None:
        return _over(request)
    if not forms.is_genuine(request, typed, get_settings()):
        return answers.stale(request, USE, typed, **_about(page))
    try:
        await password_resets.use(token, typed.get("password", ""))
    except Gone:
        return _over(request)
    except DomainError as error:
        return answers.refused(request, USE, typed, error, **_about(page))
    response = RedirectResponse(routes.login(reset=True), 303)
    sign_in.know(request, response, page.email, get_settings())
    return response


def _over(request: Request) -> Response:
    title = "This link cannot be used any more"
    return pages.render(request, "reset_over.html", title, status=404, **_ways())


def _ways() -> dict[str, Any]:
    return {"login_url": routes.LOGIN, "reset_url": routes.RESET}


def _about(page: ResetPage) -> dict[str, Any]:
    return {"email": page.email}
