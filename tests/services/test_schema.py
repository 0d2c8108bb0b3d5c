"""Migrating: from nothing, again, half, beside another, from a newer program; what it guards."""

import asyncio
import sqlite3
from datetime import UTC, datetime

import pytest
from tortoise import Tortoise
from tortoise.context import require_context
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from models import AuditEntry, Batch, Person, Workspace
from services import database, schema
from services.schema_check import REQUIRED_INDEXES, REQUIRED_TRIGGERS, Snapshot, compare
from services.schema_check import SchemaRefused as Refused
from services.settings import Settings
from tests.conftest import POSTGRES

only_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="a matter of SQLite alone")
only_postgres = pytest.mark.skipif(not POSTGRES, reason="a matter of PostgreSQL alone")
ALL = ["0001_initial", "0002_guards", "0003_delivery", "0004_cyberpass", "0005_trust"]
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
WHOLE = Snapshot({"code": 3}, {"kept", *REQUIRED_INDEXES}, {"guard", *REQUIRED_TRIGGERS})


def run_sqlite(settings: Settings, script: str) -> list[tuple[object, ...]]:
    file = sqlite3.connect(settings.sqlite_path)
    try:
        file.executescript(script)
        return file.execute("SELECT name FROM tortoise_migrations ORDER BY name").fetchall()
    finally:
        file.close()


UNGUARD = """
DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete;
DROP INDEX code_digest; DROP INDEX activation_standing; DROP INDEX refusal_minute;
DELETE FROM tortoise_migrations WHERE name = '0002_guards';
"""


async def test_an_empty_database_is_brought_to_the_newest_schema_once(empty: Settings) -> None:
    assert await schema.pending(empty) == ALL
    assert await schema.migrate(empty) == ALL
    assert await schema.pending(empty) == []
    assert await schema.migrate(empty) == []
    assert not (empty.data_dir / "backups").exists()


async def test_two_programs_that_migrate_at_once_do_not_hurt_each_other(empty: Settings) -> None:
    done = await asyncio.gather(schema.migrate(empty), schema.migrate(empty))
    assert sorted(done) == [[], ALL]


@only_sqlite
async def test_asking_what_is_pending_makes_no_file(empty: Settings) -> None:
    await schema.pending(empty)
    assert not empty.sqlite_path.exists()


async def test_the_migrations_say_what_the_models_say(db: Settings) -> None:
    apps = require_context().apps
    assert apps
    detector = MigrationAutodetector(apps, database.config(db)["apps"])
    missing = [step for writer in await detector.changes() for step in writer.operations]
    # Tortoise takes each model's docstring for a comment on its table; the migrations do not.
    assert [step for step in missing if not is_only_a_comment(step)] == []


def is_only_a_comment(step: object) -> bool:
    free = AlterModelOptions.UNMANAGED_OPTION_KEYS | {"pk_attr", "table_description"}
    return isinstance(step, AlterModelOptions) and step.options.keys() <= free


async def test_the_audit_log_refuses_changes_and_deletions(db: Settings) -> None:
    entry = await AuditEntry.create(action="CREATE", resource="CODE", target_id=1)
    with pytest.raises(IntegrityError, match="only ever added to"):
        await AuditEntry.filter(id=entry.id).update(action="REVOKE")
    with pytest.raises(IntegrityError, match="only ever added to"):
        await AuditEntry.all().delete()
    assert await AuditEntry.filter(action="CREATE").count() == 1


@only_sqlite
async def test_replacing_an_entry_of_the_audit_log_is_refused_too(db: Settings) -> None:
    entry = await AuditEntry.create(action="CREATE", resource="CODE", target_id=1)
    with pytest.raises(IntegrityError, match="only ever added to"):
        await database.connection().execute_query(
            "INSERT OR REPLACE INTO audit_entry (id, at, action, resource, detail)"
            " VALUES (?, ?, 'REVOKE', 'CODE', '{}')",
            [entry.id, MOMENT],
        )
    assert await AuditEntry.filter(action="CREATE").count() == 1


@only_postgres
async def test_emptying_the_audit_log_is_refused_too(db: Settings) -> None:
    await AuditEntry.create(action="CREATE", resource="CODE", target_id=1)
    with pytest.raises(IntegrityError, match="only ever added to"):
        await database.connection().execute_query("TRUNCATE audit_entry")
    assert await AuditEntry.all().count() == 1


async def one_code(digest: bytes = b"d") -> int:
    workspace, _ = await Workspace.get_or_create({"name": "A", "time_zone": "UTC"}, slug="a")
    person = await Person.create(name="A", email="a@a.test", email_key="a@a.test")
    batch = await Batch.create(
        workspace=workspace,
        kind="ACCESS",
        requested_by=person,
        idempotency_key=digest.hex(),
        quantity=1,
    )
    await insert("code", workspace_id=workspace.id, batch_id=batch.id, ordinal=1, digest=digest)
    [row] = await database.connection().execute_query_dict("SELECT MAX(id) AS id FROM code")
    return int(row["id"])


