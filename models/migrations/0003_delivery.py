"""Batches made in the background, the outbox, notifications, and what customers were given."""

from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.enums import MessageKind, MessageState, NotificationKind
from models.migrations._parts import add, link, only_added_to


async def guard(apps: Any, editor: Any) -> None:
    await only_added_to(editor, "audit_fanout")


async def unguard(apps: Any, editor: Any) -> None:
    """The table goes, and its triggers with it."""


async def settle(apps: Any, editor: Any) -> None:
    """What was there before: entitlements changed when they began, batches have all their codes."""
    for statement in (
        "UPDATE entitlement SET changed_at = created_at",
        "UPDATE batch SET made = quantity, started_at = created_at WHERE state = 'DONE'",
    ):
        await editor.client.execute_query(statement)


async def leave(apps: Any, editor: Any) -> None:
    """The columns go, and what was settled with them."""


class Migration(migrations.Migration):
    dependencies = [("models", "0002_guards")]

    operations = [
        add("Batch", "made", fields.IntField(default=0, db_default=0)),
        add("Batch", "started_at", fields.DatetimeField(null=True)),
        add("Batch", "holder", fields.CharField(max_length=32, default="", db_default="")),
        add("Batch", "held_until", fields.DatetimeField(null=True)),
        add("Batch", "tries", fields.IntField(default=0, db_default=0)),
        add("Batch", *link("sent_to", "Person", "batches_sent", null=True)),
        add("Code", *link("sent_to", "Person", "codes_sent", null=True)),
        add("Activation", *link("undone_by", "Person", "activations_undone", null=True)),
        add(
            "Activation", "undo_reason", fields.CharField(max_length=300, default="", db_default="")
        ),
        add("Entitlement", "changed_at", fields.DatetimeField(null=True)),
        add("Installation", "mail_paused_at", fields.DatetimeField(null=True)),
        add(
            "Installation",
            "mail_problem",
            fields.CharField(max_length=500, default="", db_default=""),
        ),
        ops.AddIndex("Code", Index(fields=["sent_to_id"])),
        ops.AddIndex("Activation", Index(fields=["code_id"])),
        ops.AddIndex("Entitlement", Index(fields=["workspace_id", "changed_at"])),
        ops.AddIndex("AuditEntry", Index(fields=["action", "at"])),
        ops.CreateModel(
            name="Delivery",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "deliveries"),
                link("batch", "Batch", "deliveries"),
                link("requested_by", "Person", "deliveries"),
                ("idempotency_key", fields.CharField(max_length=64)),
                ("people", fields.IntField()),
            ],
            options={
                "table": "delivery",
                "unique_together": (("workspace", "idempotency_key"),),
                "indexes": [Index(fields=["batch_id"])],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "messages", null=True),
                ("kind", fields.CharEnumField(enum_type=MessageKind, max_length=12)),
                (
                    "state",
                    fields.CharEnumField(
                        enum_type=MessageState, max_length=10, default=MessageState.QUEUED
                    ),
                ),
                link("batch", "Batch", "messages", null=True),
                link("code", "Code", "messages", null=True),
                link("activation", "Activation", "messages", null=True),
                link("delivery", "Delivery", "messages", null=True),
                link("requested_by", "Person", "messages", null=True),
                ("recipient", fields.CharField(max_length=254)),
                ("recipient_key", fields.CharField(max_length=254)),
                ("recipient_name", fields.CharField(max_length=120, default="")),
                ("message_id", fields.CharField(unique=True, max_length=300)),
                ("tries", fields.IntField(default=0)),
                ("queued_at", fields.DatetimeField()),
                ("next_try_at", fields.DatetimeField()),
                ("holder", fields.CharField(max_length=32, default="")),
                ("held_until", fields.DatetimeField(null=True)),
                ("sent_at", fields.DatetimeField(null=True)),
                ("last_answer", fields.CharField(max_length=500, default="")),
                ("forgotten_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "message",
                "indexes": [
                    Index(fields=["state", "next_try_at"]),
                    Index(fields=["workspace_id", "id"]),
                    Index(fields=["workspace_id", "recipient_key"]),
                    Index(fields=["batch_id", "kind"]),
                    Index(fields=["code_id"]),
                    Index(fields=["activation_id"]),
                    Index(fields=["delivery_id"]),
                ],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Notification",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("user", "User", "notifications"),
                ("entry_id", fields.BigIntField()),
                ("kind", fields.CharEnumField(enum_type=NotificationKind, max_length=16)),
                ("at", fields.DatetimeField()),
                ("workspace_id", fields.BigIntField(null=True)),
                ("target_id", fields.BigIntField(null=True)),
                ("detail", fields.JSONField(default=dict)),
                ("read_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "notification",
                "unique_together": (("user", "entry_id"),),
                "indexes": [
                    Index(fields=["user_id", "id"]),
                    Index(fields=["user_id", "read_at"]),
                    Index(fields=["read_at"]),
                ],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="AuditFanout",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("entry_id", fields.BigIntField(unique=True)),
            ],
            options={"table": "audit_fanout"},
            bases=["Model"],
        ),
        ops.RunPython(guard, unguard),
        ops.RunPython(settle, leave),
    ]
