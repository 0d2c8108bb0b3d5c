"""What a purchase code pays for, and how many a workspace was granted."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.workspace import Workspace


class Scheme(Row):
    """A certification scheme of the installation, such as `EN18031 - RAL`."""

    name = fields.CharField(max_length=80, unique=True)
    archived_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "scheme"


class Action(Row):
    """One step of a scheme, at its `position` from 1; free, or to be paid with a purchase code."""

    scheme: fields.ForeignKeyRelation[Scheme] = fields.ForeignKeyField(
        "models.Scheme", related_name="actions", on_delete=RESTRICT
    )
    scheme_id: int
    name = fields.CharField(max_length=80)
    position = fields.IntField()
    needs_payment = fields.BooleanField()
    archived_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "action"
        unique_together = (("scheme", "name"),)


class Agreement(Row):
    """How many codes of one action a workspace was granted, and what became of them.

    It grants from `starts_at` up to the instant `ends_at`. Its codes work up to `codes_until`
    where that is set, else as long as their batch says. Each edit raises `revision`, so that two
    people never overwrite each other unseen.
    """

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="agreements", on_delete=RESTRICT
    )
    workspace_id: int
    action: fields.ForeignKeyRelation[Action] = fields.ForeignKeyField(
        "models.Action", related_name="agreements", on_delete=RESTRICT
    )
    action_id: int
    reference = fields.CharField(max_length=60)
    note = fields.CharField(max_length=500, default="")
    quantity = fields.IntField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    codes_until: datetime | None = fields.DatetimeField(null=True)
    issued = fields.IntField(default=0)
    returned = fields.IntField(default=0)
    activated = fields.IntField(default=0)
    ending_told_at: datetime | None = fields.DatetimeField(null=True)
    revision = fields.IntField(default=1)

    class Meta:
        table = "agreement"
        unique_together = (("workspace", "reference", "action"),)
        indexes = [("workspace_id", "action_id", "ends_at"), ("ends_at",)]

    @property
    def left(self) -> int:
        return max(0, self.quantity - self.issued + self.returned)
