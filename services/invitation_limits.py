"""How many invitations one account, and one workspace, send in a day."""

from datetime import timedelta

from services import budgets, throttling
from services.actor import Actor
from services.budgets import Limit
from services.settings import get_settings
from services.throttling import Kind

DAY = timedelta(days=1)


async def book(actor: Actor, workspace_id: int | None) -> None:
    """Count one, in the unit of work that sends it. Raises Limited."""
    settings = get_settings()
    limits = [Limit(f"invite:account:{actor.user_id}", settings.invitations_per_account, DAY)]
    if workspace_id:
        key = f"invite:workspace:{workspace_id}"
        limits.append(Limit(key, settings.invitations_per_workspace, DAY))
    for limit in limits:
        if minutes := await budgets.book(limit):
            raise throttling.refuse(Kind.INVITATION, minutes=minutes)
