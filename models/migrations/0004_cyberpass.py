"""Purchase codes, agreements, evaluations, invitations; the chain over the audit log."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.enums import BatchState, CodeKind, EvaluationState, Role, StepState
from models.migrations._parts import add, is_postgres, link, only_added_to, row

INDEXES = {
    "activation_pays": "activation (step_id) WHERE undone_at IS NULL AND step_id IS NOT NULL",
    "invitation_open": "invitation (COALESCE(workspace_id, 0), email_key)"
    " WHERE accepted_at IS NULL AND withdrawn_at IS NULL",
}
# In the words that databases hold: SQLite keeps a trigger as it was written.
SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END;
"""
COUNT_DAY = """
INSERT INTO activation_day (created_at, workspace_id, kind, day, activated) VALUES ({})"""
USES = """
SELECT activation.workspace_id, batch.kind, workspace.time_zone, activation.created_at
FROM activation
JOIN code ON code.id = activation.code_id
JOIN batch ON batch.id = code.batch_id
JOIN workspace ON workspace.id = activation.workspace_id
WHERE activation.undone_at IS NULL"""


async def guard(apps: Any, editor: Any) -> None:
    for name, target in INDEXES.items():
        await editor.client.execute_script(f"CREATE UNIQUE INDEX {name} ON {target};")
    for table in ("audit_seal", "audit_head"):
        await only_added_to(editor, table, sqlite=SQLITE_TRIGGER)


async def unguard(apps: Any, editor: Any) -> None:
    for name in INDEXES:
        await editor.client.execute_script(f"DROP INDEX {name};")


async def count_days(apps: Any, editor: Any) -> None:
    """What was activated before, on its day in its workspace."""
    days: Counter[tuple[int, str, str]] = Counter()
    for use in await editor.client.execute_query_dict(USES):
        at = use["created_at"]
        at = datetime.fromisoformat(at) if isinstance(at, str) else at
        day = at.astimezone(ZoneInfo(use["time_zone"])).date()
        days[use["workspace_id"], use["kind"], day.isoformat()] += 1
    places = (
        "$1::timestamptz, $2, $3, $4::text::date, $5" if is_postgres(editor) else "?, ?, ?, ?, ?"
    )
    statement = COUNT_DAY.format(places)
    for (workspace, kind, day), number in days.items():
        await editor.client.execute_query(
            statement, [datetime.now(UTC), workspace, kind, day, number]
        )


async def leave(apps: Any, editor: Any) -> None:
    """The table goes, and the days with it."""


