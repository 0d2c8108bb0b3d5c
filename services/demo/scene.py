"""What the parts of the sample share: its moment, its dice, its people and its log."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import AuditEntry, Batch, Plan, Product, User, Workspace
from models.enums import AuditAction, Resource
from services import zones
from services.demo.story import ZONE


def _dice() -> random.Random:
    return random.Random("tallystick")  # noqa: S311 - the same sample each time; guards nothing


@dataclass(slots=True, kw_only=True)
class Scene:
    """`began` is when the installation was set up; people by e-mail, workspaces by slug."""

    now: datetime
    began: datetime
    dice: random.Random = field(default_factory=_dice)
    users: dict[str, User] = field(default_factory=dict[str, User])
    workspaces: dict[str, Workspace] = field(default_factory=dict[str, Workspace])
    products: dict[str, Product] = field(default_factory=dict[str, Product])
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict[tuple[str, str], Plan])
    log: list[AuditEntry] = field(default_factory=list[AuditEntry])

    def record(
        self,
        at: datetime,
        action: AuditAction,
        resource: Resource,
        target_id: int,
        *,
        person_id: int | None,
        workspace_id: int | None = None,
        **detail: object,
    ) -> None:
        """As `audit.record`, at a past time; stored in the order of time when all is made."""
        self.log.append(
            AuditEntry(
                at=at,
                workspace_id=workspace_id,
                person_id=person_id,
                action=action.value,
                resource=resource.value,
                target_id=target_id,
                detail=detail,
            )
        )


@dataclass(slots=True, kw_only=True)
class Issued:
    """A batch and what becomes of its codes, by ordinal, between `opened` and `closed`."""

    batch: Batch
    plan: Plan
    opened: datetime
    closed: datetime
    used: list[int]
    revoked: dict[int, tuple[datetime, int]]  # when and by which person
    withdrawn: tuple[datetime, int] | None


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
