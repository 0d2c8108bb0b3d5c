"""A try to redeem a code, and what can come of it."""

from dataclasses import dataclass
from datetime import datetime

from models.enums import CodeKind, RefusalReason
from services.actor import Actor
from services.links import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who knocks: an address, and a person where somebody is signed in."""

    address: str
    actor: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A step that a purchase code is to pay; what does not change about it."""

    step_id: int
    evaluation_id: int
    workspace_id: int
    action_id: int
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A holder with a code, known by its digest or by its link; to pay what is `due`, if anything.

    Only somebody who is signed in pays.
    """

    name: str
    email: str
    visitor: Visitor
    digest: bytes | None = None
    link: Link | None = None
    due: Due | None = None

    @property
    def payer(self) -> Actor:
        assert self.visitor.actor, "only somebody who is signed in pays"
        return self.visitor.actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The code that a try names, with what does not change about it.

    `plan_id` and `product_id` are None for a code that opens no plan; `days` None is a lifetime.
    `action_id` and `agreement_id` are of a purchase code.
    """

    id: int
    workspace_id: int
    zone: str
    batch_id: int
    link_version: int
    kind: CodeKind
    valid_from: datetime | None
    product_id: int | None
    plan_id: int | None
    days: int | None
    action_id: int | None
    agreement_id: int | None


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
