"""The cookie between the password and the second factor: for one browser, and for minutes."""

import hashlib
import hmac
from typing import cast

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.half_way import HalfWay
from services.second_step import LASTS
from services.settings import get_settings
from ui import routes
from ui.door import cookies, forms


def redirect(request: Request, half: HalfWay, target: str) -> Response:
    """On to the page that asks for the second factor."""
    response = RedirectResponse(routes.second_factor(target), 303)
    signed = forms.halves().dumps([half.user_id, half.state, _browser(request)])
    cookies.put(response, cookies.HALF_WAY, str(signed), get_settings(), lasts=LASTS)
    return response


def read(request: Request) -> HalfWay | None:
    """None for a cookie that is too old, forged, or of another browser's form."""
    signed = cookies.read(request, cookies.HALF_WAY, get_settings())
    try:
        held = forms.halves().loads(signed, max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return None
    user_id, state, browser = cast(tuple[int, str, str], held)
    is_same = hmac.compare_digest(browser, _browser(request))
    return HalfWay(user_id, state) if is_same else None


def _browser(request: Request) -> str:
    """The form cookie of this browser, which its password was sent with."""
    binding = cookies.read(request, cookies.FORM, get_settings())
    return hashlib.sha256(binding.encode()).hexdigest()
