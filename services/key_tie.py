"""Ties a database to its keys: which it was made with and which took over since."""

from dataclasses import dataclass

from models import Installation, Key
from services.database import fetch, moment, unit_of_work
from services.key_line import FIRST_KEY_ID
from services.zones import now

# by the columns alone, as it is asked before a migration adds others
KNOWN = 'SELECT number, check_value, retired_at, links_end_at FROM "key" ORDER BY number'


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A key that the database knows of, and what it still needs it for; see `keys.Older`."""

    number: int
    check_value: str
    finds: bool = True
    links: bool = True


async def known() -> list[Known]:
    """The newest last; none in a new database."""
    at = now()
    return [
        Known(
            number=row["number"],
            check_value=row["check_value"],
            finds=row["retired_at"] is None,
            links=(ends := moment(row["links_end_at"])) is None or ends > at,
        )
        for row in await fetch(KNOWN)
    ]


@unit_of_work
async def tie(check_value: str, number: int = FIRST_KEY_ID) -> None:
    """Tie a new database to its key."""
    await Installation.create(key_check=check_value)
    await Key.create(number=number, check_value=check_value)
