"""Certificate lookup: anybody with the whole number sees what it certifies."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import certificates, code_alphabet
from services.errors import DomainError, Invalid, Limited
from ui import routes, wording
from ui.door import peers
from ui.public import pages

TITLE = "Check a certificate"


async def ask(request: Request) -> Response:
    """The form; with a number, the way to its page, which has the number in its address."""
    typed = request.query_params.get("number")
    if typed is None:
        return _form(request, "")
    try:
        number = certificates.number_in(typed)
    except Invalid as wrong:
        return _form(request, typed, wrong)
    return RedirectResponse(routes.certificate(code_alphabet.display(number)), 303)


async def show(request: Request) -> Response:
    typed = request.path_params["number"]
    try:
        found = await certificates.look_up(typed, address=peers.address(request.scope))
    except DomainError as refused:
        return _form(request, typed, refused)
    told = asdict(found) | {"certified_on": wording.day(found.certified_on)}
    return pages.render(request, "certificate.html", "Certificate", certificate=told)


def _form(request: Request, typed: str, refused: DomainError | None = None) -> Response:
    errors = {}
    if refused:
        errors = refused.fields if isinstance(refused, Invalid) else {"form": refused.message}
    response = pages.render(
        request,
        "certificate_lookup.html",
        TITLE,
        status=_status(refused),
        action=routes.CERTIFICATES,
        values={"number": typed},
        errors=errors,
    )
    if isinstance(refused, Limited):
        response.headers["retry-after"] = str(60 * refused.minutes)
    return response


def _status(refused: DomainError | None) -> int:
    if refused is None:
        return 200
    if isinstance(refused, Limited):
        return 429
    return 422 if isinstance(refused, Invalid) else 404
