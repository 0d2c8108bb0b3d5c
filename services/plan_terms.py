"""What a plan promises, checked as it was entered."""

from dataclasses import dataclass
from typing import Any

from services import texts
from services.errors import Invalid

LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """`days` of access, empty for a lifetime; unused codes expire after so many days, or never."""

    name: str
    days: int | None
    codes_expire_after_days: int | None = None


def _days(value: int | None, name: str) -> int | None:
    if value is not None and not 1 <= value <= LONGEST_DAYS:
        raise Invalid(
            {name: f"Enter a whole number from 1 to {LONGEST_DAYS:,}, or leave it empty."}
        )
    return value


def checked(terms: PlanTerms) -> dict[str, Any]:
    return {
        "name": texts.line(terms.name, field="name", what="the plan's name", longest=60),
        "days": _days(terms.days, "days"),
        "codes_expire_after_days": _days(terms.codes_expire_after_days, "codes_expire_after_days"),
    }
