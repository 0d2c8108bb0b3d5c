"""Ties a database to the key it was made with."""

from models import Installation
from services.database import unit_of_work


async def key_check() -> str | None:
    """The check value of the key this database was made with; none in a new one."""
    installation = await Installation.first()
    return installation.key_check if installation else None


@unit_of_work
async def tie(check_value: str) -> None:
    """Tie a new database to its key."""
    await Installation.create(key_check=check_value)
