"""Days in a workspace's time zone, as instants in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache
def names() -> tuple[str, ...]:
    """The zones a workspace may choose, sorted."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(areas)))


def now() -> datetime:
    return datetime.now(UTC)


def local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def day(instant: datetime, zone: str) -> date:
    return local(instant, zone).date()


def today(zone: str) -> date:
    return day(now(), zone)


def start_of(day: date, zone: str) -> datetime:
    """The first instant of that day there."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The first instant after that day there: an expiry date includes its whole day."""
    return start_of(day + timedelta(days=1), zone)


def last_day(end: datetime, zone: str) -> date:
    """The last day before the instant `end`, the inverse of `end_of`."""
    return day(end - timedelta(microseconds=1), zone)
