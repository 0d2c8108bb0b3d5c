"""When things happen in the sample: in the office, awake, on working days."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services import zones
from services.demo.scene import Scene
from services.demo.story import ZONE


def in_the_office(moment: datetime) -> bool:
    here = zones.local(moment, ZONE)
    return here.weekday() < 5 and 9 <= here.hour < 17


def awake(moment: datetime) -> bool:
    return 7 <= zones.local(moment, ZONE).hour < 23


def between(
    scene: Scene, start: datetime, end: datetime, fits: Callable[[datetime], bool], bend: float = 1
) -> datetime:
    """A moment that fits, where one is found; the higher `bend`, the later it tends to be."""
    moment = end
    for _ in range(30):
        moment = end - (end - start) * scene.dice.random() ** bend
        if fits(moment):
            break
    return moment


def on_working_day(scene: Scene, days_ago: int, at: timedelta) -> datetime:
    """`at` after midnight on that day, or on the last working day before on which it is past."""
    day = zones.day(scene.now, ZONE) - timedelta(days=days_ago)
    at += timedelta(seconds=scene.dice.uniform(1, 59))
    latest = scene.now - timedelta(minutes=15)
    while day.weekday() > 4 or zones.start_of(day, ZONE) + at > latest:
        day -= timedelta(days=1)
    return zones.start_of(day, ZONE) + at
