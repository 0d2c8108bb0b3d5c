"""Whether the person at a session proved lately who they are, before what must not be stolen."""

from datetime import timedelta

from models import Session
from services import budgets
from services.actor import Actor
from services.errors import ConfirmationDue
from services.settings import get_settings
from services.zones import now

CODES = 10
DUE = "This needs your confirmation."
MANY = f"More than {CODES} codes within an hour need your confirmation."
HOUR = timedelta(hours=1)
SKEW = timedelta(seconds=10)  # of a clock that is set right now and then


async def is_confirmed(session_id: int) -> bool:
    """Within `confirmation_lasts`; signing in counts, and no time that lies ahead does."""
    at = now()
    proven = Session.filter(id=session_id, ended_at=None, confirmed_at__lte=at + SKEW)
    return await proven.filter(confirmed_at__gt=at - get_settings().confirmation_lasts).exists()


async def require(actor: Actor) -> None:
    """Raises ConfirmationDue unless they did."""
    if not await is_confirmed(actor.session_id):
        raise ConfirmationDue(DUE)


async def require_for_codes(actor: Actor, number: int) -> None:
    """Count codes that are about to be shown, exported or sent. Raises ConfirmationDue.

    A session may have ten an hour unconfirmed: many single ones come to the same as one list.
    Call in the unit of work that hands them out, after the right to them was found.
    """
    if number < 1 or await is_confirmed(actor.session_id):
        return
    if await budgets.book(_of(actor), number):
        raise ConfirmationDue(MANY)


async def foresee_codes(actor: Actor, number: int) -> None:
    """As `require_for_codes`, counting nothing: before what would be half done without them."""
    spent = await budgets.spent(_of(actor))
    if spent + number > CODES and not await is_confirmed(actor.session_id):
        raise ConfirmationDue(MANY)


def _of(actor: Actor) -> budgets.Limit:
    return budgets.Limit(f"codes:{actor.session_id}", CODES, HOUR)
