"""What was entered for an agreement, checked into terms that may be written."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from services import texts, zones
from services.batch_form import LAST_DAY
from services.errors import Invalid

MOST = 1_000_000
FIRST_DAY = date(2000, 1, 1)
ALLOWED = f"Enter a whole number from 1 to {MOST:,}."
PAST = "This day is past. Choose today or later."


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementTerms:
    """As entered: `quantity` is what was typed; days are in the workspace's zone, both inclusive.

    Codes generated under it work to the end of `codes_until`, or as long as they are not used.
    """

    quantity: str
    valid_from: date | None
    valid_until: date | None
    reference: str
    note: str = ""
    codes_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Terms that were found good, with instants in UTC."""

    quantity: int
    starts_at: datetime
    ends_at: datetime
    reference: str
    note: str
    codes_until: datetime | None


def check(terms: AgreementTerms, zone: str, *, kept: date | None = None) -> Granted:
    """Raises Invalid by field. `kept` is the last day it has; that may stay, though it is past."""
    first, last = _days(terms)
    if last != kept and last < zones.today(zone):
        raise Invalid({"valid_until": PAST})
    return Granted(
        quantity=_quantity(terms.quantity),
        starts_at=zones.start_of(first, zone),
        ends_at=zones.end_of(last, zone),
        reference=texts.line(
            terms.reference, field="reference", what="the agreement's reference", longest=60
        ),
        note=texts.line(terms.note, field="note", what="a note", longest=500, required=False),
        codes_until=zones.end_of(terms.codes_until, zone) if terms.codes_until else None,
    )


def _quantity(text: str) -> int:
    typed = text.strip()
    if not re.fullmatch(r"[0-9]{1,12}", typed) or not 1 <= int(typed) <= MOST:
        raise Invalid({"quantity": ALLOWED})
    return int(typed)


def _days(terms: AgreementTerms) -> tuple[date, date]:
    entered = {
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
        "codes_until": terms.codes_until,
    }
    for field, day in entered.items():
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise Invalid({field: f"Choose a day from {FIRST_DAY.year} to {LAST_DAY.year}."})
    first, last = terms.valid_from, terms.valid_until
    if first is None:
        raise Invalid({"valid_from": "Choose its first day."})
    if last is None:
        raise Invalid({"valid_until": "Choose its last day."})
    if last < first:
        raise Invalid({"valid_until": "This is before Valid from."})
    if terms.codes_until and terms.codes_until < last:
        raise Invalid(
            {"codes_until": "This is before Valid until: codes of its last days would not work."}
        )
    return first, last
