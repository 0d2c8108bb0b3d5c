"""How many files with codes, customers or the log one account takes in an hour."""

from datetime import timedelta

from services import budgets, throttling
from services.actor import Actor
from services.budgets import Limit
from services.database import unit_of_work
from services.settings import get_settings
from services.throttling import Kind

HOUR = timedelta(hours=1)


@unit_of_work
async def book(actor: Actor) -> None:
    """Count one file, in the unit of work that records it. Raises Limited."""
    limit = Limit(f"export:account:{actor.user_id}", get_settings().exports_per_account, HOUR)
    if minutes := await budgets.book(limit):
        raise throttling.refuse(Kind.EXPORT, minutes=minutes)
