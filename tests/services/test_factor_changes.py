"""What every change of a second factor has in common."""

import pytest

from services import factor_changes, sessions
from services.actor import Actor
from services.database import unit_of_work
from services.errors import NotFound
from tests.cast import Cast
from tests.second_factors import signed_in


@unit_of_work
async def held(actor: Actor) -> int:
    return (await factor_changes.hold(actor.user_id, session=actor.session_id)).id


@unit_of_work
async def ended(actor: Actor) -> None:
    await sessions.end_all_of(actor.user_id)


async def test_a_session_that_ended_since_it_was_read_adds_nothing(cast: Cast) -> None:
    sam = await signed_in(cast.sam)
    assert await held(sam) == sam.user_id
    await ended(sam)
    with pytest.raises(NotFound, match="signed out"):
        await held(sam)
