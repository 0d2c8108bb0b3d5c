"""Renders the public pages from their templates."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.permissions import MISSING
from services.settings import get_settings
from ui import routes

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)

ERRORS = {
    400: ("That did not work", "The request could not be understood."),
    403: ("Not allowed", "You may not do this."),
    404: ("Page not found", MISSING),
    405: ("That did not work", "This page cannot be used in that way."),
    409: ("That did not work", "Something changed in the meantime. Open the page again."),
    410: ("No longer here", "This was here for a time only."),
    413: ("Too much at once", "More was sent than this page takes."),
    422: ("That did not work", "What was sent cannot be taken."),
    429: ("Too many tries", "Wait a few minutes and try again."),
    500: ("Something went wrong here", "Nothing was lost. Try again in a moment."),
    503: ("Not ready", "Try again in a moment."),
}


def render(
    request: Request, template: str, page_title: str, *, status: int = 200, **context: Any
) -> Response:
    settings = get_settings()
    actor = getattr(request.state, "actor", None)
    always: dict[str, Any] = {
        "page_title": page_title,
        "support_contact": settings.support_contact,
        "demo": settings.demo,
        "theme": str(actor.theme) if actor else "system",
        "home_url": routes.HOME,
        "redeem_url": routes.REDEEM,
        "certificates_url": routes.CERTIFICATES,
        "errors": {},
        "values": {},
    }
    return HTMLResponse(TEMPLATES.get_template(template).render(always | context), status)


def error(request: Request, status: int, *, sentence: str, reference: str) -> Response:
    heading, usual = ERRORS.get(status, ERRORS[400 if status < 500 else 500])
    return render(
        request,
        "error.html",
        heading,
        status=status,
        heading=heading,
        sentence=sentence or usual,
        reference=reference,
    )
