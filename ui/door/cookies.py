"""The cookies of the door: which names they have and how they are set."""

from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from services.settings import Settings

SESSION = "tallystick"
FORM = "tallystick-form"
HALF_WAY = "tallystick-half-way"
RECEIPT = "tallystick-receipt"
KNOWN = "tallystick-known"


def name(kind: str, settings: Settings) -> str:
    """With `__Host-` where the public URL is https: then no other host or page can set it."""
    return f"__Host-{kind}" if settings.is_https else kind


def read(connection: HTTPConnection, kind: str, settings: Settings) -> str:
    return connection.cookies.get(name(kind, settings), "")


def put(response: Response, kind: str, value: str, settings: Settings, *, lasts: timedelta) -> None:
    response.set_cookie(
        name(kind, settings),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, kind: str, settings: Settings) -> None:
    put(response, kind, "", settings, lasts=timedelta(0))
