"""Files of the log that are made in the background."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.enums import BatchState


class AuditExport(Model):
    """A large file of the log, made in the background for who asked for it.

    While it runs, only `holder` may go on until `held_until`; `tries` counts before each try.
    """

    id = fields.BigIntField(primary_key=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    workspace_id: int | None = fields.BigIntField(null=True)
    requested_by_id = fields.BigIntField()
    wanted: dict[str, Any] = fields.JSONField(default=dict)
    form = fields.CharField(max_length=4)
    zone = fields.CharField(max_length=64)
    state = fields.CharEnumField(BatchState, max_length=10, default=BatchState.QUEUED)
    made = fields.IntField(default=0)
    failure = fields.CharField(max_length=300, default="")
    tries = fields.IntField(default=0)
    holder = fields.CharField(max_length=32, default="")
    held_until: datetime | None = fields.DatetimeField(null=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "audit_export"
        indexes = [("state",)]
