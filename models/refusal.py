"""Tries that were refused, how many tries are left, and when the next may be made."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.code import Code
from models.enums import RefusalReason
from models.workspace import Workspace


class Refusal(Row):
    """A refused redemption with its true reason. `tries` counts what a limit refused within
    one minute from one address; such rows share their `minute` and have no code.
    `step_id` is what was to be paid.
    """

    # partial index: unique (address, minute) WHERE minute IS NOT NULL
    workspace: fields.ForeignKeyNullableRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", null=True, related_name="refusals", on_delete=RESTRICT
    )
    workspace_id: int | None
    code: fields.ForeignKeyNullableRelation[Code] = fields.ForeignKeyField(
        "models.Code", null=True, related_name="refusals", on_delete=RESTRICT
    )
    code_id: int | None
    reason = fields.CharEnumField(RefusalReason, max_length=20)
    reference = fields.CharField(max_length=8, unique=True)
    address = fields.CharField(max_length=45)
    person_id: int | None = fields.BigIntField(null=True)
    step_id: int | None = fields.BigIntField(null=True)
    tries = fields.IntField(default=1)
    minute: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "refusal"
        indexes = [("created_at",), ("workspace_id", "id"), ("code_id",)]


class Budget(Row):
    """Tries spent by one account, workspace or the installation since `began_at`."""

    key = fields.CharField(max_length=60, unique=True)
    spent = fields.IntField(default=0)
    began_at = fields.DatetimeField()

    class Meta:
        table = "budget"


class GrowingWait(Row):
    """Failures in a row of whoever `key` stands for, and when the next try may be made."""

    key = fields.CharField(max_length=60, unique=True)
    failures = fields.IntField(default=0)
    until = fields.DatetimeField()

    class Meta:
        table = "growing_wait"
