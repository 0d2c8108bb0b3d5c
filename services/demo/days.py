"""Activations of the sample, counted on their days."""

from collections import Counter

from models import Activation, ActivationDay
from services import zones
from services.demo.story import ZONE


async def count() -> None:
    """After everything was activated."""
    made = await Activation.filter(undone_at=None).select_related("code__batch")
    days = Counter((a.workspace_id, a.code.batch.kind, zones.day(a.created_at, ZONE)) for a in made)
    await ActivationDay.bulk_create(
        [
            ActivationDay(workspace_id=workspace_id, kind=kind, day=day, activated=number)
            for (workspace_id, kind, day), number in days.items()
        ]
    )
