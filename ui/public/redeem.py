"""Redeem a code that was typed or pasted in."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.enums import RefusalReason
from services import redemptions
from services.answers import Activated, Outcome
from services.errors import DomainError
from services.settings import get_settings
from services.tries import Visitor
from ui import refusal_words
from ui.door import forms, peers, session
from ui.public import answers, receipts

PAGE = answers.Page("redeem.html", "Redeem a code", ("code", "name", "email"))


async def show(request: Request) -> Response:
    return answers.show(request, PAGE, values=known(request))


async def submit(request: Request) -> Response:
    typed = await forms.read(request)
    if not forms.is_genuine(request, typed, get_settings()):
        return answers.stale(request, PAGE, typed)
    wanted = redemptions.ActivationRequest(
        typed=typed.get("code", ""),
        token=None,
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        visitor=visitor(request),
    )
    try:
        outcome = await redemptions.activate(wanted)
    except DomainError as error:
        return answers.refused(request, PAGE, typed, error)
    return answer(request, PAGE, typed, outcome)


def answer(
    request: Request,
    page: answers.Page,
    typed: dict[str, str],
    outcome: Outcome,
    **context: Any,
) -> Response:
    if isinstance(outcome, Activated):
        return receipts.redirect(outcome)
    context |= {"refusal": refusal_words.told(outcome), "reference": outcome.reference}
    status = 429 if outcome.reason is RefusalReason.LIMITED else 422
    return answers.show(request, page, status=status, values=typed, **context)


def visitor(request: Request) -> Visitor:
    return Visitor(address=peers.address(request.scope), actor=session.actor_of(request))


def known(request: Request) -> dict[str, str]:
    """Somebody who is signed in need not type who they are."""
    actor = session.actor_of(request)
    return {"name": actor.name, "email": actor.email} if actor else {}
