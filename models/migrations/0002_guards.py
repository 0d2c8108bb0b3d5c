"""What Tortoise cannot declare: the insert-only audit log, partial indexes, a binary index."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migrations._parts import is_postgres, only_added_to

INDEXES = {
    "code_digest": "code (digest)",
    "activation_standing": "activation (code_id) WHERE undone_at IS NULL",
    "refusal_minute": "refusal (address, minute) WHERE minute IS NOT NULL",
}

# The error code makes the refusal an IntegrityError, as SQLite's RAISE is.
POSTGRES_REFUSAL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

DROP_SQLITE = """
DROP TRIGGER audit_entry_no_update;
DROP TRIGGER audit_entry_no_delete;
"""
DROP_POSTGRES = "DROP FUNCTION refuse_change() CASCADE;"


async def guard(apps: Any, editor: Any) -> None:
    for name, target in INDEXES.items():
        await editor.client.execute_script(f"CREATE UNIQUE INDEX {name} ON {target};")
    if is_postgres(editor):
        await editor.client.execute_script(POSTGRES_REFUSAL)
    await only_added_to(editor, "audit_entry")


async def unguard(apps: Any, editor: Any) -> None:
    await editor.client.execute_script(DROP_POSTGRES if is_postgres(editor) else DROP_SQLITE)
    for name in INDEXES:
        await editor.client.execute_script(f"DROP INDEX {name};")


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [ops.RunPython(guard, unguard)]
