"""Days of a workspace as instants in UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import zones

DAYS = st.dates(date(1970, 1, 2), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", date(2026, 3, 29), 24),
        ("Europe/Berlin", date(2026, 3, 28), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a day that was left out there
    ],
)
def test_a_day_is_as_long_as_it_is_there(zone: str, day: date, hours: float) -> None:
    assert zones.end_of(day, zone) - zones.start_of(day, zone) == timedelta(hours=hours)


@given(day=DAYS, zone=st.sampled_from(zones.names()))
def test_each_day_ends_where_the_next_begins(day: date, zone: str) -> None:
    assert zones.end_of(day, zone) == zones.start_of(day + timedelta(days=1), zone)


@given(day=DAYS, zone=st.sampled_from(["UTC", "Europe/Berlin", "Africa/Cairo", "Asia/Kolkata"]))
def test_the_last_day_before_an_end_is_the_day_that_ends(day: date, zone: str) -> None:
    assert zones.last_day(zones.end_of(day, zone), zone) == day
    assert zones.day(zones.start_of(day, zone), zone) == day


def test_the_day_depends_on_where_one_stands() -> None:
    instant = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    days = [zones.day(instant, zone).day for zone in ("America/New_York", "UTC", "Europe/Berlin")]
    assert days == [10, 10, 11]


def test_the_zones_to_choose_from_are_places_and_utc() -> None:
    assert {"UTC", "Europe/Berlin", "America/New_York"} <= set(zones.names())
    assert not [name for name in zones.names() if name.startswith(("Etc/", "SystemV", "posix"))]
