"""Where a person handles purchase codes: their pages span these workspaces."""

from models import Workspace
from services import sessions, workspaces
from services.actor import Actor
from services.database import is_id
from services.errors import NotFound
from services.permissions import Permission, require
from services.workspaces import Membered

HANDLES = Permission.HANDLE_PURCHASE_CODES


async def places(actor: Actor) -> list[Membered]:
    """These workspaces by name, for lists. Raises NotFound unless this one is among them."""
    require(actor, HANDLES)
    return [seat for seat in await workspaces.of(actor) if seat.may(HANDLES)]


async def enter(actor: Actor, workspace_id: int) -> Actor:
    """The same person in that workspace, for commands. Raises NotFound for any they don't run."""
    require(actor, HANDLES)
    workspace = is_id(workspace_id) and await Workspace.get_or_none(id=workspace_id)
    there = await sessions.seated(actor, workspace) if workspace else None
    if there is None:
        raise NotFound("This workspace does not exist, or not for you.")
    require(there, HANDLES)
    return there
