"""What comes of a try to redeem a code, and what is told about the code."""

from dataclasses import dataclass
from datetime import datetime

from models.enums import RefusalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """`token` is of the code's own link, where the receipt can be seen."""

    activation_id: int
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """One use of a code for a step; the same one when its payer presses twice."""

    step_id: int
    evaluation_id: int
    activation_id: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing was looked at or counted: a shared budget is spent, and the try waits for a turn."""

    budget: str


class Taken:
    """The step was not to be paid when its turn came; nothing was looked at or used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Who used a code, when, and for what."""

    by: str
    at: datetime
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What members of a code's workspace are told about it; times are shown in its `zone`.

    `opens` is its product or purchased action.
    """

    workspace: str
    zone: str
    opens: str
    use: Use | None
    valid_from: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`reference` is None where nothing was looked up: a typing mistake, or a limit.

    `minutes` is how long to wait for a limit. `facts` are there only where the one who tried
    belongs to the code's workspace and may be told the reason.
    """

    reason: RefusalReason
    reference: str | None = None
    minutes: int | None = None
    facts: Facts | None = None

    @property
    def to_member(self) -> bool:
        return self.facts is not None


Outcome = Activated | Refused
Answer = Activated | Paid | Taken | Refused
