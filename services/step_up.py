"""Whether the person at a session proved lately who they are, before what must not be stolen."""

from models import Session
from services.actor import Actor
from services.errors import ConfirmationDue
from services.settings import get_settings
from services.zones import now


async def require(actor: Actor) -> None:
    """Raises ConfirmationDue unless they did within `confirmation_lasts`; signing in counts."""
    since = now() - get_settings().confirmation_lasts
    if not await Session.exists(id=actor.session_id, ended_at=None, confirmed_at__gt=since):
        raise ConfirmationDue("Confirm first that it is you.")
