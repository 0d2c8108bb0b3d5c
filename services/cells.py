"""Days and moments as files have them."""

from datetime import datetime

from services import zones


def day(instant: datetime | None, zone: str, *, last: bool = False) -> str:
    """The day there; with `last` the one that an end still includes."""
    if instant is None:
        return ""
    return (zones.last_day(instant, zone) if last else zones.day(instant, zone)).isoformat()


def moment(instant: datetime | None, zone: str) -> str:
    """ISO 8601 with the offset of the zone, to the second."""
    return zones.local(instant, zone).isoformat(sep=" ", timespec="seconds") if instant else ""
