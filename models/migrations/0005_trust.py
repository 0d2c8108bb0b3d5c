"""Second factors, keys that take over, codes held after a restore, growing waits."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.enums import AccountChange, ChallengePurpose, Demand, SignInMethod
from models.migrations._parts import add, link, row

FIRST_KEY = """
INSERT INTO "key" (created_at, number, check_value, resealed_to, codes, resealed)
SELECT created_at, 1, key_check, 0, 0, 0 FROM installation"""


async def write_first_key(apps: Any, editor: Any) -> None:
    """The key that every code was sealed with until now."""
    await editor.client.execute_query(FIRST_KEY)


async def leave(apps: Any, editor: Any) -> None:
    """The table goes, and its row with it."""


class Migration(migrations.Migration):
    dependencies = [("models", "0004_cyberpass")]

    operations = [
        row(
            "Authenticator",
            "authenticator",
            (
                "user",
                fields.OneToOneField(
                    "models.User",
                    source_field="user_id",
                    to_field="id",
                    related_name="authenticator",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("sealed", fields.BinaryField()),
            ("confirmed_at", fields.DatetimeField(null=True)),
            ("last_step", fields.BigIntField(default=0)),
        ),
        row(
            "RecoveryCode",
            "recovery_code",
            link("user", "User", "recovery_codes"),
            ("salt", fields.CharField(max_length=32)),
            ("digest", fields.CharField(max_length=64)),
            ("used_at", fields.DatetimeField(null=True)),
            indexes=[Index(fields=["user_id"])],
        ),
        row(
            "Passkey",
            "passkey",
            link("user", "User", "passkeys"),
            ("name", fields.CharField(max_length=80)),
            ("credential", fields.CharField(max_length=1400, unique=True)),
            ("public_key", fields.BinaryField()),
            ("sign_count", fields.BigIntField(default=0)),
            ("transports", fields.CharField(max_length=100, default="")),
            ("used_at", fields.DatetimeField(null=True)),
            indexes=[Index(fields=["user_id"])],
        ),
        row(
            "PasskeyChallenge",
            "passkey_challenge",
            link("user", "User", "passkey_challenges", null=True),
            ("session_id", fields.BigIntField(null=True)),
            ("purpose", fields.CharEnumField(enum_type=ChallengePurpose, max_length=10)),
            ("challenge", fields.CharField(max_length=100, unique=True)),
            ("expires_at", fields.DatetimeField()),
            ("used_at", fields.DatetimeField(null=True)),
            indexes=[Index(fields=["expires_at"])],
        ),
        row(
            "Key",
            "key",
            ("number", fields.SmallIntField(unique=True)),
            ("check_value", fields.CharField(max_length=64)),
            ("codes_until", fields.BigIntField(null=True)),
            ("resealed_to", fields.BigIntField(default=0)),
            ("codes", fields.BigIntField(default=0)),
            ("resealed", fields.BigIntField(default=0)),
            ("replaced_at", fields.DatetimeField(null=True)),
            ("retired_at", fields.DatetimeField(null=True)),
            ("links_end_at", fields.DatetimeField(null=True)),
        ),
        row(
            "GrowingWait",
            "growing_wait",
            ("key", fields.CharField(max_length=60, unique=True)),
            ("failures", fields.IntField(default=0)),
            ("until", fields.DatetimeField()),
        ),
        add(
            "Session",
            "method",
            fields.CharEnumField(
                enum_type=SignInMethod,
                max_length=10,
                default=SignInMethod.PASSWORD,
                db_default=SignInMethod.PASSWORD.value,
            ),
        ),
        add("Session", "confirmed_at", fields.DatetimeField(null=True)),
        add(
            "Installation",
            "second_factor",
            fields.CharEnumField(
                enum_type=Demand,
                max_length=10,
                default=Demand.NOBODY,
                db_default=Demand.NOBODY.value,
            ),
        ),
        add(
            "Installation",
            "backup_problem",
            fields.CharField(max_length=500, default="", db_default=""),
        ),
        add("Installation", "backup_tried_at", fields.DatetimeField(null=True)),
        add(
            "Message",
            "change",
            fields.CharEnumField(enum_type=AccountChange, max_length=20, null=True),
        ),
        row(
            "Release",
            "code_release",
            link("workspace", "Workspace", "releases"),
            link("batch", "Batch", "releases"),
            link("code", "Code", "releases", null=True),
            link("released_by", "Person", "releases"),
            ("codes", fields.IntField()),
            ("reason", fields.CharField(max_length=300)),
            indexes=[Index(fields=["batch_id"]), Index(fields=["code_id"])],
        ),
        add("Batch", "held", fields.IntField(default=0, db_default=0)),
        ops.RunPython(write_first_key, leave),
    ]
