"""What a database holds beside its columns, and what a migration must not have lost of it.

A table rebuild on SQLite drops indexes and triggers without a word and can delete rows.
"""

from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

REQUIRED_TRIGGERS = frozenset(
    f"{table}_no_{change}"
    for table in ("audit_entry", "audit_fanout", "audit_seal", "audit_head")
    for change in ("update", "delete")
)
REQUIRED_INDEXES = frozenset(
    {
        "code_digest",
        "activation_standing",
        "activation_pays",
        "refusal_minute",
        "invitation_open",
    }
)

SQLITE_OBJECTS = """
SELECT type, name FROM sqlite_master
WHERE type IN ('table', 'index', 'trigger') AND substr(name, 1, 7) <> 'sqlite_'
"""
POSTGRES_OBJECTS = """
SELECT 'table' AS type, tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()
UNION ALL
SELECT 'index', indexname::text FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL
SELECT 'trigger', tgname::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""


class SchemaRefused(Exception):
    """The database cannot be used or brought further; the message is a finished sentence."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    rows: dict[str, int]
    indexes: set[str]
    triggers: set[str]


async def take_snapshot(client: BaseDBAsyncClient) -> Snapshot:
    is_postgres = client.capabilities.dialect == "postgres"
    found: dict[str, set[str]] = {"table": set(), "index": set(), "trigger": set()}
    for row in await client.execute_query_dict(POSTGRES_OBJECTS if is_postgres else SQLITE_OBJECTS):
        found[row["type"]].add(row["name"])
    rows: dict[str, int] = {}
    for table in found["table"]:
        [count] = await client.execute_query_dict(f'SELECT COUNT(*) AS n FROM "{table}"')
        rows[table] = count["n"]
    return Snapshot(rows, found["index"], found["trigger"])


def compare(before: Snapshot, after: Snapshot, *, given_up: frozenset[str]) -> None:
    """Raises SchemaRefused unless `after` has all of `before` but what was `given_up` by name."""
    for table, count in before.rows.items():
        if table not in given_up and after.rows.get(table, 0) < count:
            raise SchemaRefused(f"The migration would lose rows of the table {table}.")
    wanted = {
        "index": (before.indexes | REQUIRED_INDEXES) - after.indexes,
        "trigger": (before.triggers | REQUIRED_TRIGGERS) - after.triggers,
    }
    for kind, missing in wanted.items():
        if lost := missing - given_up:
            raise SchemaRefused(f"The migration would lose the {kind} {', '.join(sorted(lost))}.")


async def check_foreign_keys(client: BaseDBAsyncClient) -> None:
    """Raises SchemaRefused; PostgreSQL never stops checking them itself."""
    if client.capabilities.dialect == "postgres":
        return
    broken = await client.execute_query_dict("PRAGMA foreign_key_check")
    if broken:
        tables = ", ".join(sorted({str(row["table"]) for row in broken}))
        raise SchemaRefused(f"The migration would leave rows of {tables} without their parents.")
