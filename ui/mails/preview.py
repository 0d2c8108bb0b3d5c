"""The very mail of a message as a page of its own, for the frame in its preview."""

from datetime import timedelta

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services import account_messages, messages, sessions
from services.actor import Actor
from services.errors import NotFound
from ui import routes
from ui.door import forms, session
from ui.mails.compose import compose

LASTS = timedelta(minutes=1)


def masked(slug: str, message_id: int) -> str:
    return routes.message_preview(slug, message_id)


def in_full(actor: Actor, message_id: int) -> str:
    """The path of what was shown to this person just now: for their session, for a minute."""
    ticket = forms.shown().dumps([actor.session_id, message_id])
    return routes.message_preview(actor.slug, message_id, ticket)


def of_installation(message_id: int) -> str:
    return routes.instance_message_preview(message_id)


async def account_message(request: Request) -> Response:
    """Always masked. Raises NotFound, Pointless, which become error pages."""
    actor = await sessions.find(session.token_of(request))
    if actor is None:
        raise NotFound("You are signed out.")
    letter = await account_messages.preview(actor, int(request.path_params["message_id"]))
    return HTMLResponse(compose(letter).html)


async def message(request: Request) -> Response:
    """Masked, unless its ticket is good. Raises NotFound, Pointless, which become error pages."""
    slug, message_id = request.path_params["slug"], int(request.path_params["message_id"])
    actor = await sessions.enter(session.token_of(request), slug)
    is_shown = _is_ticket(request.query_params.get("shown", ""), actor, message_id)
    read = messages.in_full if is_shown else messages.preview
    return HTMLResponse(compose(await read(actor, message_id)).html)


def _is_ticket(ticket: str, actor: Actor, message_id: int) -> bool:
    try:
        of = forms.shown().loads(ticket, max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return False
    return of == [actor.session_id, message_id]
