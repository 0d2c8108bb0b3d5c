"""Every page of the application goes through here: who asks is read again, errors are shown."""

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.elements.sub_pages import SubPages

from services import request_id
from services.actor import Actor
from services.errors import DomainError, FactorDue
from services.permissions import MISSING, Permission, require
from ui import actions
from ui.components.notice import factor_due, problem
from ui.door import tabs

log = logging.getLogger(__name__)


class Pages(SubPages):
    """The application's sub pages, with our own words for what is missing or broken."""

    def _render_404(self) -> None:
        problem("Page not found", MISSING)

    def _render_error(self, _: Exception) -> None:
        problem("Something failed here", "Reload the page. If it happens again, tell the owner.")


def view(permission: Permission | None = None) -> Callable[..., Callable[..., Awaitable[None]]]:
    """A builder `async def page(actor, ...)` as a sub page, for those who may see it.

    Below a workspace's path the actor has entered that workspace.
    """

    def wrap(build: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        @functools.wraps(build)
        async def shown(slug: str | None = None, **parameters: Any) -> None:
            try:
                actor = await actions.arrive(slug)
                tabs.built_for(ui.context.client, actor)
                if permission:
                    require(actor, permission)
                await build(actor, **parameters)
            except FactorDue as error:
                factor_due(error.message)
            except DomainError as error:
                problem("Page not found", error.message)
            except Exception:
                reference = request_id.reference()
                log.exception("A page failed (reference %s)", reference)
                problem("Something failed here", f"Reload the page. Reference {reference}.")

        shown.permission = permission  # type: ignore[attr-defined]
        shown.__signature__ = _from_path(build)  # type: ignore[attr-defined]
        return shown

    return wrap


def _from_path(build: Callable[..., Any]) -> inspect.Signature:
    # NiceGUI fills a builder's parameters from the path by their names
    signature = inspect.signature(build)
    slug = inspect.Parameter(
        "slug", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=str
    )
    rest = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in list(signature.parameters.values())[1:]
    ]
    return signature.replace(parameters=[slug, *rest])


def page_title(text: str, actor: Actor | None = None) -> None:
    where = f" · {actor.workspace_name}" if actor and actor.workspace_name else ""
    ui.page_title(f"{text}{where} · Tallystick")
