"""Which keys there are, and how far one has taken over from another; never a key itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import Key
from services import key_file, key_fit, key_tie
from services.actor import Actor
from services.database import reader
from services.key_tie import Known
from services.keys import KeyFileError
from services.permissions import Permission, require
from services.settings import get_settings
from services.zones import now


class KeyState(StrEnum):
    IN_USE = "IN USE"
    REPLACED = "BEING REPLACED"
    RETIRED = "RETIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """`since` is when it was taken into use; `codes` were to be sealed anew, `resealed` are.

    `is_stuck`: all were gone through, and some did not open.
    """

    number: int
    check_value: str
    state: KeyState
    since: datetime
    retired_at: datetime | None
    links_work: bool
    codes: int
    resealed: int
    is_stuck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """The newest key first. `problem` is why a start would be refused now.

    `waiting` is a key in the file that a rotation was cut short before it used.
    """

    keys: Sequence[KeyView]
    waiting: int | None
    problem: str

    @property
    def replaced(self) -> KeyView | None:
        return next((key for key in self.keys if key.state is KeyState.REPLACED), None)


async def read(actor: Actor) -> KeyStatus:
    require(actor, Permission.RUN_INSTALLATION)
    return await here()


async def here() -> KeyStatus:
    """For whoever runs this machine."""
    rows = await Key.all().using_db(reader()).order_by("-number")
    known = await key_tie.known()
    waiting, problem = await asyncio.to_thread(_file, known)
    return KeyStatus(keys=[_view(row) for row in rows], waiting=waiting, problem=problem)


def _file(known: Sequence[Known]) -> tuple[int | None, str]:
    path = get_settings().key_path
    try:
        rings = key_file.load_all(path)
        key_fit.check(path, rings, known)
    except KeyFileError as error:
        return None, str(error)
    waiting = key_fit.waiting(rings, known)
    return waiting.key_id if waiting else None, ""


def _view(row: Key) -> KeyView:
    state = KeyState.REPLACED if row.replaced_at else KeyState.IN_USE
    return KeyView(
        number=row.number,
        check_value=row.check_value,
        state=KeyState.RETIRED if row.retired_at else state,
        since=row.created_at,
        retired_at=row.retired_at,
        links_work=row.links_end_at is None or row.links_end_at > now(),
        codes=row.codes,
        resealed=row.resealed,
        is_stuck=state is KeyState.REPLACED
        and not row.retired_at
        and 0 < (row.codes_until or 0) <= row.resealed_to
        and row.resealed < row.codes,
    )
