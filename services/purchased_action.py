"""How a purchased action is named: `EN18031 - RAL - Lab Assessment`."""

from models import Action
from services.actor import Actor
from services.database import reader
from services.permissions import Permission, require

BETWEEN = " - "


def join(scheme: str, action: str) -> str:
    return f"{scheme}{BETWEEN}{action}"


def named(action: Action) -> str:
    """Of an action that was read with its scheme."""
    return join(action.scheme.name, action.name)


async def to_choose(actor: Actor, *, archived: bool = False) -> dict[int, str]:
    """As `paid_for`, for who handles purchase codes. Raises NotFound."""
    require(actor, Permission.HANDLE_PURCHASE_CODES)
    return await paid_for(archived=archived)


async def paid_for(*, archived: bool = False) -> dict[int, str]:
    """The names of actions that are paid for, by scheme; with `archived` also former ones."""
    paid = Action.filter(needs_payment=True).using_db(reader()).select_related("scheme")
    if not archived:
        paid = paid.filter(archived_at=None, scheme__archived_at=None)
    found = await paid.order_by("scheme__name", "position", "id")
    return {action.id: named(action) for action in found}
