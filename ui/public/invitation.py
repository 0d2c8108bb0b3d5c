"""The page behind an invitation's link: opening it changes nothing, pressing Join does."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import joining
from services.actor import Actor
from services.errors import DomainError, Gone
from services.joining import NewAccount, Offer, Unusable
from services.settings import get_settings
from ui import routes, wording
from ui.door import forms, peers, session
from ui.public import answers, pages, sign_in

TITLE = "Invitation"
NEW = answers.Page("invitation_new.html", TITLE, ("name",))
KNOWN = answers.Page("invitation_known.html", TITLE, ())
STATUS = {Unusable.USED: 410, Unusable.OVER: 410, Unusable.UNKNOWN: 404}


async def show(request: Request) -> Response:
    token = _token(request)
    offer = await joining.open_link(token)
    if isinstance(offer, Unusable):
        return _unusable(request, offer)
    if elsewhere := sign_in.wrong_address(request, routes.invitation(token)):
        return elsewhere
    return answers.show(request, _page(request, offer), **_context(request, offer))


async def submit(request: Request) -> Response:
    token, typed = _token(request), await forms.read(request)
    offer = await joining.open_link(token)
    if isinstance(offer, Unusable):
        return _unusable(request, offer)
    if elsewhere := sign_in.wrong_address(request, routes.invitation(token)):
        return elsewhere
    page, context = _page(request, offer), _context(request, offer)
    if not forms.is_genuine(request, typed, get_settings()):
        return answers.stale(request, page, typed, **context)
    actor = session.actor_of(request)
    try:
        if actor:
            return _arrive(await joining.join(actor, token))
        return await _enter(request, await joining.with_new_account(_account(request, typed)))
    except Gone:  # in the meantime
        again = await joining.open_link(token)
        return _unusable(request, again if isinstance(again, Unusable) else Unusable.OVER)
    except DomainError as error:
        return answers.refused(request, page, typed, error, **context)


async def _enter(request: Request, joined: joining.Joined) -> Response:
    return await sign_in.enter(request, joined.session, _place(joined), get_settings())


def _arrive(joined: joining.Joined) -> Response:
    return RedirectResponse(_place(joined), 303)


def _place(joined: joining.Joined) -> str:
    return routes.workspace(joined.slug) if joined.slug else routes.HOME


def _token(request: Request) -> str:
    return request.path_params["token"]


def _page(request: Request, offer: Offer) -> answers.Page:
    return KNOWN if offer.has_account or session.actor_of(request) else NEW


def _account(request: Request, typed: dict[str, str]) -> NewAccount:
    return NewAccount(
        token=_token(request),
        name=typed.get("name", ""),
        password=typed.get("password", ""),
        address=peers.address(request.scope),
        browser=request.headers.get("user-agent", ""),
    )


def _context(request: Request, offer: Offer) -> dict[str, Any]:
    actor, here = session.actor_of(request), routes.invitation(_token(request))
    return {
        "workspace": offer.workspace or "Tallystick",
        "role": wording.ROLES[offer.role],
        "role_may": wording.role_may(offer.role, "You"),
        "inviter": offer.inviter,
        "email": offer.email,
        "is_me": actor is not None and offer.is_for(actor),
        "other": _other(actor, offer),
        "here": here,
        "login_url": routes.login(here),
        "logout_url": routes.LOGOUT,
        "sign_out": forms.sign_out_token(request) if actor else "",
    }


def _other(actor: Actor | None, offer: Offer) -> str:
    """Whom the browser is signed in as, where it is somebody else."""
    return actor.email if actor and not offer.is_for(actor) else ""


def _unusable(request: Request, why: Unusable) -> Response:
    return pages.render(
        request,
        "invitation_over.html",
        TITLE,
        status=STATUS[why],
        is_used=why is Unusable.USED,
        is_signed_in=session.actor_of(request) is not None,
        login_url=routes.LOGIN,
    )
