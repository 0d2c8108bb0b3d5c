"""A try to redeem a code: who tries, with which code, for what."""

from dataclasses import dataclass
from datetime import datetime

from models.enums import CodeKind
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
    """A holder with a code, known by its digests or by its link; to pay what is `due`, if anything.

    Only somebody who is signed in pays. `turns` are the spent budgets whose lines it stood in.
    """

    name: str
    email: str
    visitor: Visitor
    digests: tuple[bytes, ...] = ()
    link: Link | None = None
    due: Due | None = None
    turns: frozenset[str] = frozenset()

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
