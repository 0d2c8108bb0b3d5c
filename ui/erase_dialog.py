"""Asks an owner before a person is erased: what goes, what stays, and that there is no way back."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services import erasure
from services.erasure import Erasure
from ui import actions, wording
from ui.components.dialog import confirm

STAYS = (
    "What happened stays, with a number instead of the person: codes, access, evaluations and the "
    "audit log, whose chain remains valid."
)
NOT_LOOKED_FOR = (
    "Notes, reasons and files are not searched for the name, and backups made before still have it."
)


async def ask(
    person_id: int, *, slug: str | None = None, done: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Show what would be erased, and erase it when confirmed; `done` runs after it."""
    found = await actions.run(lambda actor: erasure.preview(actor, person_id), slug=slug)
    if found is None:
        return

    async def go(button: ui.button) -> None:
        erased = await actions.done(
            lambda actor: erasure.erase(actor, person_id), slug=slug, button=button
        )
        if erased and done:
            await done()

    confirm(f"Erase {found.email}?", _sentences(found), "Erase this person", go)


def _sentences(found: Erasure) -> list[str]:
    return [_goes(found), *_ends(found), STAYS, NOT_LOOKED_FOR, "This cannot be undone."]


def _goes(found: Erasure) -> str:
    where = f" in {wording.count(found.workspaces, 'workspace')}" if found.workspaces else ""
    if not found.names:
        return f"The address is replaced{where}."
    return f"The address and the name {', '.join(found.names)} are replaced{where}."


def _ends(found: Erasure) -> list[str]:
    told: list[str] = []
    if found.has_account:
        told.append("The account is closed and signed out everywhere.")
    if found.messages:
        mails = wording.count(found.messages, "message")
        waits = f"; {found.waiting:,} of them not sent yet will not go out" if found.waiting else ""
        told.append(f"The address of {mails} is forgotten{waits}.")
    if found.invitations:
        invited = wording.count(found.invitations, "invitation")
        told.append(f"The address of {invited} is forgotten; none can be accepted any more.")
    return told
