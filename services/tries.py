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
class Try:
    """A holder with a code, known by its digest or by its link."""

    name: str
    email: str
    visitor: Visitor
    digest: bytes | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The code that a try names, with what does not change about it.

    `plan_id` and `product_id` are None for a code that opens no plan; `days` None is a lifetime.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """`token` is of the code's own link, where the receipt can be seen."""

    activation_id: int
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`reference` is None where nothing was looked up: a typing mistake, or a limit.

    `minutes` is how long to wait for a limit. `to_member` says that the one who tried belongs to
    the code's workspace and may be told the reason.
    """

    reason: RefusalReason
    reference: str | None = None
    minutes: int | None = None
    to_member: bool = False


Outcome = Activated | Refused
