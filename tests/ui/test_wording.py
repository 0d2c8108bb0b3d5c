"""How moments are said in rows of tables."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from ui import wording

BERLIN = "Europe/Berlin"
EVENING = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("zone", "said"), [("UTC", "24 Nov, 21:30"), (BERLIN, "24 Nov 2026, 22:30")]
)
def test_the_year_is_left_out_while_it_lasts_there(zone: str, said: str) -> None:
    assert wording.brief(EVENING, zone) == said


def test_the_day_is_left_out_where_it_is_the_same_one_there() -> None:
    later = EVENING.replace(hour=23, minute=5)
    assert wording.after(EVENING, later, "UTC") == "23:05"
    assert wording.after(EVENING, later, BERLIN) == "25 Nov 2026, 00:05"
