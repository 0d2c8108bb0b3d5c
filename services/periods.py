"""A stretch of days as somebody entered it."""

import re
from dataclasses import dataclass
from datetime import date

from services.errors import Invalid

NO_DAY = "Enter a day of the calendar, such as 2026-01-31."


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a zone, both included; None is open."""

    since: date | None = None
    until: date | None = None


def period(since: str = "", until: str = "") -> Period:
    """The days as somebody entered them. Raises Invalid(from, until)."""
    wanted = Period(_day(since, "from"), _day(until, "until"))
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise Invalid({"until": "The last day is before the first."})
    return wanted


def _day(typed: str, field: str) -> date | None:
    if not typed:
        return None
    try:
        if re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", typed):
            return date.fromisoformat(typed)
    except ValueError:
        pass
    raise Invalid({field: NO_DAY})
