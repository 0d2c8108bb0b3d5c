"""Forms of plain pages: only a page of ours, opened not long ago, can send one."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import parse_qsl

from itsdangerous import BadSignature, Signer, TimestampSigner, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from services import keys, redaction
from services.settings import Settings
from ui.door import cookies, hosts, session

FIELD = "csrf"
LASTS = timedelta(hours=12)
RENEWED_AFTER = timedelta(hours=6)
STALE = "This page was open too long or came from elsewhere. Please send it again."
FIELDS_MAX = 50
SPOKEN = ("next",)  # fields that may be told in the log; all others are somebody's


def is_from_here(request: Request, settings: Settings) -> bool:
    """Judged by what only the browser can set; a request that says neither is refused."""
    origin = request.headers.get("origin")
    if origin is not None:
        return hosts.is_own_origin(request.scope, origin, settings.base_url)
    return request.headers.get("sec-fetch-site") == "same-origin"


async def read(request: Request) -> dict[str, str]:
    """What was typed, by field; another encoding than a plain form's is an empty form."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="replace")
    except ValueError:
        return {}
    typed = dict(pairs)
    redaction.hide(*(value for name, value in typed.items() if name not in SPOKEN))
    return typed


def is_genuine(request: Request, form: dict[str, str], settings: Settings) -> bool:
    binding = cookies.read(request, cookies.FORM, settings)
    return (
        is_from_here(request, settings)
        and _lives(binding, LASTS)
        and _is_token(form.get(FIELD, ""), "form", binding)
    )


def bind(request: Request, settings: Settings) -> tuple[str, str]:
    """The hidden token for a page and the cookie it is bound to.

    The token is the same as long as the cookie is: answers that must not differ do not.
    """
    binding = cookies.read(request, cookies.FORM, settings)
    if not _lives(binding, RENEWED_AFTER if request.method == "GET" else LASTS):
        binding = _timestamps().sign(secrets.token_urlsafe(16)).decode()
    return _token("form", binding), binding


def attach(response: Response, request: Request, binding: str, settings: Settings) -> None:
    if binding != cookies.read(request, cookies.FORM, settings):
        cookies.put(response, cookies.FORM, binding, settings, lasts=LASTS)


def sign_out_token(request: Request) -> str:
    """For the form of the signed-in pages; it lasts as long as the session."""
    return _token("sign-out", session.token_of(request))


def is_sign_out(request: Request, form: dict[str, str], settings: Settings) -> bool:
    own = _is_token(form.get(FIELD, ""), "sign-out", session.token_of(request))
    return own and is_from_here(request, settings)


def halves() -> URLSafeTimedSerializer:
    """For the cookie of who has shown the password and not yet the second factor."""
    return URLSafeTimedSerializer(
        keys.ring().form, salt="half-way", signer_kwargs={"digest_method": hashlib.sha256}
    )


def receipts() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keys.ring().form, salt="receipt")


def shown() -> URLSafeTimedSerializer:
    """For the frame that shows in full what the page around it was allowed to a moment ago."""
    return URLSafeTimedSerializer(keys.ring().form, salt="shown")


def _timestamps() -> TimestampSigner:
    return TimestampSigner(keys.ring().form, salt="form-cookie", digest_method=hashlib.sha256)


def _lives(binding: str, lasts: timedelta) -> bool:
    try:
        _timestamps().unsign(binding, max_age=int(lasts.total_seconds()))
    except BadSignature:
        return False
    return True


def _token(purpose: str, binding: str) -> str:
    return _signer(purpose).get_signature(binding).decode()


def _is_token(token: str, purpose: str, binding: str) -> bool:
    return _signer(purpose).verify_signature(binding, token)


def _signer(purpose: str) -> Signer:
    return Signer(keys.ring().form, salt=purpose, digest_method=hashlib.sha256)
