"""How throttling stands: what is refused now, what is slowed, how far passwords are guessed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services import throttling
from services.database import fetch, moment
from services.redeem_limits import INSTALLATION, OF_WORKSPACE
from services.settings import get_settings
from services.throttling import SIGN_INS, Throttled
from services.zones import now

HOUR = timedelta(hours=1)
SHARED = """
SELECT key, spent, began_at FROM budget
WHERE began_at > ? AND (key IN (?) OR key LIKE ?) ORDER BY key"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleState:
    """Typed codes of `slowed` workspaces wait in line for their turn; `all_slowed`: all do.

    Counted within the hour that began `since`: wrong codes, failed and refused sign-ins.
    """

    refused: tuple[Throttled, ...]
    wrong_codes: int
    codes_most: int
    failed_sign_ins: int
    sign_ins_most: int
    slowed: int
    all_slowed: bool
    since: datetime | None

    @property
    def is_guessing(self) -> bool:
        return self.all_slowed or self.slowed > 0 or self.failed_sign_ins >= self.sign_ins_most


async def state() -> ThrottleState:
    settings = get_settings()
    shared = (now() - HOUR, [INSTALLATION, SIGN_INS], f"{OF_WORKSPACE}%")
    rows = {row["key"]: row for row in await fetch(SHARED, *shared, reading=True)}
    codes, sign_ins = _spent(rows, INSTALLATION), _spent(rows, SIGN_INS)
    most = settings.redeem_tries_per_workspace
    of_workspaces = [row for key, row in rows.items() if key.startswith(OF_WORKSPACE)]
    began = [moment(row["began_at"]) or now() for row in rows.values() if row["spent"]]
    return ThrottleState(
        refused=tuple(await throttling.lately()),
        wrong_codes=min(codes, settings.redeem_tries_per_installation),
        codes_most=settings.redeem_tries_per_installation,
        failed_sign_ins=sign_ins,
        sign_ins_most=settings.sign_in_tries_per_installation,
        slowed=sum(row["spent"] >= most for row in of_workspaces),
        all_slowed=codes >= settings.redeem_tries_per_installation,
        since=min(began) if began else None,
    )


def _spent(rows: dict[str, dict[str, object]], key: str) -> int:
    spent = rows[key]["spent"] if key in rows else 0
    assert isinstance(spent, int), "the column holds numbers"
    return spent