class Migration(migrations.Migration):
    dependencies = [("models", "0003_delivery")]

    operations = [
        row(
            "Scheme",
            "scheme",
            ("name", fields.CharField(max_length=80, unique=True)),
            ("archived_at", fields.DatetimeField(null=True)),
        ),
        row(
            "Action",
            "action",
            link("scheme", "Scheme", "actions"),
            ("name", fields.CharField(max_length=80)),
            ("position", fields.IntField()),
            ("needs_payment", fields.BooleanField()),
            ("archived_at", fields.DatetimeField(null=True)),
            unique_together=(("scheme", "name"),),
        ),
        row(
            "Agreement",
            "agreement",
            link("workspace", "Workspace", "agreements"),
            link("action", "Action", "agreements"),
            ("reference", fields.CharField(max_length=60)),
            ("note", fields.CharField(max_length=500, default="")),
            ("quantity", fields.IntField()),
            ("starts_at", fields.DatetimeField()),
            ("ends_at", fields.DatetimeField()),
            ("codes_until", fields.DatetimeField(null=True)),
            ("issued", fields.IntField(default=0)),
            ("returned", fields.IntField(default=0)),
            ("activated", fields.IntField(default=0)),
            ("ending_told_at", fields.DatetimeField(null=True)),
            ("revision", fields.IntField(default=1)),
            unique_together=(("workspace", "reference", "action"),),
            indexes=[
                Index(fields=["workspace_id", "action_id", "ends_at"]),
                Index(fields=["ends_at"]),
            ],
        ),
        row(
            "Evaluation",
            "evaluation",
            link("workspace", "Workspace", "evaluations"),
            link("scheme", "Scheme", "evaluations"),
            ("idempotency_key", fields.CharField(max_length=64)),
            ("product", fields.CharField(max_length=120)),
            ("model", fields.CharField(max_length=80)),
            ("version", fields.CharField(max_length=40)),
            (
                "state",
                fields.CharEnumField(
                    enum_type=EvaluationState, max_length=10, default=EvaluationState.OPEN
                ),
            ),
            link("started_by", "Person", "evaluations"),
            ("ended_at", fields.DatetimeField(null=True)),
            ("certificate", fields.CharField(max_length=16, null=True, unique=True)),
            unique_together=(("workspace", "idempotency_key"),),
            indexes=[Index(fields=["workspace_id", "state", "id"])],
        ),
        row(
            "Step",
            "step",
            link("workspace", "Workspace", "steps"),
            link("evaluation", "Evaluation", "steps"),
            link("action", "Action", "steps"),
            ("position", fields.IntField()),
            ("name", fields.CharField(max_length=80)),
            ("scheme_name", fields.CharField(max_length=80)),
            ("needs_payment", fields.BooleanField()),
            (
                "state",
                fields.CharEnumField(enum_type=StepState, max_length=10, default=StepState.WAITING),
            ),
            ("outcome_note", fields.CharField(max_length=1000, default="")),
            link("decided_by", "Person", "steps_decided", null=True),
            ("decided_at", fields.DatetimeField(null=True)),
            unique_together=(("evaluation", "position"),),
        ),
        row(
            "Evidence",
            "evidence",
            link("workspace", "Workspace", "evidence"),
            link("step", "Step", "evidence"),
            link("added_by", "Person", "evidence"),
            ("text", fields.CharField(max_length=4000)),
            ("digest", fields.CharField(max_length=64, null=True)),
            ("size", fields.IntField(null=True)),
            ("removed_at", fields.DatetimeField(null=True)),
            link("removed_by", "Person", "evidence_removed", null=True),
            indexes=[Index(fields=["step_id"])],
        ),
        row(
            "Reopening",
            "reopening",
            link("workspace", "Workspace", "reopenings"),
            link("step", "Step", "reopenings"),
            link("reopened_by", "Person", "reopenings"),
            ("reason", fields.CharField(max_length=300)),
            link("failed_by", "Person", "failures_reopened"),
            ("failed_at", fields.DatetimeField()),
            ("failed_note", fields.CharField(max_length=1000)),
            indexes=[Index(fields=["step_id"])],
        ),
        row(
            "Invitation",
            "invitation",
            link("workspace", "Workspace", "invitations", null=True),
            ("email", fields.CharField(max_length=254)),
            ("email_key", fields.CharField(max_length=254)),
            ("role", fields.CharEnumField(enum_type=Role, max_length=12)),
            link("invited_by", "Person", "invitations"),
            ("version", fields.SmallIntField(default=1)),
            ("expires_at", fields.DatetimeField()),
            ("accepted_at", fields.DatetimeField(null=True)),
            ("withdrawn_at", fields.DatetimeField(null=True)),
            indexes=[Index(fields=["workspace_id", "id"])],
        ),
        row(
            "PasswordReset",
            "password_reset",
            link("user", "User", "password_resets"),
            ("expires_at", fields.DatetimeField()),
            ("used_at", fields.DatetimeField(null=True)),
            indexes=[Index(fields=["user_id"])],
        ),
        row(
            "AgreementShare",
            "agreement_share",
            link("workspace", "Workspace", "agreement_shares"),
            link("batch", "Batch", "agreement_shares"),
            link("agreement", "Agreement", "shares"),
            ("codes", fields.IntField()),
            indexes=[Index(fields=["batch_id"]), Index(fields=["agreement_id"])],
        ),
        row(
            "ActivationDay",
            "activation_day",
            link("workspace", "Workspace", "activation_days"),
            ("kind", fields.CharEnumField(enum_type=CodeKind, max_length=10)),
            ("day", fields.DateField()),
            ("activated", fields.IntField(default=0)),
            unique_together=(("workspace", "kind", "day"),),
        ),
        ops.CreateModel(
            name="AuditSeal",
            fields=[
                ("seq", fields.BigIntField(primary_key=True, generated=False)),
                ("entry_id", fields.BigIntField(unique=True)),
                ("previous", fields.CharField(max_length=64)),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={"table": "audit_seal"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditHead",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("at", fields.DatetimeField()),
                ("seq", fields.BigIntField(unique=True)),
                ("digest", fields.CharField(max_length=64)),
                ("public_key", fields.CharField(max_length=64)),
                ("signature", fields.CharField(max_length=128)),
            ],
            options={"table": "audit_head"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditExport",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                ("workspace_id", fields.BigIntField(null=True)),
                ("requested_by_id", fields.BigIntField()),
                ("wanted", fields.JSONField(default=dict)),
                ("form", fields.CharField(max_length=4)),
                ("zone", fields.CharField(max_length=64)),
                (
                    "state",
                    fields.CharEnumField(
                        enum_type=BatchState, max_length=10, default=BatchState.QUEUED
                    ),
                ),
                ("made", fields.IntField(default=0)),
                ("failure", fields.CharField(max_length=300, default="")),
                ("tries", fields.IntField(default=0)),
                ("holder", fields.CharField(max_length=32, default="")),
                ("held_until", fields.DatetimeField(null=True)),
                ("finished_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "audit_export", "indexes": [Index(fields=["state"])]},
            bases=["Model"],
        ),
        add(
            "Installation", "heads_to", fields.CharField(max_length=254, default="", db_default="")
        ),
        add("Installation", "heads_sent_at", fields.DatetimeField(null=True)),
        add("Workspace", "reply_to", fields.CharField(max_length=254, default="", db_default="")),
        add(
            "Workspace",
            "ask_for_codes",
            fields.CharField(max_length=200, default="", db_default=""),
        ),
        add("Person", "erased_at", fields.DatetimeField(null=True)),
        add("Batch", *link("action", "Action", "batches", null=True)),
        add("Code", *link("agreement", "Agreement", "codes", null=True)),
        add("Activation", *link("step", "Step", "payments", null=True)),
        add("Refusal", "step_id", fields.BigIntField(null=True)),
        add("Message", *link("invitation", "Invitation", "messages", null=True)),
        add("Message", *link("reset", "PasswordReset", "messages", null=True)),
        add("Message", *link("user", "User", "messages", null=True)),
        add("Message", "head_id", fields.BigIntField(null=True)),
        ops.AddIndex("Code", Index(fields=["agreement_id"])),
        ops.AddIndex("Message", Index(fields=["invitation_id"])),
        ops.AddIndex("AuditEntry", Index(fields=["workspace_id", "action", "id"])),
        ops.AddIndex("AuditEntry", Index(fields=["workspace_id", "resource", "id"])),
        ops.AddIndex("AuditEntry", Index(fields=["person_id", "id"])),
        ops.RunPython(guard, unguard),
        ops.RunPython(count_days, leave),
    ]
