"""Whom the people of a workspace ask for purchase codes."""

from dataclasses import dataclass

from models import Membership, Workspace
from models.enums import Role
from services.database import reader


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomToAsk:
    """`said` is what the workspace's settings say; without it the names of its admins are there."""

    workspace: str
    said: str
    admins: tuple[str, ...]


async def for_codes(workspace_id: int) -> WhomToAsk:
    [workspace] = await Workspace.filter(id=workspace_id).using_db(reader())
    seats = (
        await Membership.filter(workspace_id=workspace_id, role=Role.ADMIN, user__disabled_at=None)
        .using_db(reader())
        .select_related("user__person")
        .order_by("user__person__name")
    )
    return WhomToAsk(
        workspace=workspace.name,
        said=workspace.ask_for_codes,
        admins=tuple(seat.user.person.name for seat in seats),
    )
