"""Runs one command for whoever sits at this tab: fresh actor, busy button, error in words."""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from nicegui import ui

from services import request_id, sessions
from services.actor import Actor
from services.errors import DomainError, Invalid, NotFound
from ui.door import peers, session

T = TypeVar("T")
log = logging.getLogger(__name__)


class ShowsErrors(Protocol):
    def show_errors(self, fields: dict[str, str]) -> None: ...


def token() -> str:
    return session.token_of(ui.context.client.request)


def address() -> str:
    """Where the browser at this tab asks from."""
    return peers.address(ui.context.client.request.scope)


async def actor(slug: str | None = None) -> Actor:
    """Who sits at this tab, read anew. Raises NotFound when the session has ended."""
    if slug is not None:
        return await sessions.enter(token(), slug)
    found = await sessions.find(token())
    if found is None:
        raise NotFound("You are signed out.")
    return found


async def arrive(slug: str | None = None) -> Actor:
    """As `actor`, for somebody who navigated: that keeps the session alive."""
    found = await actor(slug)
    await sessions.touch(token())
    return found


async def run(
    command: Callable[[Actor], Awaitable[T]],
    *,
    slug: str | None = None,
    button: ui.button | None = None,
    form: ShowsErrors | None = None,
) -> T | None:
    """The command's result, or None after its refusal was shown: by the fields, or as a message."""
    if form:
        form.show_errors({})
    if button:
        button.props("loading").disable()
    try:
        await sessions.touch(token())
        return await command(await actor(slug))
    except Invalid as refused:
        _show(refused, form)
    except DomainError as refused:
        ui.notify(refused.message, type="negative")
    except Exception:
        reference = request_id.reference()
        log.exception("A command failed (reference %s)", reference)
        ui.notify(f"That failed, and nothing was changed. Reference {reference}.", type="negative")
    finally:
        if button and not button.is_deleted:
            button.props(remove="loading").enable()
    return None


def _show(refused: Invalid, form: ShowsErrors | None) -> None:
    if form:
        form.show_errors(refused.fields)
    else:
        ui.notify(refused.message, type="negative")
