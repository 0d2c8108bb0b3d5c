"""Every table of the first version."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.enums import BatchState, CodeKind, RefusalReason, Role, Status, Theme
from models.migrations._parts import link


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("at", fields.DatetimeField(auto_now_add=True)),
                ("workspace_id", fields.BigIntField(null=True)),
                ("person_id", fields.BigIntField(null=True)),
                ("action", fields.CharField(max_length=20)),
                ("resource", fields.CharField(max_length=20)),
                ("target_id", fields.BigIntField(null=True)),
                ("detail", fields.JSONField(default=dict)),
            ],
            options={
                "table": "audit_entry",
                "indexes": [
                    Index(fields=["workspace_id", "id"]),
                    Index(fields=["resource", "target_id"]),
                ],
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Budget",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                ("key", fields.CharField(unique=True, max_length=60)),
                ("spent", fields.IntField(default=0)),
                ("began_at", fields.DatetimeField()),
            ],
            options={"table": "budget"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Installation",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                ("key_check", fields.CharField(max_length=64)),
                ("setup_digest", fields.CharField(null=True, max_length=64)),
                ("setup_expires_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "installation"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Workspace",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(max_length=80)),
                ("time_zone", fields.CharField(max_length=64)),
            ],
            options={"table": "workspace"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "people", null=True),
                ("name", fields.CharField(max_length=120)),
                ("email", fields.CharField(max_length=254)),
                ("email_key", fields.CharField(max_length=254)),
            ],
            options={"table": "person", "indexes": [Index(fields=["workspace_id", "email_key"])]},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Product",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "products"),
                ("name", fields.CharField(max_length=120)),
                ("archived_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "product", "unique_together": (("workspace", "name"),)},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Plan",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "plans"),
                link("product", "Product", "plans"),
                ("name", fields.CharField(max_length=60)),
                ("days", fields.IntField(null=True)),
                ("codes_expire_after_days", fields.IntField(null=True)),
                ("archived_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "plan",
                "unique_together": (("product", "name"),),
                "indexes": [Index(fields=["workspace_id"])],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Batch",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "batches"),
                ("kind", fields.CharEnumField(enum_type=CodeKind, max_length=10)),
                link("product", "Product", "batches", null=True),
                link("plan", "Plan", "batches", null=True),
                link("requested_by", "Person", "batches"),
                ("idempotency_key", fields.CharField(max_length=64)),
                ("quantity", fields.IntField()),
                ("valid_from", fields.DatetimeField(null=True)),
                ("expires_at", fields.DatetimeField(null=True)),
                ("prefix", fields.CharField(default="", max_length=8)),
                ("note", fields.CharField(default="", max_length=500)),
                (
                    "state",
                    fields.CharEnumField(
                        default=BatchState.RUNNING, enum_type=BatchState, max_length=10
                    ),
                ),
                ("failure", fields.CharField(default="", max_length=300)),
                ("finished_at", fields.DatetimeField(null=True)),
                ("ready", fields.IntField(default=0)),
                ("activated", fields.IntField(default=0)),
                ("revoked", fields.IntField(default=0)),
            ],
            options={
                "table": "batch",
                "unique_together": (("workspace", "idempotency_key"),),
                "indexes": [Index(fields=["workspace_id", "kind", "id"]), Index(fields=["state"])],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Code",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "codes"),
                link("batch", "Batch", "codes"),
                ("ordinal", fields.IntField()),
                ("digest", fields.BinaryField()),
                ("sealed", fields.BinaryField()),
                ("ending", fields.CharField(max_length=4)),
                (
                    "status",
                    fields.CharEnumField(default=Status.READY, enum_type=Status, max_length=12),
                ),
                ("link_version", fields.SmallIntField(default=1)),
                ("revoked_at", fields.DatetimeField(null=True)),
                link("revoked_by", "Person", "revoked_codes", null=True),
            ],
            options={
                "table": "code",
                "unique_together": (("batch", "ordinal"),),
                "indexes": [Index(fields=["workspace_id", "ending"])],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Activation",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "activations"),
                link("code", "Code", "activations"),
                link("person", "Person", "activations"),
                ("undone_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "activation",
                "indexes": [
                    Index(fields=["workspace_id", "created_at"]),
                    Index(fields=["person_id"]),
                ],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Entitlement",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "entitlements"),
                (
                    "activation",
                    fields.OneToOneField(
                        "models.Activation",
                        source_field="activation_id",
                        to_field="id",
                        related_name="entitlement",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                link("person", "Person", "entitlements"),
                link("product", "Product", "entitlements"),
                link("plan", "Plan", "entitlements"),
                ("starts_at", fields.DatetimeField()),
                ("ends_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "entitlement",
                "indexes": [Index(fields=["person_id"]), Index(fields=["workspace_id", "plan_id"])],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Refusal",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "refusals", null=True),
                link("code", "Code", "refusals", null=True),
                ("reason", fields.CharEnumField(enum_type=RefusalReason, max_length=20)),
                ("reference", fields.CharField(unique=True, max_length=8)),
                ("address", fields.CharField(max_length=45)),
                ("person_id", fields.BigIntField(null=True)),
                ("tries", fields.IntField(default=1)),
                ("minute", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "refusal",
                "indexes": [
                    Index(fields=["created_at"]),
                    Index(fields=["workspace_id", "id"]),
                    Index(fields=["code_id"]),
                ],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="User",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                (
                    "person",
                    fields.OneToOneField(
                        "models.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="user",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("email_key", fields.CharField(unique=True, max_length=254)),
                ("password_hash", fields.CharField(max_length=255)),
                ("is_owner", fields.BooleanField(default=False)),
                (
                    "theme",
                    fields.CharEnumField(default=Theme.SYSTEM, enum_type=Theme, max_length=8),
                ),
                ("disabled_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "account"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Membership",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("workspace", "Workspace", "memberships"),
                link("user", "User", "memberships"),
                ("role", fields.CharEnumField(enum_type=Role, max_length=12)),
            ],
            options={
                "table": "membership",
                "unique_together": (("workspace", "user"),),
                "indexes": [Index(fields=["user_id"])],
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                link("user", "User", "sessions"),
                ("token_digest", fields.CharField(unique=True, max_length=64)),
                ("address", fields.CharField(max_length=45)),
                ("browser", fields.CharField(max_length=200)),
                ("seen_at", fields.DatetimeField()),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "session",
                "indexes": [Index(fields=["user_id"]), Index(fields=["ended_at"])],
            },
            bases=["Row"],
        ),
    ]
