"""The page behind an activation link: opening it changes nothing, pressing Activate does."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services import redemptions
from services.answers import Activated, Outcome
from services.errors import DomainError
from services.settings import get_settings
from ui import wording
from ui.door import forms
from ui.public import answers, pages, receipts, redeem

ACTIVATE = answers.Page("activate.html", "Activate", ("name", "email"))
RECALL = answers.Page("already_activated.html", "Already activated", ("email",))


async def show(request: Request) -> Response:
    token = request.path_params["token"]
    if receipt := await receipts.page(request, token):
        return receipt
    link = await redemptions.open_link(token)
    if link is None:
        return _unusable(request)
    values = {} if link.activated_on else redeem.known(request)
    return answers.show(request, _page(link), values=values, **_context(link))


async def submit(request: Request) -> Response:
    token, typed = request.path_params["token"], await forms.read(request)
    link = await redemptions.open_link(token)
    if link is None:
        return await _refuse(request, token, typed)
    page, context = _page(link), _context(link)
    if not forms.is_genuine(request, typed, get_settings()):
        return answers.stale(request, page, typed, **context)
    try:
        outcome = await _attempt(request, token, link, typed)
    except DomainError as error:
        return answers.refused(request, page, typed, error, **context)
    return redeem.answer(request, page, typed, outcome, **context)


async def _refuse(request: Request, token: str, typed: dict[str, str]) -> Response:
    """The code changed while its page was open, or nobody made the link: tried, so recorded."""
    if not forms.is_genuine(request, typed, get_settings()):
        return _unusable(request)
    try:
        outcome = await redemptions.activate(_wanted(request, token, typed))
    except DomainError:
        return _unusable(request)
    if isinstance(outcome, Activated):
        return receipts.redirect(outcome)
    return _unusable(request, outcome.reference)


async def _attempt(
    request: Request, token: str, link: redemptions.LinkPage, typed: dict[str, str]
) -> Outcome:
    visitor = redeem.visitor(request)
    if link.activated_on:
        return await redemptions.recall(token, typed.get("email", ""), visitor)
    return await redemptions.activate(_wanted(request, token, typed))


def _wanted(request: Request, token: str, typed: dict[str, str]) -> redemptions.ActivationRequest:
    return redemptions.ActivationRequest(
        token=token,
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        visitor=redeem.visitor(request),
    )


def _page(link: redemptions.LinkPage) -> answers.Page:
    return RECALL if link.activated_on else ACTIVATE


def _context(link: redemptions.LinkPage) -> dict[str, Any]:
    return {
        "product": link.product,
        "terms": wording.terms(link.days),
        "workspace": link.workspace,
        "activated_on": wording.day(link.activated_on) if link.activated_on else None,
    }


def _unusable(request: Request, reference: str | None = None) -> Response:
    return pages.render(
        request,
        "link_unusable.html",
        "This link cannot be used",
        status=404,
        reference=reference,
    )
