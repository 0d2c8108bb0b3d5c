"""How many codes were activated on each day: counted when it happens, so that a chart is quick."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from models import Activation, Workspace
from models.enums import CodeKind
from services import zones
from services.actor import Actor
from services.database import execute_each, fetch
from services.permissions import HANDLING, require
from services.tries import Candidate
from services.zones import now

ADD = """
INSERT INTO activation_day (created_at, workspace_id, kind, day, activated) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (workspace_id, kind, day)
DO UPDATE SET activated = activation_day.activated + excluded.activated"""
RECENT = """
SELECT day, activated FROM activation_day WHERE workspace_id = ? AND kind = ? AND day >= ?"""


async def add(codes: Sequence[Candidate], at: datetime) -> None:
    """Count activations of one unit of work, each on its workspace's day."""
    days = Counter((c.workspace_id, c.kind.value, zones.day(at, c.zone)) for c in codes)
    # in the same order everywhere, so that no two units of work wait for each other
    await execute_each(ADD, [(at, *place, number) for place, number in sorted(days.items())])


async def take_back(activation: Activation, kind: CodeKind) -> None:
    """An undone activation counts on no day. Call in the unit of work that undoes it."""
    zone = (await Workspace.get(id=activation.workspace_id)).time_zone
    day = zones.day(activation.created_at, zone)
    await execute_each(ADD, [(now(), activation.workspace_id, kind.value, day, -1)])


async def recent(actor: Actor, kind: CodeKind, days: int) -> list[tuple[date, int]]:
    """The last `days` days of the actor's workspace up to today, each with its activations.

    Raises NotFound without the right to that kind of code.
    """
    require(actor, HANDLING[kind])
    today = zones.today(actor.time_zone)
    first = today - timedelta(days=days - 1)
    rows = await fetch(RECENT, actor.workspace, kind.value, first, reading=True)
    counted = {_day(row["day"]): row["activated"] for row in rows}
    every = (first + timedelta(days=number) for number in range(days))
    return [(day, max(0, counted.get(day, 0))) for day in every]


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
