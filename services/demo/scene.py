"""What the parts of the sample share: its moment, its dice, its people and its log."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from models import AuditEntry, Batch, Plan, Product, User, Workspace
from models.enums import AuditAction, Resource


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
