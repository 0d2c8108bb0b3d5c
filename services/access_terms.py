"""For how long access lasts, and how that stands."""

from datetime import datetime, timedelta

from models.enums import Access
from services import zones


def term(
    days: int | None, at: datetime, before: datetime | None, zone: str
) -> tuple[datetime, datetime | None]:
    """From and until: from `at`, or from `before`, where an entitlement to the same plan ends.

    Days count to the end of the last one in the workspace's zone; None is a lifetime.
    """
    if days is None:
        return at, None
    if before is None or before <= at:
        return at, zones.end_of(zones.day(at, zone) + timedelta(days=days), zone)
    return before, zones.end_of(zones.last_day(before, zone) + timedelta(days=days), zone)


def state(
    starts_at: datetime, ends_at: datetime | None, *, undone: bool, at: datetime | None = None
) -> Access:
    """How it stands now, or `at` a moment; what ended before it began is over too."""
    at = at or zones.now()
    if undone:
        return Access.UNDONE
    if ends_at and ends_at <= at:
        return Access.ENDED
    return Access.NOT_STARTED if starts_at > at else Access.ACTIVE
