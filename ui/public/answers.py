"""What the public forms have in common: a page with its form token, and errors as fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.errors import Conflict, DomainError, Invalid, Limited
from services.settings import get_settings
from ui.door import forms
from ui.public import pages


@dataclass(frozen=True, slots=True)
class Page:
    """A page with a form; `fields` are those that are shown again as they were typed."""

    template: str
    title: str
    fields: tuple[str, ...]


def show(request: Request, page: Page, *, status: int = 200, **context: Any) -> Response:
    """The page with what was typed (`values`), and the cookie that its form is bound to."""
    settings = get_settings()
    token, binding = forms.bind(request, settings)
    context["values"] = kept(page.fields, context.get("values", {}))
    response = pages.render(
        request, page.template, page.title, status=status, csrf=token, **context
    )
    forms.attach(response, request, binding, settings)
    return response


def kept(fields: Iterable[str], typed: dict[str, str]) -> dict[str, str]:
    return {field: typed.get(field, "") for field in fields}


def stale(request: Request, page: Page, typed: dict[str, str], **context: Any) -> Response:
    errors = {"form": forms.STALE}
    return show(request, page, status=403, values=typed, errors=errors, **context)


def refused(
    request: Request, page: Page, typed: dict[str, str], error: DomainError, **context: Any
) -> Response:
    """The page again with the sentences of the error beside their fields."""
    errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
    response = show(request, page, status=_status(error), values=typed, errors=errors, **context)
    if isinstance(error, Limited):
        response.headers["retry-after"] = str(error.seconds)
    return response


def _status(error: DomainError) -> int:
    if isinstance(error, Limited):
        return 429
    return 409 if isinstance(error, Conflict) else 422
