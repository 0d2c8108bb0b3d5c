"""The button for a passkey on a plain page: where its script asks, and what it says."""

from dataclasses import dataclass

from starlette.requests import Request

from services import relying_party
from services.settings import get_settings
from ui import routes
from ui.door import hosts

CANCELLED = "No passkey was used. Try again, or another way."
FAILED = "The answer did not arrive. Check the connection and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyButton:
    begin: str
    finish: str
    script: str = routes.static(routes.PASSKEY_SCRIPT)
    cancelled: str = CANCELLED
    failed: str = FAILED


def for_sign_in(request: Request) -> PasskeyButton | None:
    """None where passkeys are not offered, and at another name than that of the public URL."""
    return _here(request, routes.PASSKEY_OPTIONS, routes.PASSKEY_SIGN_IN)


def for_confirming(request: Request) -> PasskeyButton | None:
    return _here(request, routes.CONFIRM_OPTIONS, routes.CONFIRM_PASSKEY)


def _here(request: Request, begin: str, finish: str) -> PasskeyButton | None:
    is_here = hosts.is_public(request.scope, get_settings().base_url)
    return PasskeyButton(begin=begin, finish=finish) if is_here and relying_party.here() else None