async def insert(table: str, **values: object) -> None:
    given: dict[str, dict[str, object]] = {
        "code": {"sealed": b"s", "ending": "7KQM", "status": "READY", "link_version": 1},
        "activation": {},
        "refusal": {"reason": "LIMITED", "tries": 1},
    }
    row = {"created_at": MOMENT, **given[table], **values}
    await database.insert_many(table, list(row), [list(row.values())])


async def test_a_code_has_one_standing_activation_and_any_number_undone(db: Settings) -> None:
    code = await one_code()
    row = {"code_id": code, "workspace_id": 1, "person_id": 1}
    await insert("activation", **row, undone_at=MOMENT)
    await insert("activation", **row, undone_at=MOMENT)
    await insert("activation", **row)
    with pytest.raises(IntegrityError):
        await insert("activation", **row)


async def test_two_codes_never_share_a_digest(db: Settings) -> None:
    await one_code(b"same")
    with pytest.raises(IntegrityError):
        await one_code(b"same")


async def test_limited_tries_of_an_address_share_one_row_a_minute(db: Settings) -> None:
    await insert("refusal", address="::1", reference="A", minute=MOMENT)
    await insert("refusal", address="::1", reference="B")
    await insert("refusal", address="::1", reference="C")
    with pytest.raises(IntegrityError):
        await insert("refusal", address="::1", reference="D", minute=MOMENT)


async def test_a_parent_with_children_cannot_be_deleted(db: Settings) -> None:
    await one_code()
    with pytest.raises(IntegrityError):
        await Workspace.all().delete()


@only_sqlite
async def test_a_backup_is_made_before_a_database_is_changed(db: Settings) -> None:
    await Workspace.create(slug="a", name="A", time_zone="UTC")
    await Tortoise.close_connections()
    run_sqlite(db, UNGUARD)
    assert await schema.migrate(db) == ["0002_guards"]
    [backup] = (db.data_dir / "backups").iterdir()
    assert backup.name.startswith("before-0002_guards-")
    assert backup.stat().st_mode & 0o077 == 0
    file = sqlite3.connect(backup)
    assert file.execute("SELECT slug FROM workspace").fetchall() == [("a",)]
    file.close()


@only_sqlite
async def test_a_migration_that_fails_leaves_the_database_as_it_was(db: Settings) -> None:
    await Tortoise.close_connections()
    run_sqlite(db, UNGUARD + "CREATE INDEX refusal_minute ON refusal (tries);")
    with pytest.raises(OperationalError, match="already exists"):
        await schema.migrate(db)
    assert await schema.pending(db) == ["0002_guards"]
    marks = run_sqlite(db, "CREATE UNIQUE INDEX code_digest ON code (digest);")
    assert marks == [(name,) for name in ALL if name != "0002_guards"]


@only_sqlite
async def test_rows_without_their_parents_stop_a_migration(db: Settings) -> None:
    await Tortoise.close_connections()
    orphan = "INSERT INTO product (workspace_id, name, created_at) VALUES (99, 'orphan', '2026');"
    run_sqlite(db, UNGUARD + orphan)
    with pytest.raises(Refused, match="rows of product without their parents"):
        await schema.migrate(db)
    assert await schema.pending(db) == ["0002_guards"]


async def test_a_database_of_a_newer_program_is_refused_in_words(db: Settings) -> None:
    await database.connection().execute_query(
        "INSERT INTO tortoise_migrations (app, name, applied_at)"
        f" VALUES ('models', '0999_future', {database.placeholders(1)})",
        [MOMENT],
    )
    await Tortoise.close_connections()
    for ask in (schema.pending, schema.migrate):
        with pytest.raises(Refused, match="newer Tallystick made this database: it holds 0999"):
            await ask(db)


@pytest.mark.parametrize(
    ("after", "complaint"),
    [
        (Snapshot({"code": 2}, WHOLE.indexes, WHOLE.triggers), "rows of the table code"),
        (Snapshot({}, WHOLE.indexes, WHOLE.triggers), "rows of the table code"),
        (Snapshot(WHOLE.rows, WHOLE.indexes - {"kept"}, WHOLE.triggers), "the index kept"),
        (Snapshot(WHOLE.rows, WHOLE.indexes, REQUIRED_TRIGGERS), "the trigger guard"),
        (Snapshot(WHOLE.rows, WHOLE.indexes, {"guard"}), "the trigger audit_entry_no_delete"),
    ],
)
def test_a_migration_that_loses_something_is_refused(after: Snapshot, complaint: str) -> None:
    with pytest.raises(Refused, match=complaint):
        compare(WHOLE, after, given_up=frozenset())


def test_what_a_migration_gives_up_by_name_may_go() -> None:
    after = Snapshot({}, WHOLE.indexes - {"kept"}, WHOLE.triggers)
    compare(WHOLE, after, given_up=frozenset({"kept", "code"}))
