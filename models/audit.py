"""The log that is only ever added to."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class AuditEntry(Model):
    """One line of the log. Triggers refuse every change and deletion; people stand as ids only.

    Plain numbers instead of foreign keys: an entry must outlive whatever it speaks of.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(auto_now_add=True)
    workspace_id: int | None = fields.BigIntField(null=True)
    person_id: int | None = fields.BigIntField(null=True)
    action = fields.CharField(max_length=20)
    resource = fields.CharField(max_length=20)
    target_id: int | None = fields.BigIntField(null=True)
    detail: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_entry"
        indexes = [
            ("workspace_id", "id"),
            ("workspace_id", "action", "id"),
            ("workspace_id", "resource", "id"),
            ("resource", "target_id"),
            ("action", "at"),
            ("person_id", "id"),
        ]


class AuditSeal(Model):
    """An entry's place in the chain: `digest` covers the entry and the digest before it."""

    seq = fields.BigIntField(primary_key=True, generated=False)
    entry_id = fields.BigIntField(unique=True)
    previous = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "audit_seal"


class AuditHead(Model):
    """A signed statement that the chain ended with this digest; kept outside as well."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    seq = fields.BigIntField(unique=True)
    digest = fields.CharField(max_length=64)
    public_key = fields.CharField(max_length=64)
    signature = fields.CharField(max_length=128)

    class Meta:
        table = "audit_head"
