"""Runs one command for whoever sits at this tab: fresh actor, busy button, error in words."""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from nicegui import ui

from services import confirming, passkeys, request_id, sessions
from services.actor import Actor
from services.errors import ConfirmationDue, DomainError, Invalid, Limited, NotFound
from ui import wording
from ui.components import passkey
from ui.components.confirm_dialog import ConfirmDialog
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
    """The command's result, or None after its refusal was shown: by the fields, or as a message.

    One that needs a confirmation asks for it and runs again; without one nothing has happened.
    """
    try:
        return await _run(command, slug, button, form)
    except ConfirmationDue as due:
        if not await _confirmed(due.message):
            return None
    return await run(command, slug=slug, button=button, form=form)


async def done(
    command: Callable[[Actor], Awaitable[object]],
    *,
    slug: str | None = None,
    button: ui.button | None = None,
    form: ShowsErrors | None = None,
) -> bool:
    """As `run`, for who needs to know only whether it was done."""

    async def complete(actor: Actor) -> bool:
        await command(actor)
        return True

    return bool(await run(complete, slug=slug, button=button, form=form))


async def _run(
    command: Callable[[Actor], Awaitable[T]],
    slug: str | None,
    button: ui.button | None,
    form: ShowsErrors | None,
) -> T | None:
    if form:
        form.show_errors({})
    if button and not button.is_deleted:
        button.props("loading").disable()
    try:
        await sessions.touch(token())
        return await command(await actor(slug))
    except Invalid as refused:
        _show(refused, form)
    except ConfirmationDue:
        raise
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


async def _confirmed(why: str) -> bool:
    """Ask whoever sits at this tab to prove it, above whatever is open."""

    async def prove(typed: str, go: ui.button, form: ShowsErrors) -> bool:
        async def command(actor: Actor) -> None:
            try:
                await confirming.confirm(actor, typed)
            except Limited as refused:
                raise Invalid({"proof": refused.message}) from None

        return await done(command, button=go, form=form)

    has = await run(confirming.asks)
    if has is None:
        return False
    why = f"{why} {wording.confirmation_lasts()}"
    return await ConfirmDialog(why, has, prove, _proved_by_passkey).answer()


async def _proved_by_passkey(go: ui.button, form: ShowsErrors) -> bool:
    options = await run(passkeys.begin_confirming, button=go, form=form)
    if options is None:
        return False
    answer, problem = await passkey.used(options, go)

    async def command(actor: Actor) -> None:
        if problem:
            raise Invalid({"form": problem})
        await passkeys.confirm(actor, answer)

    return await done(command, button=go, form=form)


def _show(refused: Invalid, form: ShowsErrors | None) -> None:
    if form:
        form.show_errors(refused.fields)
    else:
        ui.notify(refused.message, type="negative")
