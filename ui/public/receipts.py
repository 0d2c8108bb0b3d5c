"""The cookie that lets the browser which activated see the result again, for an hour."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import redemptions
from services.answers import Activated
from services.settings import get_settings
from ui import routes, wording
from ui.door import cookies, forms
from ui.public import pages

LASTS = timedelta(hours=1)


def redirect(activated: Activated) -> Response:
    """To the page of the link, so that Back and reload post nothing twice."""
    response = RedirectResponse(routes.activation(activated.token), 303)
    receipt = forms.receipts().dumps([activated.activation_id, activated.token])
    cookies.put(response, cookies.RECEIPT, receipt, get_settings(), lasts=LASTS)
    return response


async def page(request: Request, token: str) -> Response | None:
    """The activated page for whoever holds the receipt of this link."""
    activation_id = _activation(request, token)
    if activation_id is None:
        return None
    receipt = await redemptions.receipt(activation_id, token)
    if receipt is None:  # undone in the meantime
        return None
    return pages.render(request, "activated.html", "Activated", receipt=_shown(receipt))


def _shown(receipt: redemptions.Receipt) -> dict[str, Any]:
    """As the page says it; the first day only where it is a later one."""
    later = receipt.begins_on > receipt.activated_on
    return {
        **asdict(receipt),
        "activated_on": wording.day(receipt.activated_on),
        "begins_on": wording.day(receipt.begins_on) if later else None,
        "until": wording.day(receipt.until) if receipt.until else None,
    }


def _activation(request: Request, token: str) -> int | None:
    cookie = cookies.read(request, cookies.RECEIPT, get_settings())
    try:
        activation_id, of_token = forms.receipts().loads(cookie, max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return None
    return activation_id if of_token == token else None
