"""What Tortoise cannot declare: the insert-only audit log, partial indexes, a binary index."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

INDEXES = {
    "code_digest": "code (digest)",
    "activation_standing": "activation (code_id) WHERE undone_at IS NULL",
    "refusal_minute": "refusal (address, minute) WHERE minute IS NOT NULL",
}

SQLITE_REFUSAL = "SELECT RAISE(ABORT, 'audit_entry is only ever added to');"
SQLITE_TRIGGERS = f"""
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN {SQLITE_REFUSAL} END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN {SQLITE_REFUSAL} END;
"""

# The error code makes the refusal an IntegrityError, as SQLite's RAISE is.
POSTGRES_TRIGGERS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DROP_SQLITE = """
DROP TRIGGER audit_entry_no_update;
DROP TRIGGER audit_entry_no_delete;
"""
DROP_POSTGRES = "DROP FUNCTION refuse_change() CASCADE;"


def _is_postgres(editor: Any) -> bool:
    return editor.client.capabilities.dialect == "postgres"


async def guard(apps: Any, editor: Any) -> None:
    for name, target in INDEXES.items():
        await editor.client.execute_script(f"CREATE UNIQUE INDEX {name} ON {target};")
    triggers = POSTGRES_TRIGGERS if _is_postgres(editor) else SQLITE_TRIGGERS
    await editor.client.execute_script(triggers)


async def unguard(apps: Any, editor: Any) -> None:
    await editor.client.execute_script(DROP_POSTGRES if _is_postgres(editor) else DROP_SQLITE)
    for name in INDEXES:
        await editor.client.execute_script(f"DROP INDEX {name};")


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [ops.RunPython(guard, unguard)]
