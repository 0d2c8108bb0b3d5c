"""What was asked for in Generate, checked into a batch that may be made."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import Plan
from models.enums import CodeKind
from services import emails, texts, zones
from services.actor import Actor
from services.errors import Invalid
from services.settings import get_settings

LAST_DAY = date(2199, 12, 31)  # far from where the calendar of computers ends


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """`quantity` is what was typed. Dates are days in the workspace's zone, both inclusive.

    `key` is made once for each opened dialog: the same key never makes a second batch.
    `notify` is the address that the whole set is mailed to, None with Send Notification off.
    """

    product_id: int | None
    plan_id: int | None
    quantity: str
    key: str
    valid_from: date | None = None
    expires_on: date | None = None
    prefix: str = ""
    note: str = ""
    notify: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """A request that was found good, with instants in UTC.

    Access codes open a plan of a product, purchase codes pay for an action; when these expire,
    the agreements say.
    """

    kind: CodeKind
    quantity: int
    key: str
    note: str
    product_id: int | None = None
    plan_id: int | None = None
    action_id: int | None = None
    valid_from: datetime | None = None
    expires_at: datetime | None = None
    prefix: str = ""
    notify: str | None = None

    @property
    def is_bulk(self) -> bool:
        return self.quantity >= get_settings().bulk_from


def quantity(text: str) -> int:
    """The number of codes. Raises Invalid with what is allowed."""
    most = get_settings().batch_max
    allowed = f"Enter a whole number from 1 to {most}."
    typed = text.strip()
    if not re.fullmatch(r"[0-9]{1,12}", typed):
        raise Invalid({"quantity": allowed})
    number = int(typed)
    if number < 1:
        raise Invalid({"quantity": allowed})
    if number > most:
        raise Invalid({"quantity": f"{most} is the most in one batch. {allowed}"})
    return number


def prefix(text: str) -> str:
    typed = text.strip()
    if typed and not re.fullmatch(r"[A-Za-z0-9]{2,8}", typed):
        raise Invalid({"prefix": "Use 2 to 8 letters A to Z and digits, without dashes."})
    return typed.upper()


def note(text: str) -> str:
    return texts.line(text, field="note", what="a note", longest=500, required=False)


def _window(
    request: BatchRequest, plan: Plan, zone: str
) -> tuple[datetime | None, datetime | None]:
    today, last = zones.today(zone), request.expires_on
    for field, day in (("valid_from", request.valid_from), ("expires_on", last)):
        if day and day > LAST_DAY:
            raise Invalid({field: f"Choose a day before {LAST_DAY.year + 1}."})
    if request.valid_from and last and last < request.valid_from:
        raise Invalid({"expires_on": "This is before Valid from."})
    if last and last < today:
        raise Invalid({"expires_on": "This day is past. Choose today or later."})
    begins = request.valid_from if request.valid_from and request.valid_from > today else None
    if last is None and plan.codes_expire_after_days:
        last = (begins or today) + timedelta(days=plan.codes_expire_after_days)
    return (
        zones.start_of(begins, zone) if begins else None,
        zones.end_of(last, zone) if last else None,
    )


async def _plan(actor: Actor, request: BatchRequest) -> Plan:
    if request.product_id is None:
        raise Invalid({"product": "Choose a product."})
    if request.plan_id is None:
        raise Invalid({"plan": "Choose a plan."})
    plan = (
        await Plan.filter(id=request.plan_id, workspace_id=actor.workspace)
        .select_related("product")
        .first()
    )
    if plan is None or plan.product_id != request.product_id:
        raise Invalid({"plan": "This plan belongs to another product. Choose one from the list."})
    if plan.product.archived_at:
        raise Invalid({"product": "This product is archived. Choose another one."})
    if plan.archived_at:
        raise Invalid({"plan": "This plan is archived. Choose another one."})
    return plan


async def check(actor: Actor, request: BatchRequest) -> BatchOrder:
    """Raises Invalid by field: product, plan, quantity, valid_from, expires_on, prefix, note,
    notify.
    """
    plan = await _plan(actor, request)
    valid_from, expires_at = _window(request, plan, actor.time_zone)
    return BatchOrder(
        kind=CodeKind.ACCESS,
        product_id=plan.product_id,
        plan_id=plan.id,
        quantity=quantity(request.quantity),
        key=request.key,
        valid_from=valid_from,
        expires_at=expires_at,
        prefix=prefix(request.prefix),
        note=note(request.note),
        notify=None if request.notify is None else emails.read(request.notify, field="notify"),
    )
