"""What stands behind somebody's bell, and which entries of the log were told already."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.account import User
from models.base import RESTRICT, Row
from models.enums import NotificationKind


class Notification(Row):
    """One entry behind one person's bell, derived from one entry of the log.

    `detail` is that entry's; `at` is when it happened. What is told about stands as plain numbers.
    """

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="notifications", on_delete=RESTRICT
    )
    user_id: int
    entry_id = fields.BigIntField()
    kind = fields.CharEnumField(NotificationKind, max_length=16)
    at = fields.DatetimeField()
    workspace_id: int | None = fields.BigIntField(null=True)
    target_id: int | None = fields.BigIntField(null=True)
    detail: dict[str, Any] = fields.JSONField(default=dict)
    read_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "notification"
        unique_together = (("user", "entry_id"),)
        indexes = [("user_id", "id"), ("user_id", "read_at"), ("read_at",)]


class AuditFanout(Model):
    """An entry of the log whose notifications were made. Triggers refuse change and deletion."""

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.BigIntField(unique=True)

    class Meta:
        table = "audit_fanout"
